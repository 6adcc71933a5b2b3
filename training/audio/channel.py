"""What happens to sound between a mouth and the server: microphone, gain, codec, lost packets."""

import subprocess

import numpy as np
from scipy.signal import butter, lfilter

SAMPLE_RATE_HZ = 16000
PACKET = 320  # samples, 20 ms
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


def lose_packets(chance, sound):
    """Bursts of lost packets, concealed as a decoder does: the last packet again, fading out."""
    out, rate = sound.copy(), chance.uniform(0.01, 0.12)
    packets, lost, run = len(sound) // PACKET, False, 0
    for packet in range(1, packets):
        lost = chance.random() < (0.5 if lost else rate)
        run = run + 1 if lost else 0
        if lost:
            now = slice(packet * PACKET, (packet + 1) * PACKET)
            before = slice((packet - 1) * PACKET, packet * PACKET)
            out[now] = 0 if run > 4 else out[before] * np.linspace(0.9, 0.6, PACKET)
    return out


def opus(sound, kbps):
    """The sound after an Opus call at `kbps`, aligned with the input."""
    raw = ['-f', 's16le', '-ar', str(SAMPLE_RATE_HZ), '-ac', '1']
    run = lambda arguments, data: subprocess.run(
        ['ffmpeg', '-loglevel', 'error', *arguments], input=data, capture_output=True, check=True
    ).stdout
    samples = (np.clip(sound, -1, 1) * 32767).astype('<i2').tobytes()
    packets = run([*raw, '-i', '-', '-c:a', 'libopus', '-b:a', f'{kbps}k', '-application', 'voip', '-compression_level', '5', '-f', 'ogg', '-'], samples)
    heard = np.frombuffer(run(['-i', '-', *raw, '-'], packets), '<i2').astype(np.float32) / 32768
    return np.pad(heard, (0, max(0, len(sound) - len(heard))))[: len(sound)]


def clip(chance, sound):
    limit = chance.uniform(0.2, 0.7) * np.abs(sound).max()
    return np.clip(sound, -limit, limit)


def set_peak_db(sound, peak_db):
    return (sound / (np.abs(sound).max() + 1e-6) * 10 ** (peak_db / 20)).astype(np.float32)
