"""What a call does to sound."""

import unittest

import numpy as np

from training.audio import opus
from training.motion.mouth import loudness_of

TIMES = np.arange(32000) / 16000
SOUND = (0.3 * np.sin(2 * np.pi * 220 * TIMES) * (np.sin(2 * np.pi * 3 * TIMES) > -0.5)).astype(np.float32)


class AudioTest(unittest.TestCase):
    def test_a_call_keeps_the_length_and_the_place_of_sound(self):
        heard = opus.call(SOUND, 24)
        self.assertEqual(len(heard), len(SOUND))
        shifts = list(range(-40, 41))
        inner = slice(2000, 30000)
        scores = [np.corrcoef(SOUND[inner], heard[2000 + shift : 30000 + shift])[0, 1] for shift in shifts]
        self.assertLess(abs(shifts[int(np.argmax(scores))]), 16)  # a millisecond

    def test_a_lost_packet_is_concealed_not_cut_out(self):
        whole, patched = opus.call(SOUND, 24), opus.call(SOUND, 24, {20})
        lost = slice(20 * opus.PACKET + 200, 21 * opus.PACKET)
        self.assertGreater(np.abs(whole[lost] - patched[lost]).max(), 1e-3)
        self.assertGreater(np.sqrt(np.mean(patched[lost] ** 2)), 0.3 * np.sqrt(np.mean(whole[lost] ** 2)))

    def test_loudness_is_the_envelope_around_each_frame(self):
        loud = loudness_of(np.concatenate([np.zeros(16000), np.ones(16000)]), 100)
        self.assertEqual(len(loud), 100)
        self.assertLess(loud[:46].max(), 0.01)
        np.testing.assert_allclose(loud[53:97], 1, atol=0.02)


if __name__ == '__main__':
    unittest.main()
