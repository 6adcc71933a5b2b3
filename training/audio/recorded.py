"""Recordings in Debian main, from Tux Paint: what a picture shows, said by volunteers, and how it sounds.

Nobody marked when each phone comes. `training.align` finds out, once an encoder has learnt from speech synthesis.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from training.audio.synthesis import SAMPLE_RATE_HZ, to_16k

STAMPS = Path('/usr/share/tuxpaint/stamps')
LANGUAGES = ('be', 'bg', 'ca', 'da', 'el', 'en', 'es', 'fr', 'ro', 'ru')
EFFECTS = ('animals', 'hobbies', 'household', 'naturalforces', 'vehicles')
HELD_OUT_EFFECT = 5  # each fifth
ENGINE = 'recorded'
MARKS = re.compile('["“”„«»‘()\\[\\]]')
PEAK = 0.7
AT_THE_EDGES = 0.02  # of the peak: quieter than that before the first and after the last sound is cut, up to EDGE_S
EDGE_S = 0.15


@dataclass(frozen=True)
class Recording:
    path: Path
    language: str
    text: str


def recordings(language):
    """Returns what is recorded in a language, where the package is installed."""
    suffix = '' if language == 'en' else f'_{language}'
    found = []
    for path in sorted(STAMPS.rglob(f'*_desc{suffix}.ogg')):
        texts = path.with_name(path.name.removesuffix(f'_desc{suffix}.ogg') + '.txt')
        lines = texts.read_text(errors='ignore').splitlines() if texts.exists() else []
        said = lines[:1] if language == 'en' else [line.split('=', 1)[1] for line in lines if line.startswith(f'{language}.utf8=')]
        text = MARKS.sub(' ', said[0]).strip() if said else ''
        if text and not re.search(r'\d\d', text):
            found.append(Recording(path, language, text))
    return found


def read(path):
    """Returns 16 kHz sound at peak 0.7, [samples]; None where there is next to nothing."""
    sound, rate_hz = soundfile.read(path, dtype='float32')
    sound = to_16k(sound if sound.ndim == 1 else sound.mean(1), rate_hz)
    peak = np.abs(sound).max(initial=0)
    return None if peak < 0.01 else sound / peak * PEAK


def sound_of(recording):
    """Returns what `read` does, without long edges."""
    sound = read(recording.path)
    if sound is None:
        return None
    loud, edge = np.flatnonzero(np.abs(sound) > AT_THE_EDGES * PEAK), int(EDGE_S * SAMPLE_RATE_HZ)
    return sound[max(0, loud[0] - edge) : loud[-1] + edge]


def effects(held_out):
    """Returns the sounds of animals, instruments, tools and engines, [samples] each; none where the package is missing."""
    paths = sorted(path for kind in EFFECTS for path in (STAMPS / kind).rglob('*.ogg') if '_desc' not in path.name)
    chosen = [path for index, path in enumerate(paths) if (index % HELD_OUT_EFFECT == 0) == held_out]
    return [sound for sound in map(read, chosen) if sound is not None]
