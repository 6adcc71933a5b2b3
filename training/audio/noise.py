"""Sounds that are not the speaker: noise of many colours, babble, hum, clicks, gusts, tones, recorded effects and music."""

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


def gusts(chance, samples):
    """Wind, rustling, scraping and steps: bursts of noise with soft edges, some of them rattling, each of another colour."""
    sources = [coloured(chance, samples) for _ in range(3)]
    sound = 10 ** chance.uniform(-3, -1) * sources[0]
    for _ in range(int(samples / SAMPLE_RATE_HZ * chance.uniform(0.3, 4))):
        length = int(10 ** chance.uniform(-1.3, 0.2) * SAMPLE_RATE_HZ)  # 50 ms to 1.6 s
        at = chance.integers(0, max(1, samples - length))
        envelope = np.hanning(length) ** chance.uniform(0.2, 2)
        if chance.random() < 0.5:
            envelope *= 0.5 + 0.5 * np.sin(2 * np.pi * chance.uniform(4, 40) * np.arange(length) / SAMPLE_RATE_HZ)
        burst = sources[chance.integers(3)][at : at + length]
        sound[at : at + length] += chance.uniform(0.1, 1) * (burst * envelope[: len(burst)])
    return unit(sound)


def tones(chance, samples):
    """Beeps, sirens, whistles and sweeps: one to three lines that hold, jump, wobble or glide from 60 to 7600 Hz."""
    times, low, high = np.arange(samples) / SAMPLE_RATE_HZ, np.log2(60), np.log2(7600)
    sound = 10 ** chance.uniform(-4, -1.5) * coloured(chance, samples)
    for _ in range(chance.integers(1, 4)):
        knots = 2 + int(times[-1] * 10 ** chance.uniform(-1, 0.7))  # one pitch in ten seconds, or five a second
        if chance.random() < 0.5:
            octaves = chance.uniform(low, high, knots)
        else:
            octaves = (np.log2(chance.uniform(100, 4000)) + chance.normal(size=knots) * chance.uniform(0, 0.5)).clip(low, high)
        place = times / times[-1] * (knots - 1)
        held = octaves[place.astype(int)] if chance.random() < 0.5 else np.interp(place, np.arange(knots), octaves)
        wobble = chance.uniform(0, 0.03) * np.sin(2 * np.pi * chance.uniform(1, 9) * times)
        hz = 2 ** (held + wobble)
        phase = 2 * np.pi * np.cumsum(hz) / SAMPLE_RATE_HZ
        partials, tilt = chance.choice([1, 1, 3, 8]), chance.uniform(0.7, 2.5)
        line = sum(k**-tilt * np.sin(k * phase) * (k * hz < 7800) for k in range(1, partials + 1))
        if chance.random() < 0.6:  # on and off, without clicks
            beats = np.sin(2 * np.pi * chance.uniform(0.1, 4) * times + chance.uniform(0, 6.28)) - chance.uniform(-0.7, 0.7)
            line = line * np.clip(20 * beats, 0, 1)
        sound = sound + chance.uniform(0.2, 1) * line
    return unit(sound)


def effects(chance, samples, recorded):
    """Recorded sounds one after another. recorded: list of [samples] float32, at least one."""
    sound, at = np.zeros(samples, np.float32), int(chance.uniform(0, 1) * SAMPLE_RATE_HZ)
    while at < samples:
        one = recorded[chance.integers(len(recorded))][: samples - at]
        sound[at : at + len(one)] += chance.uniform(0.2, 1) * one
        at += len(one) + int(chance.exponential(0.5) * SAMPLE_RATE_HZ)
    return unit(sound)


def pieces(chance, samples, recorded):
    """A stretch of recorded music. recorded: list of [samples] float32, at least one."""
    piece = recorded[chance.integers(len(recorded))]
    start = chance.integers(0, max(1, len(piece) - samples))
    return unit(np.resize(piece[start : start + samples], samples))


HUSH_WINDOW = np.hanning(512)


def hush_of(sound, segments):
    """Returns what is heard while the speaker is silent (`_` in segments), as amplitude by frequency, [257]; zeros where that is
    nowhere long enough. Of those frames the quieter half counts: breath and a word's last sound are not the room."""
    size = len(HUSH_WINDOW)
    starts = [start for start_s, end_s, phone in segments if phone == '_'
              for start in range(int(start_s * SAMPLE_RATE_HZ), min(int(end_s * SAMPLE_RATE_HZ), len(sound)) - size, size // 2)]
    if not starts:
        return np.zeros(size // 2 + 1)
    power = np.abs(np.fft.rfft([sound[start : start + size] * HUSH_WINDOW for start in starts])) ** 2
    quieter = power[np.argsort(power.sum(1))[: (len(power) + 1) // 2]]
    return np.sqrt(quieter.mean(0) / np.sum(HUSH_WINDOW**2))


def hush(chance, amplitude, samples):
    """Returns noise of the level and colour that `hush_of` found, [samples]."""
    spectrum = np.fft.rfft(chance.normal(size=samples))
    grid = np.linspace(0, 1, len(amplitude))
    return np.fft.irfft(spectrum * np.interp(np.linspace(0, 1, len(spectrum)), grid, amplitude), samples).astype(np.float32)


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


def strums(chance, samples):
    """Chords whose notes are struck together again and again, plucked or held, over a beat: a guitar, a piano, an organ."""
    strike = int(chance.uniform(0.12, 1.2) * SAMPLE_RATE_HZ)
    root_hz, partials, tilt = 80 * 4 ** chance.random(), chance.integers(1, 8), chance.uniform(1, 2.5)
    fade, between = chance.uniform(0.2, 8), chance.choice([1, 2, 4, 8])  # a second; strikes of one chord
    sound = np.zeros(samples + strike)
    for index, at in enumerate(range(0, samples, strike)):
        if index % between == 0:
            shape = chance.choice([0, 3, 4, 7, 9, 12, 16], chance.integers(1, 5), replace=False) + chance.choice([0, -5, -4, -2, 2, 3, 5])
        times = np.arange(strike) / SAMPLE_RATE_HZ
        edges = np.minimum(1, np.minimum(times / 0.003, times[::-1] / 0.003))
        hz = root_hz * 2 ** (shape[:, None, None] / 12) * np.arange(1, partials + 1)[:, None]  # [notes, partials, 1]
        notes = (hz < 7600) * np.sin(2 * np.pi * hz * times) / np.arange(1, partials + 1)[:, None] ** tilt
        sound[at : at + strike] += notes.sum((0, 1)) * np.exp(-fade * times) * edges
    beat, drums = int(strike * chance.choice([0.5, 1, 2])), chance.uniform(0, 1.5) if chance.random() < 0.6 else 0
    for at in range(0, samples, beat):
        length = min(beat, 3200, samples - at)
        sound[at : at + length] += drums * chance.normal(size=length) * np.exp(-np.arange(length) / chance.uniform(150, 900))
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
