"""Trains the audio encoder to say what the mouth does, from sound alone."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from training.config import EncoderConfig, MotionConfig
from training.features.augment import augment
from training.features.encoder import Encoder
from training.motion.visemes import PARAMETERS

WEIGHTS = dict(jaw=1, aperture=1.5, closure=1.5, pucker=1.3, funnel=0.8, stretch=0.6, tuck=1, upper=0.6, tongue=0.4)
CLOSURE_EMPHASIS = 4
"""Frames with closed lips count five times: the best lever for closure in the prototype (recall 0.45 -> 0.72)."""


@dataclass(frozen=True)
class Schedule:
    steps: int = 12000
    batch: int = 8
    frames: int = 640
    warm_frames: int = 60  # without loss: the network has not heard enough yet
    peak_rate: float = 1.5e-3
    ramp_steps: int = 200
    average: float = 0.998  # of the exponential moving average that is shipped


class Speech:
    """Prepared scenes, laid end to end."""

    def __init__(self, scenes):
        self.mel = torch.from_numpy(np.concatenate([scene.mel for scene in scenes]))  # [2 * frames, melBins] float16
        self.mouth = torch.from_numpy(np.concatenate([scene.mouth for scene in scenes]))  # [frames, 9] float16
        self.group = torch.from_numpy(np.concatenate([scene.group for scene in scenes]))  # [frames] uint8
        self.prosody = torch.from_numpy(np.concatenate([scene.prosody for scene in scenes]))  # [frames, 2] float16
        self.frames = len(self.mouth)

    def hours(self):
        return self.frames / 50 / 3600

    def windows(self, starts, frames):
        cut = lambda tensor, scale=1: torch.stack([tensor[a * scale : (a + frames) * scale] for a in starts])
        return cut(self.mel, 2).float(), cut(self.mouth).float(), cut(self.group).long(), cut(self.prosody).float()


def loss_of(encoder, mel, mouth, group, prosody, mean, std, look_ahead, warm):
    """All tensors [batch, frames, ...]. Frame n is asked for motion frames n - look_ahead - 1 and n - look_ahead."""
    config = encoder.config
    features, _ = encoder.listen(mel, encoder.silence(len(mel), mel.device))  # [batch, frames, bottleneck]
    features = features[:, warm:]
    late = lambda tensor, extra=0: tensor[:, warm - look_ahead - extra : tensor.shape[1] - look_ahead - extra]
    target = (torch.cat([late(mouth, 1), late(mouth)], -1) - mean.repeat(2)) / std.repeat(2)  # [batch, frames, 18]
    weight = torch.tensor([WEIGHTS[name] for name in PARAMETERS], device=mel.device).repeat(2)
    closed = late(mouth)[..., PARAMETERS.index('closure')]  # [batch, frames]
    emphasis = 1 + CLOSURE_EMPHASIS * closed[..., None]
    guess = encoder.mouth(features)  # [batch, frames, 18]
    loss = (emphasis * weight * (guess - target) ** 2).mean()
    loss = loss + 1.5 * (weight * (guess.diff(dim=1) - target.diff(dim=1)) ** 2).mean()
    phones = encoder.phone(features).transpose(1, 2)  # [batch, phoneClasses, frames]
    loss = loss + 0.2 * F.cross_entropy(phones, late(group))
    loss = loss + 0.5 * F.binary_cross_entropy_with_logits(encoder.closure(features)[..., 0], closed, pos_weight=closed.new_tensor(2.0))
    spoken = late(prosody)
    assert config.prosody_dims == spoken.shape[-1]
    return loss + 0.5 * ((encoder.prosody(features) - spoken) ** 2).mean()


def train_encoder(scenes, checkpoint, schedule=Schedule(), config=EncoderConfig(), seed=1, minutes=None, report=None):
    """scenes: list of Prepared. Trains, resuming from `checkpoint` if it is there. Returns the averaged encoder."""
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    torch.manual_seed(seed)
    speech, checkpoint = Speech(scenes), Path(checkpoint)
    encoder = Encoder(config)
    encoder.mel_mean.copy_(speech.mel[::97].float().mean(0))
    encoder.mel_std.copy_(speech.mel[::97].float().std(0))
    mean, std = speech.mouth[::31].float().mean(0), speech.mouth[::31].float().std(0)
    encoder.mouth_mean.copy_(mean)
    encoder.mouth_std.copy_(std)
    optimiser = torch.optim.AdamW(encoder.parameters(), schedule.peak_rate, weight_decay=1e-2, betas=(0.9, 0.98))
    average, step, spent_s = {name: value.clone() for name, value in encoder.state_dict().items()}, 0, 0.0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location='cpu')
        encoder.load_state_dict(saved['encoder'])
        optimiser.load_state_dict(saved['optimiser'])
        average, step, spent_s = saved['average'], saved['step'], saved['spent_s']
    encoder.to(device)
    mean, std = encoder.mouth_mean, encoder.mouth_std
    print(f'encoder: {sum(p.numel() for p in encoder.parameters())} weights, {speech.hours():.1f} h, from step {step}', flush=True)
    look_ahead, began_s, running = MotionConfig().look_ahead_frames, time.monotonic() - spent_s, None
    encoder.train()
    progress = 0.0
    while progress < 1:
        elapsed_s = time.monotonic() - began_s
        progress = max(step / schedule.steps, elapsed_s / 60 / minutes if minutes else 0)
        rate = schedule.peak_rate * min(1, (step + 1) / schedule.ramp_steps) * max(0.01, 0.5 + 0.5 * np.cos(np.pi * min(1, progress)))
        for group in optimiser.param_groups:
            group['lr'] = rate
        generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
        starts = torch.randint(0, speech.frames - schedule.frames, (schedule.batch,), generator=generator).tolist()
        mel, mouth, phones, prosody = speech.windows(starts, schedule.frames)
        mel = augment(mel, generator)
        batch = [tensor.to(device) for tensor in (mel, mouth, phones, prosody)]
        loss = loss_of(encoder, *batch, mean, std, look_ahead, schedule.warm_frames)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimiser.step()
        step += 1
        keep = min(schedule.average, step / (step + 20))
        for name, value in encoder.state_dict().items():
            average[name].mul_(keep).add_(value.detach().cpu(), alpha=1 - keep)
        running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
        if step % 100 == 0 or progress >= 1:
            print(f'encoder: step {step}, {time.monotonic() - began_s:.0f} s, rate {rate:.1e}, loss {running:.4f}', flush=True)
        if step % 500 == 0 or progress >= 1:
            state = dict(encoder=encoder.state_dict(), optimiser=optimiser.state_dict(), average=average, step=step,
                         spent_s=time.monotonic() - began_s, config=config)
            partial = checkpoint.with_suffix('.part')
            torch.save(state, partial)
            partial.rename(checkpoint)
            if report:
                print(report(load_encoder(checkpoint)), flush=True)
    return load_encoder(checkpoint)


def load_encoder(checkpoint):
    """Returns the averaged encoder of a checkpoint, ready to run."""
    saved = torch.load(checkpoint, map_location='cpu')
    encoder = Encoder(saved['config'])
    encoder.load_state_dict(saved['average'])
    return encoder.eval()
