"""What a bundle ships is enough to go on training from it."""

import tempfile
import unittest
from pathlib import Path

import torch

from training.config import DenoiserConfig, EncoderConfig
from training.export import export_graphs, save_heads
from training.features.encoder import Encoder
from training.motion.denoiser import Denoiser
from training.resume import read_back

ENCODER = EncoderConfig(width=8, dilations=(1, 2), bottleneck=6, speaker_dims=3, speaker_after=1)
DENOISER = DenoiserConfig(feature_dims=ENCODER.feature_dims, context_tokens=2, width=8, layers=2, heads=2)


class ResumeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bundle = Path(folder.name)
        torch.manual_seed(1)
        self.shipped = {'encoder': Encoder(ENCODER).eval(), 'denoiser': Denoiser(DENOISER).eval()}
        for network in self.shipped.values():
            for weights in network.state_dict().values():
                weights.uniform_(0.5, 1)  # as after training: no two are alike
        export_graphs(self.bundle, *self.shipped.values())
        save_heads(self.bundle, self.shipped['encoder'])

    def test_every_weight_comes_back(self):
        found = {'encoder': Encoder(ENCODER).eval(), 'denoiser': Denoiser(DENOISER).eval()}
        read_back(found, self.bundle)
        for name, network in found.items():
            for key, weights in network.state_dict().items():
                torch.testing.assert_close(weights, self.shipped[name].state_dict()[key], rtol=0, atol=0, msg=f'{name} {key}')

    def test_a_bundle_of_another_network_is_refused(self):
        other = EncoderConfig(width=12, dilations=(1, 2), bottleneck=6, speaker_dims=3, speaker_after=1)
        with self.assertRaisesRegex(ValueError, 'its encoder is of another shape'):
            read_back({'encoder': Encoder(other).eval(), 'denoiser': Denoiser(DENOISER).eval()}, self.bundle)


if __name__ == '__main__':
    unittest.main()
