"""What happens to sound between a mouth and the server: microphone, gain, codec, lost packets."""

import numpy as np
from scipy.signal import butter, lfilter

from training.audio.opus import PACKET, SAMPLE_RATE_HZ

OPUS_KBPS = (6, 8, 10, 12, 16, 24, 32, 48, 64)


def equalise(chance, sound):
    """A random smooth frequency response, up to about 8 dB either way."""
    spectrum = np.fft.rfft(sound)
    octaves = np.log2(np.arange(len(spectrum)) * SAMPLE_RATE_HZ / len(sound) + 60)
    knots = np.linspace(octaves[0], octaves[-1], 7)
    response_db = np.interp(octaves, knots, np.cumsum(chance.normal(size=7)) * 2 + chance.normal() * 2)
    return np.fft.irfft(spectrum * 10 ** ((response_db - response_db.mean()) / 20), len(sound)).astype(np.float32)


def band_limit(chance, sound):
    b, a = butter(2, [chance.uniform(60, 350), chance.uniform(2800, 4500)], 'band', fs=SAMPLE_RATE_HZ)
    return lfilter(b, a, sound).astype(np.float32)


def lost_packets(chance, samples):
    """Returns which packets of a bad line are lost, alone and in bursts."""
    rate, lost, now = chance.uniform(0.01, 0.12), set(), False
    for packet in range(1, samples // PACKET):
        now = chance.random() < (0.5 if now else rate)
        if now:
            lost.add(packet)
    return lost


def clip(chance, sound):
    limit = chance.uniform(0.2, 0.7) * np.abs(sound).max()
    return np.clip(sound, -limit, limit)


def set_peak_db(sound, peak_db):
    return (sound / (np.abs(sound).max() + 1e-6) * 10 ** (peak_db / 20)).astype(np.float32)
