"""Scenes: half a minute of someone talking, pausing or silent, somewhere, heard through something."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

from training.audio import channel, noise, opus
from training.audio.vocoder import holds, revoice, spoken_pitch, sung_pitch
from training.motion.mouth import FRAMES_PER_SECOND, loudness_of

SAMPLE_RATE_HZ = 16000
SCENE_S = 32.0
NON_SPEECH_SHARE = 0.15


@dataclass
class Scene:
    sound: np.ndarray  # [samples] float32 as heard
    segments: list  # (start_s, end_s, ipa)
    loudness: np.ndarray  # [frames] of the clean voice at 50 frames/s
    kind: str  # 'clean', 'degraded', 'silence', 'noise' or what alone is heard; in the test also 'held'
    style: str  # 'spoken', 'whispered', 'sung', 'held', 'child', 'shouted' or 'resampled'


def vary(utterance, chance, style):
    """Speaks an utterance in another way. Returns sound and segments."""
    sound, segments = utterance.sound.astype(np.float32) / 32768, utterance.segments
    if style == 'resampled':  # pitch, formants and speed together
        down = int(round(100 * chance.uniform(0.8, 1.25)))
        return resample_poly(sound, 100, down).astype(np.float32), [(a * 100 / down, b * 100 / down, p) for a, b, p in segments]
    if style == 'whispered':
        return revoice(sound, segments, chance, None, chance.uniform(0.9, 1.15), chance.uniform(0.9, 1.3))
    if style == 'sung':
        base_hz = chance.uniform(100, 420)
        pitch = lambda samples: sung_pitch(chance, samples, base_hz)
        return revoice(sound, segments, chance, pitch, chance.uniform(0.9, 1.25), chance.uniform(1.2, 2.2), 0.02)
    if style == 'held':  # a long ah, a cheer, a hesitation, a held note
        base_hz = 75 * (500 / 75) ** chance.random()
        sings, longest_s = chance.random() < 0.4, chance.uniform(0.8, 4)
        pitch = lambda samples: (sung_pitch(chance, samples, base_hz, longest_s) if sings else spoken_pitch(chance, samples, base_hz))
        formants, stretch = chance.uniform(0.85, 1.35), chance.uniform(0.85, 1.4)
        return revoice(sound, segments, chance, pitch, formants, stretch, chance.uniform(0, 0.15), holds(segments, chance))
    if style == 'child':
        base_hz = chance.uniform(230, 400)
        pitch = lambda samples: spoken_pitch(chance, samples, base_hz)
        return revoice(sound, segments, chance, pitch, chance.uniform(1.15, 1.4), chance.uniform(0.9, 1.3))
    if style == 'shouted':
        base_hz = chance.uniform(180, 420)
        pitch = lambda samples: spoken_pitch(chance, samples, base_hz)
        sound, segments = revoice(sound, segments, chance, pitch, chance.uniform(0.95, 1.15), chance.uniform(0.9, 1.2), 0.01)
        return np.tanh(4 * np.diff(sound, prepend=0)).astype(np.float32), segments  # a tense voice has little tilt
    if style == 'revoiced':
        base_hz = chance.uniform(75, 260)
        pitch = lambda samples: spoken_pitch(chance, samples, base_hz)
        return revoice(sound, segments, chance, pitch, chance.uniform(0.85, 1.25), chance.uniform(0.8, 1.25), chance.uniform(0, 0.2))
    return sound, segments


def talk(utterances, chance, style, seconds=SCENE_S):
    """Joins utterances of one speaker with pauses, in which the recordings' own rooms go on. Returns sound, segments and loudness."""
    sounds, segments, loudness, hushes, pauses, at_s = [], [], [], [], [], 0.0

    def wait(seconds):
        nonlocal at_s
        frames = int(seconds * FRAMES_PER_SECOND)
        pauses.append(frames * SAMPLE_RATE_HZ // FRAMES_PER_SECOND)
        loudness.append(np.zeros(frames))
        segments.append((at_s, at_s + frames / FRAMES_PER_SECOND, '_'))
        at_s += frames / FRAMES_PER_SECOND

    wait(chance.uniform(0.1, 1))
    while at_s < seconds:
        sound, marks = vary(utterances[chance.integers(len(utterances))], chance, style)
        frames = len(sound) * FRAMES_PER_SECOND // SAMPLE_RATE_HZ
        sound = sound[: frames * SAMPLE_RATE_HZ // FRAMES_PER_SECOND] * chance.uniform(0.6, 1)
        sounds.append(sound)
        hushes.append(noise.hush_of(sound, marks))
        loudness.append(loudness_of(sound, frames))
        duration_s = frames / FRAMES_PER_SECOND
        segments += [(at_s + a, at_s + min(b, duration_s), p) for a, b, p in marks if a < duration_s]
        at_s += duration_s
        wait(chance.choice([chance.uniform(0.02, 0.3), chance.uniform(0.3, 1.2), chance.uniform(1.2, 5)], p=[0.5, 0.35, 0.15]))
    joined = []
    for samples, before, after, sound in zip(pauses, hushes[:1] + hushes, hushes + hushes[-1:], [*sounds, None]):
        fade = np.linspace(0, np.pi / 2, samples)  # equal power: the rooms of two recordings differ
        joined.append(np.cos(fade) * noise.hush(chance, before, samples) + np.sin(fade) * noise.hush(chance, after, samples))
        joined += [] if sound is None else [sound]
    samples = int(seconds * SAMPLE_RATE_HZ)
    frames = int(seconds * FRAMES_PER_SECOND)
    kept = [(a, min(b, seconds), p) for a, b, p in segments if a < seconds]
    return np.concatenate(joined)[:samples].astype(np.float32), kept, np.concatenate(loudness)[:frames]


@dataclass(frozen=True)
class Others:
    """What is heard beside the speaker."""

    voices: list  # of [samples] int16, for babble
    effects: list  # of [samples] float32, recorded
    pieces: list  # of [samples] float32, recorded music


BESIDE_SPEECH = {
    'coloured': 0.36, 'babble': 0.2, 'hum': 0.05, 'clicks': 0.07, 'music': 0.12, 'gusts': 0.08, 'tones': 0.06, 'effects': 0.06, 'pieces': 0.1,
}
WITHOUT_SPEECH = {'coloured': 0.15, 'babble': 0.1, 'hum': 0.06, 'clicks': 0.1, 'gusts': 0.15, 'tones': 0.14, 'effects': 0.45}


def choose(chance, shares):
    """shares: name -> share, of any sum."""
    return str(chance.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))


def surroundings(chance, samples, others, shares):
    """Returns sound that is not the speaker, [samples], and its kind."""
    material = {'babble': others.voices, 'effects': others.effects, 'pieces': others.pieces}
    kind = choose(chance, {name: share for name, share in shares.items() if material.get(name, True)})
    make = getattr(noise, kind)
    return make(chance, samples, material[kind]) if kind in material else make(chance, samples), kind


def transmit(sound, chance):
    """A microphone, a level and perhaps a call."""
    if chance.random() < 0.6:
        sound = channel.equalise(chance, sound)
    if chance.random() < 0.12:
        sound = channel.band_limit(chance, sound)
    if chance.random() < 0.04:
        sound = channel.clip(chance, sound)
    sound = channel.set_peak_db(sound, chance.uniform(-32, -0.5))
    if chance.random() < 0.4:
        lost = channel.lost_packets(chance, len(sound)) if chance.random() < 0.25 else ()
        sound = opus.call(sound.astype(np.float32), int(chance.choice(channel.OPUS_KBPS)), lost)
    return sound


def non_speech(chance, kind, others, noises=WITHOUT_SPEECH, seconds=SCENE_S):
    """A scene in which the speaker is silent. noises: shares of what a scene of kind 'noise' has."""
    samples, frames = int(seconds * SAMPLE_RATE_HZ), int(seconds * FRAMES_PER_SECOND)
    if kind == 'silence':
        sound = np.zeros(samples, np.float32)
        if chance.random() < 0.5:
            sound = channel.set_peak_db(noise.coloured(chance, samples), chance.uniform(-90, -50))
    elif kind != 'noise':
        sound = transmit(surroundings(chance, samples, others, {kind: 1.0})[0], chance)
    else:
        sound = 10 ** chance.uniform(-3, 0) * noise.coloured(chance, samples)  # a tone or a step may be all that is heard
        for _ in range(chance.integers(1, 4)):
            other, _ = surroundings(chance, samples, others, noises)
            sound = sound + chance.uniform(0.1, 1.5) * other
        sound = transmit(sound, chance)
    return Scene(sound.astype(np.float32), [(0.0, seconds, '_')], np.zeros(frames), kind, 'none')


STYLES = {
    'spoken': 0.28, 'resampled': 0.3, 'revoiced': 0.1, 'child': 0.08, 'sung': 0.07, 'held': 0.08, 'whispered': 0.05, 'shouted': 0.04,
}


def speech_scene(utterances, chance, degraded, others, styles=STYLES):
    """utterances: of one voice; degraded: with room, noise and channel."""
    style = choose(chance, styles)
    sound, segments, loudness = talk(utterances, chance, style)
    if not degraded:
        return Scene(channel.set_peak_db(sound, chance.uniform(-20, -1)), segments, loudness, 'clean', style)
    if chance.random() < 0.5:
        sound = noise.room(chance, sound)
    level = np.sqrt(np.mean(sound[np.abs(sound) > 0.02 * np.abs(sound).max()] ** 2))
    if chance.random() < 0.75:
        other, kind = surroundings(chance, len(sound), others, BESIDE_SPEECH)
        snr_db = chance.uniform(8, 30) if kind in ('babble', 'music', 'pieces') else chance.uniform(2, 35)
        sound = sound + other * level * 10 ** (-snr_db / 20)
    return Scene(transmit(sound, chance), segments, loudness, 'degraded', style)
