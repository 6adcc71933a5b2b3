"""Turns shards of clean speech into scenes of features and mouth targets, ready for training."""

import pickle
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from training.audio import scene as scenes
from training.audio.others import effects, pieces
from training.audio.recorded import ENGINE
from training.audio.speech import save_shard
from training.features.mel import log_mel
from training.motion.mouth import articulate

BABBLE_SHARDS = 14
RECORDED_REUSE = {'asterisk': 4, 'queen': 2, 'fillets': 1.5}
"""Times as often as other speech: there are no more people than these."""
OTHER_RECORDED_REUSE = 2
NON_SPEECH = {'silence': 0.1, 'noise': 0.45, 'music': 0.12, 'strums': 0.12, 'pieces': 0.12, 'hum': 0.09}
SPEECHLESS = ('silence', 'noise', 'music', 'pieces')
"""Kinds of test scenes in which nobody speaks."""
TEST_NOISES = {'coloured': 0.15, 'hum': 0.06, 'clicks': 0.2, 'gusts': 0.2, 'tones': 0.17, 'effects': 0.12}
"""Without babble: a crowd is not noise alone."""
ACCENT_FAST_S, ACCENT_SLOW_S = 0.1, 0.6
BRIDGED_PAUSE_S = 0.25


@dataclass
class Prepared:
    mel: np.ndarray  # [2 * frames, melBins] float16
    mouth: np.ndarray  # [frames, 9] float16
    group: np.ndarray  # [frames] uint8
    prosody: np.ndarray  # [frames, 2] float16: speaking, accent
    open_vowel: np.ndarray  # [frames] bool
    bilabials: list  # (start_s, end_s)
    kind: str
    style: str
    voice: str
    language: str


def prosody_of(segments, loudness):
    """Returns [frames, 2]: whether a phrase is going on, and how much louder it is just now than a moment ago."""
    frames = len(loudness)
    speaking = np.zeros(frames)
    for start_s, end_s, phone in segments:
        if phone != '_' or end_s - start_s < BRIDGED_PAUSE_S:
            speaking[int(start_s * 50) : int(np.ceil(end_s * 50))] = 1
    smooth = lambda x, seconds: np.convolve(x, np.ones(int(seconds * 50)) / int(seconds * 50), 'same')
    accent = np.maximum(0, smooth(loudness, ACCENT_FAST_S) - smooth(loudness, ACCENT_SLOW_S))
    return np.stack([smooth(speaking, ACCENT_FAST_S), accent], 1)


def prepare(scene, voice, language):
    frames = len(scene.loudness)
    articulation = articulate(scene.segments, frames, scene.loudness)
    return Prepared(
        log_mel(scene.sound)[: 2 * frames].astype(np.float16), articulation.parameters.astype(np.float16), articulation.group,
        prosody_of(scene.segments, scene.loudness).astype(np.float16), articulation.open_vowel, articulation.bilabials,
        scene.kind, scene.style, voice, language,
    )


@cache
def others_of(folder):
    """folder: of shards of speech, 'train' or 'held'."""
    shards = sorted(folder.glob('00-*.pkl'))
    heard = (pickle.loads(path.read_bytes())[:6] for path in shards[:: max(1, len(shards) // BABBLE_SHARDS)])
    held_out = folder.name == 'held'
    return scenes.Others([utterance.sound for some in heard for utterance in some], effects(held_out), pieces(held_out))


def prepare_shard(job):
    """job: (speech shard, target, times each second is used, share of clean scenes, seed)."""
    source, target, copies, clean_share, seed = job
    if target.exists():
        return
    name = f'{seed} {source.name}'
    chance = np.random.default_rng(list(name.encode()))
    utterances = pickle.loads(source.read_bytes())
    if not utterances:
        return
    voice, language = utterances[0].voice, utterances[0].language
    others = others_of(source.parent)
    seconds = sum(len(utterance.sound) for utterance in utterances) / scenes.SAMPLE_RATE_HZ
    made = []
    for _ in range(max(1, round(seconds * copies / scenes.SCENE_S))):
        if chance.random() < scenes.NON_SPEECH_SHARE:
            scene = scenes.non_speech(chance, scenes.choose(chance, NON_SPEECH), others)
        else:
            scene = scenes.speech_scene(utterances, chance, chance.random() >= clean_share, others)
        made.append(prepare(scene, voice, language))
    save_shard(target, made)


def prepare_test_shard(job):
    """job: (speech shard, target, seed). Each stretch of speech three times: clean, degraded, and with sounds held."""
    source, target, seed = job
    if target.exists():
        return
    utterances = pickle.loads(source.read_bytes())
    others = others_of(source.parent)
    beside = replace(others, pieces=[])
    made = []
    for index in range(5):
        mine = utterances[index * 12 : index * 12 + 12] or utterances
        for degraded in (False, True):
            chance = np.random.default_rng([seed, index])
            scene = scenes.speech_scene(mine, chance, degraded, beside, {'spoken': 1.0})
            made.append(prepare(scene, utterances[0].voice, utterances[0].language))
        scene = scenes.speech_scene(mine, np.random.default_rng([seed, index]), False, beside, {'held': 1.0})
        made.append(prepare(replace(scene, kind='held'), utterances[0].voice, utterances[0].language))
        for kind in SPEECHLESS:
            scene = scenes.non_speech(np.random.default_rng([seed, index, *source.name.encode()]), kind, others, TEST_NOISES)
            made.append(prepare(scene, 'none', 'none'))
    save_shard(target, made)


def reuse_of(path):
    """path: of a shard of speech. Returns how often it is used for each time that synthesised speech is."""
    _, engine, name = path.stem.split('-', 2)
    return RECORDED_REUSE.get(name.split('_')[0], OTHER_RECORDED_REUSE) if engine == ENGINE else 1


def prepare_all(speech, prepared, copies, clean_share, seed, processes):
    """Prepares what speech there is; what is prepared already is kept."""
    speech, prepared = Path(speech), Path(prepared)
    for part in ('train', 'held'):
        (prepared / part).mkdir(parents=True, exist_ok=True)
    test = [(path, prepared / 'held' / path.name, seed) for path in sorted((speech / 'held').glob('*.pkl'))]
    train = [(path, prepared / 'train' / path.name, copies * reuse_of(path), clean_share, seed)
             for path in sorted((speech / 'train').glob('*.pkl'))]
    with Pool(processes) as pool:
        pool.map(prepare_test_shard, test, chunksize=1)
        for done, _ in enumerate(pool.imap_unordered(prepare_shard, train, chunksize=1)):
            if done % 20 == 0:
                print(f'prepare: {done + 1} of {len(train)} shards', flush=True)


def load(folder, newest=None):
    """Returns every prepared scene in a folder, or of its first `newest` shards."""
    return [scene for path in sorted(Path(folder).glob('*.pkl'))[:newest] for scene in pickle.loads(path.read_bytes())]
