"""Cheap variety for log-mel frames, new at every step: head size, rooms, level, tilt, noise, music, gaps."""

import math

import torch
from torch.nn import functional as F

from training.config import MelConfig

SMALLEST_WARP, LARGEST_WARP = 0.84, 1.34
"""Vocal tracts from a large man's to a child's, against the voices as they are, most of them men's."""
LOG_FLOOR = -16.118  # ln(1e-7), the floor of config.MelConfig


CONFIG = MelConfig()


def mel_place(hz):
    """Returns which mel bin, with fractions, has its peak at a frequency."""
    mel = lambda value: 2595 * torch.log10(1 + torch.as_tensor(value) / 700)
    low, high = mel(CONFIG.low_hz), mel(CONFIG.high_hz)
    return (mel(hz) - low) / (high - low) * (CONFIG.mel_bins + 1) - 1


def mel_hz(place):
    mel = lambda value: 2595 * math.log10(1 + value / 700)
    low, high = mel(CONFIG.low_hz), mel(CONFIG.high_hz)
    return 700 * (10 ** ((low + (place + 1) / (CONFIG.mel_bins + 1) * (high - low)) / 2595) - 1)


def reverberate(mel, fade, share):
    """Adds each frame's decaying echo in power. mel: [batch, melFrames, melBins]; fade, share: [batch, 1, 1]."""
    power = mel.exp()
    tail = power
    for step in (1, 2, 4, 8, 16, 32):  # doubling: after these, 63 frames of echo
        tail = tail + fade**step * F.pad(tail, (0, 0, step, 0))[:, : mel.shape[1]]
    return (power + share * fade * F.pad(tail, (0, 0, 1, 0))[:, : mel.shape[1]]).log()


def augment(mel, other, generator, plain_share=0.0):
    """mel: [batch, melFrames, melBins]; other: the same of noise and music; plain_share: of windows that get another head,
    level and colour, but no room, noise or gap. Returns the same shape, changed."""
    batch, frames, bins = mel.shape
    draw = lambda *shape: torch.rand(*shape, generator=generator)
    normal = lambda *shape: torch.randn(*shape, generator=generator)
    warp = SMALLEST_WARP * (LARGEST_WARP / SMALLEST_WARP) ** draw(batch, 1)  # vocal tract length (Jaitly and Hinton 2013)
    warp = torch.where(draw(batch, 1) < 0.7, warp, torch.ones(1))
    place = mel_place(mel_hz(torch.arange(bins)) / warp).clamp(0, bins - 1.001)  # [batch, bins]
    low = place.long()
    part = (place - low)[:, None]  # [batch, 1, bins]
    gather = lambda index: mel.gather(2, index[:, None].expand(-1, frames, -1))
    mel = gather(low) * (1 - part) + gather(low + 1) * part  # [batch, frames, bins]
    apart = draw(batch, 1, 1) >= plain_share
    rooms = (draw(batch, 1, 1) < 0.25) & apart
    decay = 10 ** (-6 * 0.01 / (0.15 + 0.55 * draw(batch, 1, 1)))  # a frame, 60 dB in 0.15 to 0.7 s
    share = 10 ** (-1.3 * draw(batch, 1, 1)) * (1 - decay) * 0.7
    mel = torch.where(rooms, reverberate(mel, decay, share), mel)
    among = (draw(batch, 1, 1) < 0.4) & apart
    ratio = mel.amax((1, 2), keepdim=True) - other.amax((1, 2), keepdim=True) - 0.5 - 6 * draw(batch, 1, 1)  # 2 to 28 dB
    mel = torch.where(among, torch.logaddexp(mel, other + ratio), mel)
    axis = torch.linspace(-1, 1, bins)
    colour = normal(batch, 1, 1) * 0.7 * axis + normal(batch, 1, 1) * 0.4 * torch.cos(3 * axis + normal(batch, 1, 1) * 3)
    mel = mel + colour + (draw(batch, 1, 1) * 7 - 4)  # level: -17..+13 dB
    noisy = ((draw(batch, 1, 1) < 0.2) & apart).float()
    level = mel.amax((1, 2), keepdim=True) - 3 - draw(batch, 1, 1) * 8 - 20 * (1 - noisy)
    floor = level + normal(batch, 1, 1) * axis + 0.9 * normal(batch, frames, bins)  # [batch, frames, bins]
    mel = torch.logaddexp(mel, floor)
    gaps = draw(batch, frames // 2) < 0.004 * ((draw(batch, 1) < 0.4) & apart[:, 0])
    gaps = gaps | torch.roll(gaps, 1, 1)  # two frames of 20 ms
    mel = torch.where(gaps.repeat_interleave(2, 1)[..., None], torch.full_like(mel, LOG_FLOOR), mel)
    return mel.clamp_min(LOG_FLOOR)
