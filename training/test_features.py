"""Streaming equals offline: sound cut in any way gives the same features."""

import unittest

import numpy as np
import torch

from training.config import EncoderConfig
from training.features.encoder import Encoder
from training.features.mel import log_mel
from training.run import golden_sound


class FeaturesTest(unittest.TestCase):
    def test_a_mel_frame_depends_on_nothing_later(self):
        sound = golden_sound()
        whole, part = log_mel(sound), log_mel(sound[:8000])
        np.testing.assert_array_equal(whole[: len(part)], part)

    def test_hop_by_hop_gives_what_the_whole_gives(self):
        torch.manual_seed(0)
        encoder = Encoder(EncoderConfig(width=32, bottleneck=16)).eval()
        mel = torch.from_numpy(log_mel(golden_sound()))[None, :96]
        with torch.no_grad():
            whole, _ = encoder.listen(mel, encoder.silence(1))
            for hops in (1, 3, 8):
                state = encoder.silence(1)
                for first in range(0, 24, hops):
                    features, state = encoder(mel[:, 4 * first : 4 * (first + hops)], state)
                    expected = whole[:, 2 * first + 1 : 2 * (first + hops) : 2]
                    torch.testing.assert_close(features[..., :16], expected, atol=1e-5, rtol=1e-4)


if __name__ == '__main__':
    unittest.main()
