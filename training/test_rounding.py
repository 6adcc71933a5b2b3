"""What the transformer leaves of rounding goes on its direct path, and nothing else moves."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from training.config import DenoiserConfig, EncoderConfig
from training.evaluate import FRAMES, Rig, perform
from training.features.encoder import Encoder
from training.measure import COLUMN, correlation
from training.motion.channels import INDEX
from training.motion.denoiser import Denoiser
from training.prepare import Prepared
from training.rounding import ROUNDING, ROWS, refit_rounding
from training.train_denoiser import load_denoiser

ENCODER = EncoderConfig(width=16, dilations=(1, 2), bottleneck=12, speaker_dims=0)
DENOISER = DenoiserConfig(feature_dims=ENCODER.feature_dims, context_tokens=2, width=8, layers=2, heads=2)


def scene(seed):
    """Lips that round and spread at random, in a sound whose level says so."""
    chance = np.random.default_rng(seed)
    pucker = np.convolve(np.repeat(chance.uniform(0, 1, FRAMES // 20), 20), np.ones(9) / 9, 'same')
    mouth = np.zeros((FRAMES, len(COLUMN)), np.float32)
    mouth[:, COLUMN['pucker']] = pucker
    mel = 4 * np.repeat(pucker, 2)[:, None] + chance.normal(size=(2 * FRAMES, ENCODER.mel_bins))
    return Prepared(mel, mouth, None, np.zeros((FRAMES, 2)), None, [], 'clean', 'spoken', '', '')


class RoundingTest(unittest.TestCase):
    def test_it_is_followed_and_nothing_else_moves(self):
        torch.manual_seed(1)
        encoder, denoiser = Encoder(ENCODER).eval(), Denoiser(DENOISER)
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = Path(folder, 'denoiser.pt')
            dims = DENOISER.token_dims
            torch.save({'config': DENOISER, 'average': denoiser.state_dict(), 'mean': torch.zeros(dims), 'std': torch.ones(dims)}, checkpoint)
            before, taught = perform(Rig(encoder, *load_denoiser(checkpoint)), [scene(9)])
            refit_rounding(checkpoint, encoder, [scene(1), scene(2)], seed=3)
            after, _ = perform(Rig(encoder, *load_denoiser(checkpoint)), [scene(9)])
        pucker = INDEX['mouthPucker']
        self.assertLess(np.abs(before[0, :, pucker]).max(), 0.01)  # a network that has learnt nothing
        self.assertGreater(correlation(after[0, :, pucker], taught[0, :, pucker]), 0.6)
        others = [index for name, index in INDEX.items() if name not in ROUNDING]
        np.testing.assert_allclose(after[..., others], before[..., others], atol=1e-6)
        self.assertEqual(len(ROWS), 4)


if __name__ == '__main__':
    unittest.main()
