"""A small source-filter vocoder: the vocal tract of an utterance with another source. Makes children, whisper and song."""

import numpy as np

from training.motion.visemes import VOICELESS, visemes_of

SAMPLE_RATE_HZ = 16000
WINDOW, HOP, FFT = 400, 80, 512
LIFTER = 28
"""Cepstral coefficients kept: 1.75 ms, shorter than the pitch period of voices below 570 Hz."""
HUMMED = 'mnŋɲlɫ'
HELD_SHARE, HELD_LOG_S = 0.08, (-0.4, 0.6)
"""Of the sounds that can be held, in speech that holds some; and how much longer they last: 0.4 to 4 s."""
SCALE_SEMITONES = (0, 2, 4, 5, 7, 9, 11)


def short_spectra(sound):
    padded = np.pad(sound, (WINDOW // 2, WINDOW))
    frames = len(sound) // HOP + 1
    stride = padded.strides[0]
    windows = np.lib.stride_tricks.as_strided(padded, (frames, WINDOW), (HOP * stride, stride), writeable=False)
    return np.fft.rfft(windows * np.hanning(WINDOW), FFT)


def envelope(sound):
    """Returns the log spectral envelope by cepstral smoothing, [frames, FFT / 2 + 1]."""
    cepstrum = np.fft.irfft(np.log(np.abs(short_spectra(sound)) + 1e-5))
    cepstrum[:, LIFTER:-LIFTER] = 0
    return np.fft.rfft(cepstrum).real


def spoken_pitch(chance, samples, base_hz):
    """A falling line with slow random accents."""
    seconds = samples / SAMPLE_RATE_HZ
    knots = max(4, int(seconds * 4))
    accents = np.interp(np.linspace(0, knots - 1, samples), np.arange(knots), chance.normal(size=knots))
    return base_hz * np.exp(0.12 * accents - 0.2 * np.linspace(-0.5, 0.5, samples))


def sung_pitch(chance, samples, base_hz, longest_s=0.8):
    """Notes of a major scale of 0.2 s to `longest_s` with portamento and vibrato of 5 to 6.5 Hz (Sundberg 1987)."""
    notes, degree = [], 0
    while sum(length for _, length in notes) < samples:
        degree = int(np.clip(degree + chance.integers(-3, 4), -4, 9))
        semitones = 12 * (degree // 7) + SCALE_SEMITONES[degree % 7]
        notes.append((semitones, int(chance.uniform(0.2, longest_s) * SAMPLE_RATE_HZ)))
    steps = np.concatenate([np.full(length, semitones, float) for semitones, length in notes])[:samples]
    glide = np.ones(800) / 800
    steps = np.convolve(np.pad(steps, 400, 'edge'), glide, 'same')[400:-400]
    times = np.arange(samples) / SAMPLE_RATE_HZ
    vibrato = chance.uniform(0.1, 0.7) * np.sin(2 * np.pi * chance.uniform(5, 6.5) * times)
    return base_hz * 2 ** ((steps + vibrato) / 12)


def holds(segments, chance):
    """Chooses vowels, nasals and liquids to hold. Returns (start_s, end_s, longer_s) of their middle halves, at least one."""
    able = [(start_s, end_s) for start_s, end_s, phone in segments if visemes_of(phone)[0].kind == 'vowel' or phone[0] in HUMMED]
    chosen = chance.random(len(able)) < HELD_SHARE
    if able and not chosen.any():
        chosen[chance.integers(len(able))] = True
    return [(0.75 * start_s + 0.25 * end_s, 0.25 * start_s + 0.75 * end_s, 10 ** chance.uniform(*HELD_LOG_S))
            for (start_s, end_s), held in zip(able, chosen) if held and end_s > start_s]


def revoice(sound, segments, chance, pitch_hz, formants=1.0, stretch=1.0, breath=0.05, held=()):
    """Speaks an utterance again. pitch_hz: samples -> [samples] or None for whisper; formants > 1 is a smaller head;
    stretch > 1 is slower; breath: share of noise in voiced sounds; held: of `holds`. Returns sound and segments."""
    tract = envelope(sound)
    before_s = np.array([0, *(edge_s for start_s, end_s, _ in held for edge_s in (start_s, end_s)), len(tract) * HOP / SAMPLE_RATE_HZ])
    longer_s = np.cumsum([0, *(more_s for _, _, longer_s in held for more_s in (0, longer_s)), 0])
    after_s = stretch * before_s + longer_s
    frames = int(after_s[-1] * SAMPLE_RATE_HZ / HOP)
    source_frame = np.interp(np.arange(frames) * HOP / SAMPLE_RATE_HZ, after_s, before_s) * SAMPLE_RATE_HZ / HOP
    source_frame = np.minimum(source_frame, len(tract) - 1.001)
    low = source_frame.astype(int)
    part = (source_frame - low)[:, None]
    tract = tract[low] * (1 - part) + tract[low + 1] * part
    bins = np.minimum(np.arange(tract.shape[1]) / formants, tract.shape[1] - 1.001)
    low = bins.astype(int)
    tract = tract[:, low] * (1 - (bins - low)) + tract[:, low + 1] * (bins - low)
    samples = frames * HOP
    noise = chance.normal(size=samples)
    segments = [(*np.interp([start_s, end_s], before_s, after_s).tolist(), phone) for start_s, end_s, phone in segments]
    source = noise
    if pitch_hz is not None:
        pitch = pitch_hz(samples)
        phase = np.cumsum(pitch / SAMPLE_RATE_HZ)
        pulses = np.diff(np.floor(phase), prepend=0) * np.sqrt(SAMPLE_RATE_HZ / pitch)
        voiced = np.zeros(samples)
        for start_s, end_s, phone in segments:
            if phone[0] not in VOICELESS:
                voiced[int(start_s * SAMPLE_RATE_HZ) : int(end_s * SAMPLE_RATE_HZ)] = 1
        voiced = np.convolve(voiced, np.ones(160) / 160, 'same')
        source = voiced * ((1 - breath) * pulses + breath * noise) + (1 - voiced) * noise
    spectra = short_spectra(source)[:frames] * np.exp(tract)
    pieces = np.fft.irfft(spectra)[:, :FFT]
    out = np.zeros(samples + FFT)
    for frame in range(frames):
        out[frame * HOP : frame * HOP + FFT] += pieces[frame]
    out = out[WINDOW // 2 : WINDOW // 2 + samples]
    return (out / (np.abs(out).max() + 1e-6) * 0.7).astype(np.float32), segments
