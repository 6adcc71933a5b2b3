"""Few-step sampling of motion tokens, one hop after the other. The reference for the server's sampler."""

import torch

from training.motion.channels import CHANNELS, MOUTH, slices

SLICES = slices()
NOISE_LEVELS = (1.0, 0.0)
"""One step is enough because the noise is coupled with the teacher's own chances (see motion/expression.py)."""

MOUTH_NOISE_SCALE = 0.1


def noise_scale(frames_per_hop):
    """Returns what multiplies the unit noise, [tokenDims]: little on the mouth, which the sound decides."""
    scale = torch.tensor([MOUTH_NOISE_SCALE if name in MOUTH else 1.0 for name in CHANNELS])
    return scale.repeat(frames_per_hop)


def without(condition, name):
    """Returns the condition with one slice taken back to "not given"."""
    bare = condition.clone()
    bare[:, SLICES[name]] = 0
    return bare


@torch.no_grad()
def sample(denoiser, features, condition, noise, noise_levels=NOISE_LEVELS, guidance=None):
    """features: [batch, hops, featureDims]; condition: [batch, conditionDims] or [batch, hops, conditionDims];
    noise: [batch, hops, tokenDims] unit normal, already times `noise_scale`.

    Returns standardised tokens, [batch, hops, tokenDims]. Before the first hop, context and features are zeros.
    """
    config = denoiser.config
    batch, hops, _ = features.shape
    held = config.context_tokens
    tokens = torch.zeros(batch, held + hops, config.token_dims, device=features.device)
    heard = torch.cat([features.new_zeros(batch, held, features.shape[-1]), features], 1)
    for hop in range(hops):
        context, window = tokens[:, hop : hop + held], heard[:, hop : hop + held + 1]
        given = condition if condition.dim() == 2 else condition[:, hop]
        noisy = noise[:, hop : hop + 1]
        for level, next_level in zip(noise_levels, noise_levels[1:]):
            at = torch.full((batch,), level, device=features.device)
            clean = denoiser(context, noisy, window, given, at)
            full = clean
            for name, scale in (guidance or {}).items():
                if scale:
                    clean = clean + scale * (full - denoiser(context, noisy, window, without(given, name), at))
            noisy = noisy + (next_level - level) * (noisy - clean) / level
        tokens[:, held + hop] = noisy[:, 0]
    return tokens[:, held:]
