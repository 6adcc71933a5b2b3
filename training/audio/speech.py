"""Makes shards of clean speech on disk: every voice speaks its share, in parallel, resumable and the same for a seed."""

import pickle
import random
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from training.audio import synthesis
from training.audio.texts import LAUGHS, texts
from training.audio.voices import VOICES, Voice

LAUGH_SHARE = 0.03


@dataclass(frozen=True)
class Utterance:
    sound: np.ndarray  # [samples] int16 at 16 kHz, peak 0.7
    segments: tuple  # (start_s, end_s, ipa)
    voice: str
    language: str
    human: bool


ESPEAK = None


def speak(voice: Voice, sentences, chance):
    if voice.engine == 'festival':
        return synthesis.festival(voice.name, voice.language, [(text, chance.uniform(0.8, 1.35)) for text in sentences])
    if voice.engine == 'flite':
        low, high = (150, 240) if voice.name == 'slt' else (80, 160)
        return synthesis.flite(voice.name, [(text, chance.uniform(0.8, 1.35), chance.uniform(low, high)) for text in sentences])
    global ESPEAK
    ESPEAK = ESPEAK or synthesis.Espeak()
    items = [(text, chance.randint(120, 220), chance.randint(20, 80), chance.randint(20, 80)) for text in sentences]
    return ESPEAK.speak(voice.name, items)


def make_shard(job):
    """job: (path, voice, seconds, shard index, seed). Writes a list of utterances; returns their seconds."""
    path, voice, seconds, shard, seed = job
    if path.exists():
        return 0.0
    chance = random.Random(f'{voice.engine} {voice.name} {shard} {seed}')
    lines = texts(voice.language, voice.held_out, f'{shard} {seed}')
    utterances, spoken_s, at = [], 0.0, 0
    while spoken_s < seconds and at < len(lines):
        batch = [chance.choice(LAUGHS) if chance.random() < LAUGH_SHARE else line for line in lines[at : at + 12]]
        at += 12
        for sound, segments in speak(voice, batch, chance):
            peak = np.abs(sound).max(initial=0)
            if not 0.5 < len(sound) / synthesis.SAMPLE_RATE_HZ < 16 or peak < 1e-3 or len(segments) < 3:
                continue
            sound = (sound / peak * 0.7 * 32767).astype(np.int16)
            utterances.append(Utterance(sound, tuple(segments), f'{voice.engine}:{voice.name}', voice.language, voice.human))
            spoken_s += len(sound) / synthesis.SAMPLE_RATE_HZ
    save_shard(path, utterances)
    return spoken_s


def save_shard(path, items):
    """Writes a shard whole or not at all."""
    partial = path.with_suffix('.part')
    partial.write_bytes(pickle.dumps(items))
    partial.rename(path)


def make_speech(folder, hours, held_out, shards, seed, processes):
    """Fills `folder` with `shards` shards a voice, together about `hours`. Returns nothing; what exists is kept."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    voices = [voice for voice in VOICES if voice.held_out == held_out]
    whole = sum(voice.share for voice in voices)
    jobs = []
    for shard in range(shards):
        for voice in voices:
            seconds = hours * 3600 * voice.share / whole / shards
            path = folder / f'{shard:02d}-{voice.engine}-{voice.name}.pkl'
            jobs.append((path, voice, seconds, shard, seed))
    with Pool(processes) as pool:
        for done, seconds in enumerate(pool.imap_unordered(make_shard, jobs, chunksize=1)):
            if done % 20 == 0:
                print(f'speech: {done + 1} of {len(jobs)} shards', flush=True)
