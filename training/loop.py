"""The loop that both networks train in: schedule, running average, checkpoints that a later call goes on from.

A round of training ramps its rate up and takes it down to zero. A call that finds a broken round goes on with it; one that
finds a finished round leaves it alone, or begins another `again`, so that more data or time adds to what is learnt.
"""

import shutil
import signal
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

REPORT_STEPS = 100
SEED_STRIDE = 1_000_003
BRANCH_STRIDE = 1009


def rate_at(schedule, round_step, progress):
    """Returns the learning rate: a linear ramp, then half a cosine down to zero at the round's end."""
    return schedule.peak_rate * min(1, (round_step + 1) / schedule.ramp_steps) * (0.5 + 0.5 * np.cos(np.pi * min(1, progress)))


def load_known(network, weights):
    """Loads the weights that `network` has; parts that are new since keep their start. Returns whether all were known."""
    mine = network.state_dict()
    known = {name: value for name, value in weights.items() if name in mine and mine[name].shape == value.shape}
    network.load_state_dict({**mine, **known})
    return len(known) == len(mine)


def save_whole(state, checkpoint):
    """Writes a checkpoint whole or not at all."""
    partial = checkpoint.with_suffix('.part')
    torch.save(state, partial)
    partial.rename(checkpoint)


def train(
    name, network, loss_of_step, checkpoint, schedule, seed, device, minutes=None, again=False, facts=None, report=None, save_steps=500,
):
    """Trains `network` in place by `loss_of_step(generator)`, a scalar tensor whose chances come from `generator`.

    schedule: has steps, peak_rate, ramp_steps and average; minutes: ends the round by the clock instead of its steps;
    facts: what `checkpoint` says besides. SIGTERM ends the program after the step at hand, saved, so that it can go on.
    """
    checkpoint = Path(checkpoint)
    optimiser = torch.optim.AdamW(network.parameters(), schedule.peak_rate, weight_decay=1e-2, betas=(0.9, 0.98))
    average = {key: value.clone().cpu() for key, value in network.state_dict().items()}
    step, round_step, round_s, spent_s = 0, 0, 0.0, 0.0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location='cpu', weights_only=False)
        if load_known(network, saved[name]) and 'optimiser' in saved:
            optimiser.load_state_dict(saved['optimiser'])
        average = {key: saved['average'].get(key, value) for key, value in network.state_dict().items()}
        average = {key: value.clone().cpu() for key, value in average.items()}
        step, spent_s = saved['step'], saved['spent_s']
        round_step, round_s = saved.get('round') or (0, 0.0)
        if saved.get('round', ()) is None and not again:
            return
    network.to(device).train()
    stopped = []
    before = signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    print(f'{name}: {sum(p.numel() for p in network.parameters())} weights, from step {step}, {round_step} of its round', flush=True)
    began_s, cpu_began_s, running = time.monotonic() - round_s, time.process_time() - spent_s, None
    progress_at = lambda: (time.monotonic() - began_s) / 60 / minutes if minutes else round_step / schedule.steps
    progress = progress_at()

    def save():
        going_on = (round_step, time.monotonic() - began_s) if progress < 1 else None
        state = {name: network.state_dict(), 'optimiser': optimiser.state_dict(), 'average': average, 'step': step,
                 'round': going_on, 'spent_s': time.process_time() - cpu_began_s, **(facts or {})}
        save_whole(state, checkpoint)

    while progress < 1 and not stopped:
        generator = torch.Generator().manual_seed(seed * SEED_STRIDE + step)
        rate = rate_at(schedule, round_step, progress)
        for group in optimiser.param_groups:
            group['lr'] = rate
        loss = loss_of_step(generator)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        step, round_step = step + 1, round_step + 1
        progress = progress_at()
        keep = min(schedule.average, step / (step + 20))
        for key, value in network.state_dict().items():
            average[key].mul_(keep).add_(value.detach().cpu(), alpha=1 - keep)
        running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
        if step % REPORT_STEPS == 0 or progress >= 1:
            print(f'{name}: step {step}, {time.process_time() - cpu_began_s:.0f} s, rate {rate:.1e}, loss {running:.4f}', flush=True)
        if step % save_steps == 0 or progress >= 1 or stopped:
            save()
            if report:
                print(report(), flush=True)
    signal.signal(signal.SIGTERM, before)
    if stopped:
        raise SystemExit(f'{name}: ended at step {step}; the same command goes on from there')


def in_branches(branches, train_one, checkpoint, seed):
    """Trains `branches` copies of a network at the same time, each with its own chances, by `train_one(checkpoint, seed)`, and keeps
    the mean of their weights: copies that began at one place and took different ways meet lower than any of them (Wortsman et al.
    2022). A broken call goes on with the branches that it left."""
    if branches == 1:
        train_one(checkpoint, seed)
        return
    paths = [checkpoint.with_stem(f'{checkpoint.stem}.{branch}') for branch in range(branches)]
    for path in paths:
        if checkpoint.exists() and not path.exists():
            shutil.copy(checkpoint, path)
    context = get_context('fork')  # they share what is read
    ways = [context.Process(target=train_one, args=(path, seed + BRANCH_STRIDE * branch)) for branch, path in enumerate(paths)]
    for way in ways:
        way.start()
    for way in ways:
        way.join()
    if any(way.exitcode for way in ways):
        raise SystemExit(f'{checkpoint.stem}: a branch ended early; the same command goes on from there')
    merge(paths, checkpoint)
    for path in paths:
        path.unlink()


def merge(paths, checkpoint):
    """paths: checkpoints of branches that began as `checkpoint`. Replaces it by their mean; steps and time add up."""
    known = lambda path: torch.load(path, map_location='cpu', weights_only=False)
    saved, began = [known(path) for path in paths], known(checkpoint) if checkpoint.exists() else {'step': 0, 'spent_s': 0.0}
    mean = {name: torch.stack([one['average'][name] for one in saved]).mean(0) for name in saved[0]['average']}
    added = {name: began[name] + sum(one[name] - began[name] for one in saved) for name in ('step', 'spent_s')}
    facts = {name: value for name, value in saved[0].items() if name != 'optimiser'}
    save_whole({**facts, checkpoint.stem: mean, 'average': mean, **added}, checkpoint)
