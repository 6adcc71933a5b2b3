"""The mouth of the teacher: phone times -> nine mouth parameters, with coarticulation.

Each sound pulls towards its targets with a dominance that decays exponentially from its middle (Cohen and Massaro
1993); contacts of the lips, and of lip and teeth, are hard constraints on top.
"""

from dataclasses import dataclass

import numpy as np

from training.motion.visemes import BLENDED, GROUPS, PARAMETERS, visemes_of

FRAMES_PER_SECOND = 50
RATE = {'vowel': (13, 13, 9, 9, 11, 12, 12), 'consonant': (16, 16, 10, 10, 12, 14, 16), 'silence': (10,) * 7}
"""Decay of dominance a second by BLENDED: lips round more slowly than the jaw moves."""
ANTICIPATION = 0.85
"""Anticipation reaches further than carry-over (Cohen and Massaro 1993)."""
REACH_S = 0.6
SHORT_PAUSE_S = 0.06
EDGE_S, EDGE_OF_PAUSE_S = 0.12, 0.06  # of a long sound, where its neighbours are felt; between, it is held
LIP_LEAD_S = 0.02
"""Lips move before they are heard: an articulograph's lip opening fits the sounds' times best 20 ms early (r 0.85, else 0.81)."""
LEAST_EFFORT, EFFORT_BY_LOUDNESS = 0.55, 0.65
"""A loud syllable opens wider. With 0.42, 0.65 and 0.8 the articulograph's lip opening is followed with r 0.85, 0.82 and 0.79, that
of a speaker on film, aligned, with 0.74, 0.77 and 0.78."""


@dataclass
class Articulation:
    parameters: np.ndarray  # [frames, 9] float32 by PARAMETERS
    group: np.ndarray  # [frames] uint8, index into GROUPS
    bilabials: list  # (start_s, end_s) of each p b m, when the lips do it
    open_vowel: np.ndarray  # [frames] bool: inside a vowel


def ramp(times, start_s, end_s, attack_s, release_s):
    """A raised-cosine gate that is 1 from start to end."""
    rise = (times - (start_s - attack_s)) / attack_s
    fall = (end_s + release_s - times) / release_s
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(np.minimum(rise, fall), 0, 1))


def sounds(segments):
    """Splits diphthongs and affricates and joins pauses. Returns `[start_s, end_s, viseme]`."""
    found = []
    for start_s, end_s, phone in segments:
        if end_s <= start_s:
            continue
        visemes = visemes_of(phone)
        if visemes[0].kind == 'silence' and found and (found[-1][2].kind == 'silence' or end_s - start_s < SHORT_PAUSE_S):
            found[-1][1] = end_s  # a stop's hold inside a cluster is no pause
            continue
        if len(visemes) == 1:
            found.append([start_s, end_s, visemes[0]])
            continue
        middle_s = start_s + (0.55 if visemes[0].kind == 'vowel' else 0.45) * (end_s - start_s)
        found += [[start_s, middle_s, visemes[0]], [middle_s, end_s, visemes[1]]]
    return found


def articulate(segments, frames, loudness):
    """segments: (start_s, end_s, ipa); loudness: [frames], 1 at loud syllables. Frame k stands for time (k + 1) / 50 s."""
    heard_s = (np.arange(frames) + 1) / FRAMES_PER_SECOND
    times = heard_s + LIP_LEAD_S
    loudness = np.interp(times, heard_s, loudness[:frames])
    pull, weight = np.zeros((frames, len(BLENDED))), np.full((frames, len(BLENDED)), 1e-6)
    closure, tuck = np.zeros(frames), np.zeros(frames)
    group, in_vowel, bilabials = np.zeros(frames, np.uint8), np.zeros(frames, bool), []
    for start_s, end_s, viseme in sounds(segments):
        duration_s, middle_s = end_s - start_s, (start_s + end_s) / 2
        near = slice(max(0, int((start_s - REACH_S) * FRAMES_PER_SECOND)), max(0, int((end_s + REACH_S) * FRAMES_PER_SECOND)))
        at = times[near]
        inside = (times > start_s) & (times <= end_s)
        group[inside] = GROUPS.index(viseme.group)
        strength = np.array(viseme.dominance)
        hold_s = max(0.2 * duration_s, duration_s / 2 - (EDGE_OF_PAUSE_S if viseme.kind == 'silence' else EDGE_S))
        if viseme.kind == 'silence':
            strength = strength * np.clip((duration_s - 0.05) / 0.25, 0.05, 1)
        in_vowel |= inside & (viseme.kind == 'vowel')
        if viseme.group == 'bilabial':
            gate = ramp(at, start_s - 0.005, max(start_s + 0.02, end_s - 0.012), 0.055, 0.05)
            closure[near] = np.maximum(closure[near], gate)
            bilabials.append((start_s - LIP_LEAD_S, end_s - LIP_LEAD_S))
        if viseme.group == 'labiodental':
            tuck[near] = np.maximum(tuck[near], ramp(at, start_s, end_s - 0.01, 0.06, 0.05))
        rate = np.array(RATE[viseme.kind]) * np.where(at < middle_s, ANTICIPATION, 1)[:, None]
        away_s = np.maximum(np.abs(at - middle_s) - hold_s, 0)[:, None]
        dominance = strength * np.exp(-rate * away_s)
        pull[near] += dominance * np.array(viseme.targets)
        weight[near] += dominance
    jaw, aperture, pucker, funnel, stretch, upper, tongue = (pull / weight).T
    effort = LEAST_EFFORT + EFFORT_BY_LOUDNESS * np.clip(loudness, 0, 1.5)
    parameters = np.stack([
        jaw * effort * (1 - 0.35 * closure), aperture * effort * (1 - closure) * (1 - 0.55 * tuck), closure, pucker, funnel,
        stretch, tuck, upper * (1 - closure), tongue,
    ], 1)
    assert parameters.shape[1] == len(PARAMETERS)
    return Articulation(parameters.astype(np.float32), group, bilabials, in_vowel)


def loudness_of(sound, frames, sample_rate_hz=16000):
    """Returns the RMS envelope over 100 ms, 1 at the 92nd percentile, [frames]."""
    hop = sample_rate_hz // FRAMES_PER_SECOND
    total = np.cumsum(np.pad(sound.astype(np.float64) ** 2, (5 * hop // 2, 5 * hop)))
    ends = hop * (np.arange(len(sound) // hop) + 1) + 5 * hop - 1
    energy = ((total[ends] - total[ends - 5 * hop]) / (5 * hop))[:frames]
    level = np.sqrt(np.maximum(np.pad(energy, (0, max(0, frames - len(energy)))), 1e-9))
    return level / (np.percentile(level, 92) + 1e-6)
