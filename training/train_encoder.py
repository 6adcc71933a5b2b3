"""Trains the audio encoder to say what the mouth does, from sound alone."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from training.audio.recorded import ENGINE
from training.config import EncoderConfig, MotionConfig
from training.features.augment import LOG_FLOOR, augment
from training.features.encoder import Encoder
from training.loop import save_whole, train
from training.motion.visemes import PARAMETERS

WEIGHTS = dict(jaw=1, aperture=2, closure=2, pucker=5, funnel=0.6, stretch=0.5, tuck=1, upper=0.4, tongue=0.2)
"""The lips count most: what is seen of speech is how far they open, whether they close, and whether they round."""
VELOCITY_SHARE = 1.0


@dataclass(frozen=True)
class Schedule:
    steps: int = 20000
    batch: int = 8
    frames: int = 640
    warm_frames: int = 60  # without loss: the network has not heard enough yet
    peak_rate: float = 1.5e-3
    ramp_steps: int = 200
    average: float = 0.998  # of the exponential moving average that is shipped
    augmented: bool = True
    plain_share: float = 0.5
    """Of the windows, to which no room and no noise is added: the scenes bring their own, and most calls have little."""
    closure_emphasis: float = 4.0
    """Frames with closed lips count five times: the best lever for closure in the prototype (recall 0.45 -> 0.72)."""


class Speech:
    """Prepared scenes, laid end to end."""

    def __init__(self, scenes):
        self.mel = torch.from_numpy(np.concatenate([scene.mel for scene in scenes]))  # [2 * frames, melBins] float16
        self.mouth = torch.from_numpy(np.concatenate([scene.mouth for scene in scenes]))  # [frames, 9] float16
        self.group = torch.from_numpy(np.concatenate([scene.group for scene in scenes]))  # [frames] uint8
        self.prosody = torch.from_numpy(np.concatenate([scene.prosody for scene in scenes]))  # [frames, 2] float16
        self.frames = len(self.mouth)
        ends = np.cumsum([len(scene.mouth) for scene in scenes])
        self.others = [(int(end) - len(scene.mouth), len(scene.mouth))
                       for end, scene in zip(ends, scenes) if scene.style == 'none' and scene.kind != 'silence']

    def surroundings(self, generator, count, frames):
        """Returns log-mel windows of noise and music, [count, 2 * frames, melBins]."""
        if not self.others:
            return torch.full((count, 2 * frames, self.mel.shape[-1]), LOG_FLOOR)
        chosen = torch.randint(0, len(self.others), (count,), generator=generator).tolist()
        where = torch.rand(count, generator=generator).tolist()
        starts = [2 * (self.others[scene][0] + int(part * (self.others[scene][1] - frames))) for scene, part in zip(chosen, where)]
        return torch.stack([self.mel[start : start + 2 * frames] for start in starts]).float()

    def hours(self):
        return self.frames / 50 / 3600

    def windows(self, starts, frames):
        cut = lambda tensor, scale=1: torch.stack([tensor[a * scale : (a + frames) * scale] for a in starts])
        return cut(self.mel, 2).float(), cut(self.mouth).float(), cut(self.group).long(), cut(self.prosody).float()


def loss_of(encoder, mel, mouth, group, prosody, look_ahead, schedule):
    """All tensors [batch, frames, ...]. Frame n is asked for motion frames n - look_ahead - 1 and n - look_ahead."""
    config, warm, mean, std = encoder.config, schedule.warm_frames, encoder.mouth_mean, encoder.mouth_std
    features, _ = encoder.listen(mel, encoder.silence(len(mel), mel.device))  # [batch, frames, bottleneck]
    features = features[:, warm:]
    late = lambda tensor, extra=0: tensor[:, warm - look_ahead - extra : tensor.shape[1] - look_ahead - extra]
    target = (torch.cat([late(mouth, 1), late(mouth)], -1) - mean.repeat(2)) / std.repeat(2)  # [batch, frames, 18]
    weight = torch.tensor([WEIGHTS[name] for name in PARAMETERS], device=mel.device).repeat(2)
    closed = late(mouth)[..., PARAMETERS.index('closure')]  # [batch, frames]
    emphasis = 1 + schedule.closure_emphasis * closed[..., None]
    guess = encoder.mouth(features)  # [batch, frames, 18]
    loss = (emphasis * weight * (guess - target) ** 2).mean()
    loss = loss + VELOCITY_SHARE * (weight * (guess.diff(dim=1) - target.diff(dim=1)) ** 2).mean()
    phones = encoder.phone(features).transpose(1, 2)  # [batch, phoneClasses, frames]
    loss = loss + 0.2 * F.cross_entropy(phones, late(group))
    loss = loss + 0.5 * F.binary_cross_entropy_with_logits(encoder.closure(features)[..., 0], closed, pos_weight=closed.new_tensor(2.0))
    spoken = late(prosody)
    assert config.prosody_dims == spoken.shape[-1]
    return loss + 0.5 * ((encoder.prosody(features) - spoken) ** 2).mean()


def train_encoder(
    scenes, checkpoint, schedule=Schedule(), config=EncoderConfig(), seed=1, minutes=None, again=False, report=None,
    look_ahead=MotionConfig().look_ahead_frames,
):
    """scenes: list of Prepared. Trains, resuming from `checkpoint` if it is there. Returns the averaged encoder."""
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    torch.manual_seed(seed)
    speech, encoder = Speech(scenes), Encoder(config)
    print(f'encoder: {speech.hours():.1f} h', flush=True)
    encoder.mel_mean.copy_(speech.mel[::97].float().mean(0))
    encoder.mel_std.copy_(speech.mel[::97].float().std(0))
    encoder.mouth_mean.copy_(speech.mouth[::31].float().mean(0))
    encoder.mouth_std.copy_(speech.mouth[::31].float().std(0))

    def loss_of_step(generator):
        starts = torch.randint(0, speech.frames - schedule.frames, (schedule.batch,), generator=generator).tolist()
        mel, mouth, group, prosody = speech.windows(starts, schedule.frames)
        if schedule.augmented:
            mel = augment(mel, speech.surroundings(generator, schedule.batch, schedule.frames), generator, schedule.plain_share)
        batch = [tensor.to(device) for tensor in (mel, mouth, group, prosody)]
        return loss_of(encoder, *batch, look_ahead, schedule)

    facts = dict(config=config, recorded=any(scene.voice.startswith(ENGINE) for scene in scenes))
    train('encoder', encoder, loss_of_step, checkpoint, schedule, seed, device, minutes, again, facts,
          report and (lambda: report(load_encoder(checkpoint))))
    return load_encoder(checkpoint)


def knows_recordings(checkpoint):
    """Returns whether an encoder was also trained on people's recordings, not on speech synthesis alone."""
    return torch.load(checkpoint, map_location='cpu', weights_only=False).get('recorded', False)


def mix(checkpoint, earlier, share):
    """Ships `share` of an earlier round's weights with those of a finished one, once: what rounds of one network learnt adds up
    where they lie near each other (Wortsman et al. 2022)."""
    saved = torch.load(checkpoint, map_location='cpu', weights_only=False)
    if saved['round'] is not None or saved.get('mixed'):
        return
    before = torch.load(earlier, map_location='cpu', weights_only=False)['average']
    average = {name: torch.lerp(value, before[name], share) for name, value in saved['average'].items()}
    save_whole({**saved, 'average': average, 'mixed': True}, checkpoint)


def load_encoder(checkpoint):
    """Returns the averaged encoder of a checkpoint, ready to run."""
    saved = torch.load(checkpoint, map_location='cpu', weights_only=False)
    encoder = Encoder(saved['config'])
    encoder.load_state_dict(saved['average'])
    return encoder.eval()
