"""Trains the diffusion transformer to move a face as the teacher does, hearing only the encoder's features."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.config import DenoiserConfig, MotionConfig
from training.loop import train
from training.motion.channels import CHANNELS, CONDITION, CONDITION_DIMS, EMOTIONS, HEAD, MOUTH, slices
from training.motion.denoiser import Denoiser
from training.motion.sampler import noise_scale
from training.motion.teacher import teach
from training.motion.visemes import PARAMETERS

AT = slices()
DROPOUT = {name: dropout for name, _, dropout in CONDITION}
"""How often a slice is not given. Without a control the teacher does as it likes; sound and context are hidden."""
STRETCH_S = (3, 12)
SMALLEST_STD = 0.02


@dataclass(frozen=True)
class Schedule:
    steps: int = 8000
    batch: int = 48
    peak_rate: float = 1.5e-3
    ramp_steps: int = 200
    average: float = 0.998
    pure_noise_share: float = 0.5  # the live sampler starts, and may end, there
    context_noise: float = 0.1  # standardised, against drift
    mouth_weight: float = 3.0
    blink_weight: float = 8.0  # blinks and glances are rare, and lost unless their beginning is caught
    glance_weight: float = 4.0
    closure_emphasis: float = 15.0  # mouth channels count 18 in closed frames and 3 in others, so that a doubtful p, b or m closes


def conditions(chance, batch, frames):
    """Controls as an application might set them, changed every few seconds. Returns [batch, frames, conditionDims]."""
    out = np.zeros((batch, frames, CONDITION_DIMS), np.float32)
    for row in out:
        at = 0
        while at < frames:
            length = int(chance.uniform(*STRETCH_S) * 50)
            now = row[at : at + length]
            if chance.random() >= DROPOUT['gaze']:
                now[:, AT['gaze']] = [*chance.uniform(-1, 1, 2), 1]
            if chance.random() >= DROPOUT['distance']:
                now[:, AT['distance']] = [chance.uniform(-1, 1), 1]
            if chance.random() >= DROPOUT['emotion']:
                strengths = np.zeros(len(EMOTIONS))
                for emotion in chance.choice(len(EMOTIONS) - 1, 1 + (chance.random() < 0.2), replace=False):
                    strengths[emotion] = chance.uniform(0, 1)
                strengths /= max(1, strengths.sum())
                strengths[-1] = 1 - strengths.sum()
                now[:, AT['emotion']] = [*strengths, 1]
            if chance.random() >= DROPOUT['arousal']:
                now[:, AT['arousal']] = [chance.uniform(0, 1), 1]
            at += length
        row[:, AT['audio']] = row[:, AT['context']] = 1
    return out


@torch.no_grad()
def features_of(encoder, mels):
    """mels: [batch, melFrames, melBins]. Returns what the encoder says at each hop, [batch, hops, featureDims]."""
    heard, _ = encoder.listen(torch.as_tensor(mels), encoder.silence(len(mels)))  # [batch, frames, bottleneck]
    newest = heard[:, 1::2]  # [batch, hops, bottleneck]
    return torch.cat([newest, encoder.mouth(newest)], -1)


class Performances:
    """Scenes with the teacher's motion, as tokens. Token k of a scene stands beside hop k + lag of its features."""

    def __init__(self, scenes, encoder, seed, group=256):
        frames = min(len(scene.mouth) for scene in scenes)
        lag = MotionConfig().look_ahead_frames // 2
        chance = np.random.default_rng(seed)
        features, motion, noise, condition, closure = [], [], [], [], []
        for first in range(0, len(scenes), group):
            part = scenes[first : first + group]
            stack = lambda name: np.stack([getattr(scene, name)[:frames].astype(np.float32) for scene in part])
            mels = np.stack([scene.mel[: 2 * frames].astype(np.float32) for scene in part])
            mouth = stack('mouth')
            asked = conditions(chance, len(part), frames)
            drawn = chance.normal(size=(len(part), frames, len(CHANNELS))).astype(np.float32)
            moved = teach(mouth, stack('prosody'), asked, drawn, chance.normal(size=(len(part), 3)))
            tokens = lambda x: torch.from_numpy(x[:, : frames - 2 * lag].reshape(len(part), frames // 2 - lag, -1).astype(np.float16))
            features += [features_of(encoder, mels[at : at + 32])[:, lag:].half() for at in range(0, len(mels), 32)]
            motion.append(torch.from_numpy(moved[:, : frames - 2 * lag].reshape(len(part), frames // 2 - lag, -1)))
            noise.append(tokens(drawn))
            condition.append(torch.from_numpy(asked[:, 1 : frames - 2 * lag : 2].astype(np.float16)))
            closure.append(tokens(mouth[..., PARAMETERS.index('closure')][..., None]))
        self.features, self.motion, self.noise = torch.cat(features), torch.cat(motion), torch.cat(noise)
        self.condition, self.closure = torch.cat(condition), torch.cat(closure)  # [scenes, tokens, ...]

    def statistics(self):
        """Returns mean and std of the channels over both frames of a token, [tokenDims] each."""
        frames = self.motion.reshape(-1, len(CHANNELS))[::7]
        return frames.mean(0).repeat(2), frames.std(0).clamp_min(SMALLEST_STD).repeat(2)

    def windows(self, generator, count, tokens):
        """Returns `count` windows of `tokens` tokens; one in twenty begins before its scene, with zeros."""
        scenes, length = self.motion.shape[:2]
        scene = torch.randint(0, scenes, (count,), generator=generator).tolist()
        start = torch.randint(-length // 20, length - tokens, (count,), generator=generator).clamp_min(1 - tokens).tolist()
        blank = [max(0, -a) for a in start]

        def cut(source):
            pieces = []
            for row, a, empty in zip(scene, start, blank):
                piece = source[row, a + empty : a + tokens].float()
                pieces.append(torch.cat([piece.new_zeros(empty, piece.shape[-1]), piece]))
            return torch.stack(pieces)

        present = torch.ones(count, tokens, 1)
        for row, empty in enumerate(blank):
            present[row, :empty] = 0
        return [cut(source) for source in (self.features, self.motion, self.noise, self.condition, self.closure)] + [present]


def set_steps(denoiser, performances, mean, std):
    """Measures how far the head moves in a frame, and how far it departs from going straight on."""
    motion = ((performances.motion[:64] - mean) / std).reshape(min(64, len(performances.motion)), -1, len(CHANNELS))
    head = motion[:, :, -len(HEAD) :]
    velocity = head.diff(dim=1)
    denoiser.velocity_step.copy_(velocity.std((0, 1)))
    denoiser.acceleration_step.copy_(velocity.diff(dim=1).std((0, 1)))
    straight = denoiser.straight_on(motion.reshape(len(motion), -1, denoiser.config.token_dims)[:, :-1])
    rest = motion.reshape(len(motion), -1, denoiser.config.token_dims)[:, 1:] - straight
    denoiser.head_step.copy_(torch.where(denoiser.is_head > 0, rest.std((0, 1)), torch.ones_like(denoiser.head_step)))


def straight_fit(heard, wanted):
    """heard: [rows, featureDims]; wanted: [rows, dims]. Returns weights [dims, featureDims] and bias [dims] of the least-squares fit."""
    heard = torch.cat([heard, torch.ones(len(heard), 1)], 1)
    normal = heard.T @ heard + 1e-3 * len(heard) * torch.eye(heard.shape[1])
    fit = torch.linalg.solve(normal, heard.T @ wanted).T  # [dims, featureDims + 1]
    return fit[:, :-1], fit[:, -1]


def set_speech(denoiser, performances, mean, std, scenes=64):
    """Starts the direct path from features to mouth at its least-squares fit; the transformer learns the rest."""
    motion = ((performances.motion[:scenes] - mean) / std).flatten(0, 1)
    weight, bias = straight_fit(performances.features[:scenes].float().flatten(0, 1), motion)
    with torch.no_grad():
        denoiser.speak.weight.copy_(weight * is_mouth()[:, None])
        denoiser.speak.bias.copy_(bias * is_mouth())


def is_mouth():
    return torch.tensor([float(name in MOUTH) for name in CHANNELS]).repeat(2)  # [tokenDims]


def loss_of(denoiser, batch, mean, std, schedule, generator):
    features, motion, noise, condition, closure, present = batch
    draw = lambda *shape: torch.rand(*shape, generator=generator).to(motion.device)
    normal = lambda *shape: torch.randn(*shape, generator=generator).to(motion.device)
    count, tokens, dims = motion.shape
    clean = (motion - mean) / std * present  # [count, tokens, tokenDims]
    mouth = is_mouth().to(motion.device)
    level = torch.where(draw(count, tokens - 1, 1) < schedule.pure_noise_share, torch.ones(1, device=motion.device), draw(count, tokens - 1, 1))
    chance = (noise * noise_scale(2).to(motion.device))[:, 1:]
    noisy = (1 - level) * clean[:, 1:] + level * chance  # [count, tokens - 1, tokenDims]
    smear = draw(count, 1, 1) * schedule.context_noise * (1 - denoiser.is_head)
    context = clean + smear * normal(count, tokens, dims) * present
    condition = condition[:, 1:].clone()
    for name in ('audio', 'context'):
        condition[..., AT[name]] = (draw(count, 1, 1) >= DROPOUT[name]).float().expand(-1, tokens - 1, -1)
    guess = denoiser.forward_all(context, noisy, features, condition, level)  # [count, tokens - 1, tokenDims]
    target, there = clean[:, 1:], present[:, 1:]
    has_context = condition[..., AT['context']]
    step = denoiser.is_head * has_context * present[:, :-1] * (denoiser.head_step - 1) + 1  # [count, tokens - 1, tokenDims]
    wrong = (guess - target) / step
    closed = closure[:, 1:].repeat_interleave(len(CHANNELS), -1)  # [count, tokens - 1, tokenDims]
    starting = lambda start: torch.tensor([float(name.startswith(start)) for name in CHANNELS], device=motion.device).repeat(2)
    weight = 1 + mouth * (schedule.mouth_weight - 1 + schedule.closure_emphasis * closed)
    weight = weight + starting('eyeBlink') * (schedule.blink_weight - 1) + starting('eyeLook') * (schedule.glance_weight - 1)
    loss = (there * weight * wrong.clamp(-8, 8) ** 2).mean()
    half = dims // 2
    moved = (guess[..., half:] - guess[..., :half]) - (target[..., half:] - target[..., :half])
    started = (guess[..., :half] - context[:, :-1, half:]) - (target[..., :half] - clean[:, :-1, half:])
    smooth = (1 - denoiser.is_head[:half]) * there
    return loss + 0.5 * (smooth * moved**2).mean() + 0.1 * (smooth * started**2).mean()


def train_denoiser(performances, checkpoint, schedule=Schedule(), config=DenoiserConfig(), seed=1, minutes=None, again=False, report=None):
    """Trains, resuming from `checkpoint` if it is there. Returns the averaged denoiser, mean and std."""
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    torch.manual_seed(seed)
    denoiser = Denoiser(config)
    if Path(checkpoint).exists():
        saved = torch.load(checkpoint, map_location='cpu', weights_only=False)
        mean, std = saved['mean'], saved['std']
    else:
        mean, std = performances.statistics()
        set_steps(denoiser, performances, mean, std)
        set_speech(denoiser, performances, mean, std)
    where = [mean.to(device), std.to(device)]
    hours = performances.motion.shape[0] * performances.motion.shape[1] / 25 / 3600
    print(f'denoiser: {hours:.1f} h', flush=True)

    def loss_of_step(generator):
        windows = performances.windows(generator, schedule.batch, config.context_tokens + 1)
        return loss_of(denoiser, [tensor.to(device) for tensor in windows], *where, schedule, generator)

    train('denoiser', denoiser, loss_of_step, checkpoint, schedule, seed, device, minutes, again,
          dict(mean=mean, std=std, config=config), report and (lambda: report(*load_denoiser(checkpoint))))
    return load_denoiser(checkpoint)


def load_denoiser(checkpoint):
    """Returns the averaged denoiser of a checkpoint, ready to run, and the mean and std of tokens."""
    saved = torch.load(checkpoint, map_location='cpu', weights_only=False)
    denoiser = Denoiser(saved['config'])
    denoiser.load_state_dict(saved['average'])
    return denoiser.eval(), saved['mean'], saved['std']
