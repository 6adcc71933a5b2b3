"""Phones are found where the network hears them, whatever pauses there are."""

import unittest

import numpy as np

from training.align import align, without_loud_pauses
from training.motion.mouth import FRAMES_PER_SECOND, LIP_LEAD_S
from training.motion.visemes import GROUPS


def heard(spans):
    """spans: (group, frames). Returns log-probabilities of an encoder that is sure of them, [frames, groups]."""
    rows = [np.where(np.arange(len(GROUPS)) == GROUPS.index(group), 0.9, 0.1 / 18) for group, frames in spans for _ in range(frames)]
    return np.log(np.array(rows))


class AlignTest(unittest.TestCase):
    def test_phones_lie_where_they_are_heard(self):
        groups = heard([('silence', 6), ('bilabial', 4), ('open', 8), ('sibilant', 5), ('silence', 9)])
        segments, fit = align(groups, ['_', 'm', 'a', 's', '_'])
        self.assertEqual([phone for _, _, phone in segments], ['_', 'm', 'a', 's', '_'])
        starts = [(start_s - LIP_LEAD_S) * FRAMES_PER_SECOND for start_s, _, _ in segments[1:]]
        np.testing.assert_allclose(starts, [6.5, 10.5, 18.5, 23.5])
        self.assertAlmostEqual(fit, np.log(0.9))

    def test_a_pause_that_nobody_makes_is_left_out(self):
        groups = heard([('bilabial', 4), ('open', 8), ('sibilant', 5)])
        segments, _ = align(groups, ['_', 'm', 'a', '_', 's', '_'])
        self.assertEqual([phone for _, _, phone in segments], ['m', 'a', 's'])

    def test_a_diphthong_goes_through_both_of_its_vowels(self):
        segments, fit = align(heard([('silence', 5), ('open', 6), ('close', 6), ('silence', 5)]), ['_', 'aɪ', '_'])
        self.assertEqual([phone for _, _, phone in segments], ['_', 'aɪ', '_'])
        self.assertAlmostEqual(segments[1][1] - segments[1][0], 12 / FRAMES_PER_SECOND)
        self.assertAlmostEqual(fit, np.log(0.9))

    def test_a_long_vowel_that_passes_for_silence_is_told_by_its_loudness(self):
        groups = heard([('silence', 5), ('velar', 3), ('open', 6), ('silence', 40), ('silence', 8)])
        loudness = np.array([0.0] * 5 + [1.0] * 49 + [0.0] * 8)
        segments, _ = align(without_loud_pauses(groups, loudness), ['_', 'ɡ', 'a', '_'])
        self.assertAlmostEqual(segments[2][1] - segments[2][0], 46 / FRAMES_PER_SECOND)
        segments, _ = align(groups, ['_', 'ɡ', 'a', '_'])
        self.assertLess(segments[2][1] - segments[2][0], 8 / FRAMES_PER_SECOND)

    def test_another_text_does_not_fit(self):
        groups = heard([('silence', 6), ('bilabial', 4), ('open', 8), ('sibilant', 5), ('silence', 9)])
        self.assertLess(align(groups, ['_', 'k', 'u', 'f', 'i', '_'])[1], -3)

    def test_what_is_too_short_for_its_text_says_so(self):
        self.assertEqual(align(heard([('open', 3)]), ['a', 'm', 'a', 'm', 'a']), ([], -np.inf))


if __name__ == '__main__':
    unittest.main()
