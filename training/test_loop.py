"""A broken round goes on as if it had not been broken; a finished one is left alone unless more is asked."""

import os
import signal
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

import torch

from training.loop import BRANCH_STRIDE, in_branches, load_known, train
from training.train_encoder import mix


@dataclass(frozen=True)
class Schedule:
    steps: int = 12
    peak_rate: float = 0.05
    ramp_steps: int = 2
    average: float = 0.5


class Stop(Exception):
    pass


def learn(checkpoint, stop_at=None, again=False, terminate_at=None):
    torch.manual_seed(0)
    network, taken = torch.nn.Linear(3, 1), []

    def loss_of_step(generator):
        taken.append(1)
        if len(taken) == terminate_at:
            os.kill(os.getpid(), signal.SIGTERM)
        x = torch.randn(8, 3, generator=generator)
        return ((network(x)[:, 0] - x.sum(1)) ** 2).mean()

    def report():
        if stop_at and torch.load(checkpoint, weights_only=False)['step'] == stop_at:
            raise Stop

    train('line', network, loss_of_step, checkpoint, Schedule(), 1, 'cpu', again=again, report=report, save_steps=4)
    return torch.load(checkpoint, weights_only=False)['line']['weight'], len(taken)


class LoopTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def goes_on(self, ending, steps_left, **broken_off):
        whole, _ = learn(self.folder / 'whole.pt')
        with self.assertRaises(ending):
            learn(self.folder / 'broken.pt', **broken_off)
        rest, steps = learn(self.folder / 'broken.pt')
        self.assertEqual(steps, steps_left)
        torch.testing.assert_close(rest, whole)

    def test_a_broken_round_ends_where_an_unbroken_one_does(self):
        self.goes_on(Stop, 4, stop_at=8)

    def test_sigterm_saves_the_step_at_hand_and_ends_the_program(self):
        self.goes_on(SystemExit, 7, terminate_at=5)

    def test_a_finished_round_is_left_alone_until_another_is_asked_for(self):
        first, _ = learn(self.folder / 'a.pt')
        same, steps = learn(self.folder / 'a.pt')
        self.assertEqual(steps, 0)
        torch.testing.assert_close(same, first)
        _, steps = learn(self.folder / 'a.pt', again=True)
        self.assertEqual(steps, 12)

    def test_branches_go_different_ways_from_one_place_and_their_mean_is_kept(self):
        checkpoint = self.folder / 'line.pt'
        begin = torch.nn.Linear(3, 1)
        torch.save({'line': begin.state_dict(), 'average': begin.state_dict(), 'round': None, 'step': 5, 'spent_s': 1.0}, checkpoint)

        def go(path, seed):
            saved = torch.load(path, weights_only=False)
            moved = {name: value + seed for name, value in saved['average'].items()}
            torch.save({**saved, 'average': moved, 'optimiser': {}, 'step': saved['step'] + 10}, path)

        in_branches(2, go, checkpoint, 1)
        merged = torch.load(checkpoint, weights_only=False)
        torch.testing.assert_close(merged['average']['bias'], begin.bias.detach() + 1 + BRANCH_STRIDE / 2)
        torch.testing.assert_close(merged['line']['bias'], merged['average']['bias'])
        self.assertEqual((merged['step'], merged['spent_s'], merged['round']), (25, 1.0, None))
        self.assertNotIn('optimiser', merged)  # each had its own
        self.assertEqual([path.name for path in self.folder.iterdir()], ['line.pt'])

    def test_a_branch_that_ends_early_leaves_all_of_them(self):
        def fail(path, seed):
            path.write_text('half')
            raise SystemExit(3)

        with self.assertRaises(SystemExit):
            in_branches(2, fail, self.folder / 'line.pt', 1)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ['line.0.pt', 'line.1.pt'])

    def test_parts_that_are_new_keep_their_start(self):
        old, new = torch.nn.Sequential(torch.nn.Linear(2, 2)), torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
        start = new[1].weight.clone()
        self.assertFalse(load_known(new, old.state_dict()))
        torch.testing.assert_close(new[0].weight, old[0].weight)
        torch.testing.assert_close(new[1].weight, start)


class MixTest(unittest.TestCase):
    def test_a_finished_round_takes_its_share_of_an_earlier_one_once(self):
        with tempfile.TemporaryDirectory() as folder:
            checkpoint, earlier = Path(folder) / 'encoder.pt', Path(folder) / 'synthetic.pt'
            torch.save({'average': {'weight': torch.zeros(2)}}, earlier)
            torch.save({'average': {'weight': torch.ones(2)}, 'round': (3, 1.0)}, checkpoint)
            shipped = lambda: float(torch.load(checkpoint, weights_only=False)['average']['weight'][0])
            mix(checkpoint, earlier, 0.25)
            self.assertEqual(shipped(), 1)  # the round goes on
            torch.save({'average': {'weight': torch.ones(2)}, 'round': None}, checkpoint)
            for _ in range(2):
                mix(checkpoint, earlier, 0.25)
                self.assertEqual(shipped(), 0.75)


if __name__ == '__main__':
    unittest.main()
