"""Every number that two stages must agree on, in frozen dataclasses."""

from dataclasses import dataclass

from training.motion.channels import CHANNELS, CONDITION_DIMS


@dataclass(frozen=True)
class MelConfig:
    sample_rate_hz: int = 16000
    window_samples: int = 400
    hop_samples: int = 160
    fft_samples: int = 512
    mel_bins: int = 40
    low_hz: float = 20.0
    high_hz: float = 7600.0
    floor: float = 1e-7


@dataclass(frozen=True)
class MotionConfig:
    frames_per_second: int = 50
    frames_per_hop: int = 2
    look_ahead_frames: int = 4  # 80 ms: the knee of accuracy against delay (ablation in the model card)
    context_tokens: int = 12

    @property
    def token_dims(self):
        return self.frames_per_hop * len(CHANNELS)


@dataclass(frozen=True)
class EncoderConfig:
    mel_bins: int = 40
    mel_frames_per_frame: int = 2
    width: int = 192
    dilations: tuple = (1, 2, 4, 8, 16, 1, 2, 4, 8, 16, 1, 2)
    taps: int = 3
    bottleneck: int = 128
    mouth_dims: int = 9
    frames_per_hop: int = 2
    prosody_dims: int = 2
    phone_classes: int = 19  # groups of motion/visemes.py
    speaker_dims: int = 48  # of what is remembered of the voice for seconds; 0 remembers nothing
    speaker_after: int = 4  # blocks
    speaker_memory_s: float = 5.0

    @property
    def state_length(self):
        return sum((self.taps - 1) * dilation * self.width for dilation in self.dilations) + (self.speaker_dims and self.speaker_dims + 1)

    @property
    def feature_dims(self):
        return self.bottleneck + self.frames_per_hop * self.mouth_dims


@dataclass(frozen=True)
class DenoiserConfig:
    token_dims: int = 2 * len(CHANNELS)
    frames_per_hop: int = 2
    feature_dims: int = 146
    condition_dims: int = CONDITION_DIMS
    context_tokens: int = 12
    width: int = 128
    layers: int = 4
    heads: int = 4
