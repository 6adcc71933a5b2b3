"""Sounds that are not the speaker: noise of many colours, babble, hum, clicks and music."""

import numpy as np
from scipy.signal import fftconvolve

SAMPLE_RATE_HZ = 16000


def unit(sound):
    return (sound / (np.sqrt(np.mean(sound**2)) + 1e-9)).astype(np.float32)


def coloured(chance, samples):
    """Noise with a random slope (white to brown), random bumps, and sometimes slow swells."""
    spectrum = np.fft.rfft(chance.normal(size=samples))
    hz = np.arange(len(spectrum)) * SAMPLE_RATE_HZ / samples + 20
    tint = -chance.uniform(0, 2) * 10 * np.log10(hz / 20)
    for _ in range(chance.integers(0, 4)):
        tint += chance.uniform(-10, 15) * np.exp(-((np.log2(hz / chance.uniform(80, 6000)) / chance.uniform(0.1, 1)) ** 2))
    sound = np.fft.irfft(spectrum * 10 ** (tint / 20), samples)
    if chance.random() < 0.4:
        knots = max(3, int(samples / SAMPLE_RATE_HZ * chance.uniform(0.5, 4)))
        swell = np.interp(np.linspace(0, knots - 1, samples), np.arange(knots), chance.normal(size=knots))
        sound = sound * np.exp(chance.uniform(0.2, 1) * swell)
    return unit(sound)


def babble(chance, samples, voices):
    """Five to nine people talking at once. voices: list of [samples] int16."""
    sound = np.zeros(samples, np.float32)
    for _ in range(chance.integers(5, 10)):
        at = 0
        while at < samples:
            voice = voices[chance.integers(len(voices))]
            length = min(len(voice), samples - at)
            sound[at : at + length] += voice[:length] * (chance.uniform(0.4, 1) / 32768)
            at += length
    return unit(sound)


def hum(chance, samples):
    times, base_hz = np.arange(samples) / SAMPLE_RATE_HZ, chance.choice([50.0, 60.0, chance.uniform(80, 300)])
    sound = sum(chance.uniform(0, 1) / k * np.sin(2 * np.pi * base_hz * k * times + chance.uniform(0, 6.28)) for k in range(1, 9))
    return unit(sound + 0.02 * chance.normal(size=samples))


def clicks(chance, samples):
    """Typing, knocks and clatter: short decaying bursts over a quiet floor."""
    sound = 0.003 * chance.normal(size=samples)
    for _ in range(int(samples / SAMPLE_RATE_HZ * chance.uniform(1, 8))):
        length = int(chance.uniform(0.005, 0.12) * SAMPLE_RATE_HZ)
        at = chance.integers(0, max(1, samples - length))
        burst = chance.normal(size=length) * np.exp(-6 * np.arange(length) / length)
        sound[at : at + length] += chance.uniform(0.2, 1) * burst[: samples - at]
    return unit(sound)


def note(chance, hz, samples, brightness, attack):
    times = np.arange(samples) / SAMPLE_RATE_HZ
    partials = range(1, max(2, min(16, int(7000 / hz))))
    tone = sum(k**-brightness * np.sin(2 * np.pi * hz * k * times + chance.uniform(0, 6.28)) for k in partials)
    rise = np.minimum(1, times / attack)
    return tone * rise * np.exp(-times * chance.uniform(0.5, 4)) * np.minimum(1, (samples - np.arange(samples)) / 400)


def music(chance, samples):
    """Chords, bass, a melody and drums in a random tempo, key and set of instruments."""
    beat = int(60 / chance.uniform(60, 160) * SAMPLE_RATE_HZ)
    root_hz = 55 * 2 ** (chance.integers(0, 12) / 12)
    third = chance.choice([3, 4])
    sound = np.zeros(samples + 4 * beat)
    lines = [(chance.uniform(0.8, 2.2), chance.uniform(0.003, 0.15), chance.uniform(0.2, 1)) for _ in range(3)]
    drums = chance.uniform(0, 1.5) if chance.random() < 0.6 else 0
    chord = 0
    for index, at in enumerate(range(0, samples, beat)):
        if index % 4 == 0:
            chord = chance.choice([0, 5, 7, -3, 2])
        voices = [(0, 0, 1)]
        if index % 2 == 0:
            voices += [(1, 12 + step, 2) for step in (0, third, 7)]
        voices += [(2, 24 + chance.choice([0, 2, third, 5, 7, 9, 12]), chance.choice([0.5, 1, 2])) for _ in range(chance.integers(0, 3))]
        for line, semitones, beats in voices:
            brightness, attack, level = lines[line]
            length = int(beats * beat)
            sound[at : at + length] += level * note(chance, root_hz * 2 ** ((chord + semitones) / 12), length, brightness, attack)
        if drums:
            length = min(beat, 2400)
            hit = chance.normal(size=length) * np.exp(-np.arange(length) / chance.uniform(150, 900))
            sound[at : at + length] += drums * hit
    return unit(sound[:samples])


def room(chance, sound):
    """A room: direct sound, a few early reflections, and a tail that decays by 60 dB in 0.1 to 0.7 s."""
    samples = int(chance.uniform(0.1, 0.7) * SAMPLE_RATE_HZ)
    tail = chance.normal(size=samples) * 10 ** (-3 * np.arange(samples) / samples)
    tail *= chance.uniform(0.05, 0.6) / np.sqrt(np.sum(tail**2))
    for _ in range(chance.integers(1, 6)):
        tail[chance.integers(16, 640)] += chance.uniform(-0.4, 0.4)
    tail[0] = 1
    return fftconvolve(sound, tail)[: len(sound)].astype(np.float32)
