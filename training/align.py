"""When each phone of a text comes in a recording, found by the encoder that was trained on speech synthesis.

espeak-ng says which phones a text has; a Viterbi search lays them over the encoder's phone groups (a hybrid of network and
hidden Markov model, Bourlard and Morgan 1994). Recordings that do not fit their text are left out.
"""

from pathlib import Path

import numpy as np
import torch

from training.audio.recorded import ENGINE, collections, sound_of
from training.audio.speech import Utterance, save_shard
from training.audio.synthesis import SAMPLE_RATE_HZ, Espeak
from training.features.mel import log_mel
from training.measure import hear
from training.motion.mouth import FRAMES_PER_SECOND, LIP_LEAD_S, loudness_of
from training.motion.visemes import GROUPS, visemes_of

STAY, GO_ON = np.log(0.75), np.log(0.25)  # a phone lasts 80 ms in the middle
SILENCE = GROUPS.index('silence')
LEAST_FIT = -1.9
"""Mean log-probability of the phones found, a frame; below it text and sound disagree too often."""
TOO_LOUD_FOR_A_PAUSE, NEVER = 0.25, -20.0  # as a part of the loud syllables (`loudness_of`); and the logarithm of its chance
MINUTES_A_SHARD = 6


@torch.no_grad()
def log_groups(encoder, mel):
    """mel: [melFrames, melBins]. Returns log-probabilities of the phone groups on the teacher's clock, [frames, groups]."""
    return encoder.phone(hear(encoder, mel)).log_softmax(-1).numpy()


def viterbi(likelihood, optional):
    """likelihood: [frames, states], log; optional: [states], which may be left out.

    Returns the state of each frame, going from the first state (or the second) to the last (or the one before).
    """
    frames, states = likelihood.shape
    best, came = np.full((frames, states), -np.inf), np.zeros((frames, states), np.int16)
    best[0, 0] = likelihood[0, 0]
    if optional[0]:
        best[0, 1] = likelihood[0, 1]
    may_skip = np.concatenate([[False, False], optional[1:-1]])[:states]  # state n may follow n - 2
    for frame in range(1, frames):
        before = best[frame - 1]
        step = np.concatenate([[-np.inf], before[:-1]]) + GO_ON
        skip = np.where(may_skip, np.concatenate([[-np.inf] * 2, before[:-2]])[:states] + GO_ON, -np.inf)
        ways = np.stack([before + STAY, step, skip])
        came[frame] = ways.argmax(0)
        best[frame] = ways.max(0) + likelihood[frame]
    at = states - 2 if optional[-1] and best[-1, -2] > best[-1, -1] else states - 1
    path = [at]
    for frame in range(frames - 1, 0, -1):
        at -= came[frame, at]
        path.append(at)
    return np.array(path[::-1])


def align(groups, phones):
    """groups: [frames, groups], log-probabilities; phones: IPA, with '_' where there may be silence.

    Returns segments (start_s, end_s, ipa), and the mean log-probability of their phones, -inf where the sound is too short.
    """
    states = [(index, GROUPS.index(viseme.group)) for index, phone in enumerate(phones) for viseme in visemes_of(phone)]
    if len(states) > len(groups):
        return [], -np.inf
    group = np.array([group for _, group in states])
    path = viterbi(groups[:, group], np.array([phones[index] == '_' for index, _ in states]))
    owner = np.array([index for index, _ in states])[path]
    edges = np.flatnonzero(np.diff(owner)) + 1
    time_of = lambda edge: (edge + 0.5) / FRAMES_PER_SECOND + LIP_LEAD_S
    times = [0.0, *map(time_of, edges), len(groups) / FRAMES_PER_SECOND]
    segments = [(times[n], times[n + 1], phones[owner[edge]]) for n, edge in enumerate([0, *edges])]
    spoken = group[path] != SILENCE
    fit = groups[np.arange(len(path)), group[path]][spoken].mean() if spoken.any() else -np.inf
    return segments, float(fit)


def without_loud_pauses(groups, loudness):
    """groups: [frames, groups], log; loudness: [frames]. What is loud is not silence, whatever the encoder says of a long vowel."""
    loud = (loudness > TOO_LOUD_FOR_A_PAUSE)[:, None] & (np.arange(groups.shape[1]) == SILENCE)
    return np.where(loud, NEVER, groups)


def utterance_of(recording, encoder, espeak):
    """Returns the recording with its phones and how well they fit; nothing where that cannot be said."""
    sound = sound_of(recording)
    phones = espeak.phones(recording.language, recording.text)
    if sound is None or not phones:
        return None, -np.inf
    groups = log_groups(encoder, log_mel(sound))
    groups = without_loud_pauses(groups, loudness_of(sound, len(groups)))
    segments, fit = align(groups, ['_', *phones, '_'])
    language = recording.language.split('-')[0]
    return Utterance((sound * 32767).astype(np.int16), tuple(segments), f'{ENGINE}:{language}', language, True), fit


def align_all(folder, encoder):
    """Fills `folder` with shards of recordings and their phones; what exists is kept."""
    folder, espeak = Path(folder), Espeak()
    for name, recordings in collections().items():
        path_of = lambda shard: folder / f'{shard:02d}-{ENGINE}-{name}.pkl'
        if path_of(0).exists():
            continue
        heard = [utterance_of(recording, encoder, espeak) for recording in recordings()]
        kept = [utterance for utterance, fit in heard if fit > LEAST_FIT]
        minutes = sum(len(utterance.sound) for utterance in kept) / SAMPLE_RATE_HZ / 60
        print(f'recorded: {name}, {len(kept)} of {len(heard)} fit their text, {minutes:.1f} min', flush=True)
        shards = max(1, round(minutes / MINUTES_A_SHARD))
        for shard in reversed(range(shards if kept else 0)):  # the first last: where it is, all are
            save_shard(path_of(shard), kept[shard::shards])
