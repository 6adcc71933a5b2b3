"""Rounding, said once more: what the trained transformer leaves of it goes on its direct path, as far as the features tell.

The loss counts closed lips sixteen times, which bends what is said of rounding towards p, b and m. Nothing is fed back from these
channels, so a least-squares fit of what is left changes nothing else; and after another encoder it is fitted again.
"""

import torch

from training.config import MotionConfig
from training.evaluate import Rig, perform
from training.loop import save_whole
from training.motion.channels import CHANNELS, INDEX
from training.train_denoiser import load_denoiser, straight_fit

ROUNDING = ('mouthPucker', 'mouthFunnel')
ROWS = [INDEX[name] + frame * len(CHANNELS) for frame in range(MotionConfig().frames_per_hop) for name in ROUNDING]
GROUP = 40  # scenes at a time


def refit_rounding(checkpoint, encoder, scenes, seed):
    """scenes: list of Prepared in which someone speaks. Adds to the averaged denoiser of `checkpoint`, in place, what it leaves."""
    denoiser, mean, std = load_denoiser(checkpoint)
    rig, hops_late = Rig(encoder, denoiser, mean, std), MotionConfig().look_ahead_frames // 2
    heard, left = [], []
    for first in range(0, len(scenes), GROUP):
        part = scenes[first : first + GROUP]
        made, taught = perform(rig, part, seed + first)  # [scenes, frames, channels] each
        missed = torch.from_numpy(taught - made).float().reshape(-1, len(std)) / std  # [tokens, tokenDims]
        heard.append(rig.features(part)[:, hops_late:].flatten(0, 1))
        left.append(missed[:, ROWS])
    weight, bias = straight_fit(torch.cat(heard), torch.cat(left))
    saved = torch.load(checkpoint, map_location='cpu', weights_only=False)
    saved['average']['speak.weight'][ROWS] += weight
    saved['average']['speak.bias'][ROWS] += bias
    save_whole(saved, checkpoint)
