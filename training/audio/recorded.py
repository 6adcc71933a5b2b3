"""People's recordings with their texts, in Debian main: what a picture shows, said by volunteers for Tux Paint.

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
ENGINE = 'recorded'
MARKS = re.compile('["“”„«»‘()\\[\\]]')
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


def sound_of(recording):
    """Returns 16 kHz sound, [samples] at peak 0.7, without long edges; None where there is next to nothing."""
    sound, rate_hz = soundfile.read(recording.path, dtype='float32')
    sound = to_16k(sound if sound.ndim == 1 else sound.mean(1), rate_hz)
    peak = np.abs(sound).max(initial=0)
    if peak < 0.01:
        return None
    loud, edge = np.flatnonzero(np.abs(sound) > AT_THE_EDGES * peak), int(EDGE_S * SAMPLE_RATE_HZ)
    return sound[max(0, loud[0] - edge) : loud[-1] + edge] / peak * 0.7
