"""Causal log-mel frames, as `models/README.md` defines them."""

import numpy as np

from training.config import MelConfig


def mel_filters(config: MelConfig):
    """Returns triangular HTK-mel filters with peak 1, [melBins, fftSamples / 2 + 1] float32."""
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)
    edges_hz = 700 * (10 ** (np.linspace(mel(config.low_hz), mel(config.high_hz), config.mel_bins + 2) / 2595) - 1)
    bins_hz = np.arange(config.fft_samples // 2 + 1) * config.sample_rate_hz / config.fft_samples
    low, peak, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising, falling = (bins_hz - low) / (peak - low), (high - bins_hz) / (high - peak)
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def log_mel(sound, config=MelConfig()):
    """sound: [samples] float32 in -1..1. Returns [samples // hopSamples, melBins] float32.

    Frame k sees the `window_samples` samples that end before sample (k + 1) * hop_samples; before the sound is silence.
    """
    frames = len(sound) // config.hop_samples
    padded = np.concatenate([np.zeros(config.window_samples - config.hop_samples, np.float32), sound.astype(np.float32)])
    stride = padded.strides[0]
    windows = np.lib.stride_tricks.as_strided(
        padded, (frames, config.window_samples), (config.hop_samples * stride, stride), writeable=False
    )
    hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(config.window_samples) / config.window_samples)).astype(np.float32)
    power = np.abs(np.fft.rfft(windows * hann, config.fft_samples)).astype(np.float32) ** 2
    return np.log(power @ mel_filters(config).T + config.floor)
