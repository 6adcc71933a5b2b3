"""The teacher keeps its promises, and the denoiser learns what it will be asked."""

import unittest

import numpy as np
import torch

from training.config import DenoiserConfig
from training.evaluate import CLOSED_GAP, gap_of, gaze_of, plain_condition
from training.motion.channels import CHANNELS, EMOTIONS, INDEX, slices
from training.motion.denoiser import Denoiser
from training.motion.mouth import articulate
from training.motion.teacher import teach
from training.motion.visemes import PARAMETERS

SEGMENTS = [(0, 0.5, '_'), (0.5, 0.7, 'ɑ'), (0.7, 0.8, 'm'), (0.8, 1.0, 'ɑ'), (1.0, 1.1, 'p'), (1.1, 1.3, 'u'), (1.3, 2.0, '_')]
FRAMES = 100
AT = slices()


def perform(condition, seed=0):
    chance = np.random.default_rng(seed)
    mouth = articulate(SEGMENTS, FRAMES, np.ones(FRAMES)).parameters[None]
    noise = chance.normal(size=(1, FRAMES, len(CHANNELS)))
    return teach(mouth, np.zeros((1, FRAMES, 2)), np.repeat(condition[:, None], FRAMES, 1), noise, chance.normal(size=(1, 3)))[0]


class TeacherTest(unittest.TestCase):
    def test_lips_close_at_m_and_p_and_in_silence(self):
        gap = gap_of(perform(plain_condition(1)))
        self.assertLess(gap[36:39].min(), 0.02)
        self.assertLess(gap[51:54].min(), 0.02)
        self.assertLess(gap[:14].max(), CLOSED_GAP)
        self.assertGreater(gap[28:33].max(), 0.2)

    def test_a_long_sound_is_held_between_its_neighbours(self):
        mouth = articulate([(0, 0.5, 's'), (0.5, 2.5, 'ɑ'), (2.5, 3.0, 's')], 150, np.ones(150)).parameters
        aperture = mouth[:, PARAMETERS.index('aperture')]
        self.assertGreater(aperture[34:116].min(), 0.9 * aperture.max())  # from 0.2 s after its start to 0.2 s before its end
        self.assertLess(aperture[:20].max(), 0.5 * aperture.max())

    def test_no_feeling_opens_closed_lips(self):
        for emotion in range(len(EMOTIONS)):
            condition = plain_condition(1)
            condition[0, AT['emotion'].start + emotion] = condition[0, AT['emotion'].stop - 1] = 1
            self.assertLess(gap_of(perform(condition))[51:54].min(), 0.02, EMOTIONS[emotion])

    def test_eyes_and_head_together_reach_the_gaze_asked(self):
        condition = plain_condition(1)
        condition[0, AT['gaze']] = [0.5, -0.5, 1]
        np.testing.assert_allclose(gaze_of(perform(condition))[20:].mean(0), [10, -6], atol=1)

    def test_left_is_the_persons_left(self):
        condition = plain_condition(1)
        condition[0, AT['gaze']] = [0.9, 0, 1]
        motion = perform(condition).mean(0)
        self.assertGreater(motion[INDEX['eyeLookOutLeft']] + motion[INDEX['eyeLookInRight']], 0.5)
        self.assertGreater(motion[INDEX['headYaw']], 2)

    def test_a_feeling_that_is_asked_for_is_held(self):
        asked = plain_condition(1)
        asked[0, AT['emotion']] = [0.5, 0, 0, 0, 0, 0, 0.5, 1]
        cheek = lambda condition: np.stack([perform(condition, seed)[20:, INDEX['cheekSquintLeft']] for seed in range(40)])
        self.assertLess(cheek(asked).std(), 1e-6)
        self.assertGreater(cheek(asked).min(), 0.15)
        self.assertEqual(cheek(plain_condition(1)).max(), 0)


class DenoiserTest(unittest.TestCase):
    def test_training_and_live_paths_agree(self):
        torch.manual_seed(0)
        denoiser = Denoiser(DenoiserConfig(width=32, layers=2)).eval()
        for layer in [denoiser.out, denoiser.modulate, *(block.modulate for block in denoiser.blocks)]:
            torch.nn.init.normal_(layer.weight, 0, 0.2)
        dims, held = denoiser.config, denoiser.config.context_tokens
        clean, features = torch.randn(2, held + 1, dims.token_dims), torch.randn(2, held + 1, dims.feature_dims)
        noisy, level = torch.randn(2, held, dims.token_dims), torch.rand(2, held, 1)
        condition = torch.rand(2, 1, dims.condition_dims)
        condition[..., -2:] = 1
        with torch.no_grad():
            trained = denoiser.forward_all(clean, noisy, features, condition.expand(-1, held, -1), level)[:, -1:]
            live = denoiser(clean[:, :-1], noisy[:, -1:], features, condition[:, 0], level[:, -1, 0])
        torch.testing.assert_close(trained, live, atol=1e-5, rtol=1e-4)


if __name__ == '__main__':
    unittest.main()
