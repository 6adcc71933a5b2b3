"""Recordings in Debian main of people whose text is known, or can be recognised.

Nobody marked when each phone comes. `training.align` finds out, once an encoder has learnt from speech synthesis.

- Tux Paint: volunteers say what a picture shows.
- KLettres: volunteers say the letters of their alphabet, and syllables.
- Asterisk: one speaker says what a telephone exchange has to say. Its texts come from a recogniser, whose errors sound alike.
- Flight of the Amazon Queen: actors in the dialogues of a game.
- Fish Fillets: Czech and Dutch actors in the dialogues of another.
"""

import re
import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable
from xml.etree import ElementTree

import numpy as np
import soundfile

from training.audio import queen
from training.audio.synthesis import SAMPLE_RATE_HZ, to_16k

STAMPS = Path('/usr/share/tuxpaint/stamps')
LANGUAGES = ('be', 'bg', 'ca', 'da', 'el', 'en', 'es', 'fr', 'ro', 'ru')
LETTERS = Path('/usr/share/klettres')
LETTERS_LANGUAGES = {
    'ar': 'ar', 'cs': 'cs', 'da': 'da', 'de': 'de', 'en': 'en-us', 'en_GB': 'en', 'es': 'es', 'fr': 'fr', 'he': 'he', 'lt': 'lt',
    'ml': 'ml', 'nb': 'nb', 'nds': 'de', 'nl': 'nl', 'pt_BR': 'pt-br', 'ru': 'ru', 'tn': 'tn', 'uk': 'uk',
}
"""Folder and espeak-ng's name of the language, but for those that are held out."""
PROMPTS = Path('/usr/share/asterisk/sounds/en_US_f_Allison')
SHORTEST_PROMPT_S = 0.5
FILLETS = Path('/usr/share/games/fillets-ng')
FILLETS_LINE = re.compile(r'dialogId\("([^"]+)".*\ndialogStr\("(.*)"\)')
FILLETS_LANGUAGES = ('cs', 'nl')
FILLETS_SPEAKERS = {'small': '-m-', 'big': '-v-', 'others': ''}
"""What the name of a line has in it: whether the small fish says it, the big one, or neither."""
ENGINE = 'recorded'
MARKS = re.compile('["“”„«»‘()\\[\\]]')
PEAK = 0.7
AT_THE_EDGES = 0.02  # of the peak: quieter than that before the first and after the last sound is cut, up to EDGE_S
EDGE_S = 0.15


@dataclass(frozen=True)
class Recording:
    read: Callable[[], np.ndarray | None]  # 16 kHz sound at peak 0.7, [samples]; None where there is next to nothing
    language: str  # as espeak-ng names it
    text: str


def tux_paint(language):
    suffix = '' if language == 'en' else f'_{language}'
    found = []
    for path in sorted(STAMPS.rglob(f'*_desc{suffix}.ogg')):
        texts = path.with_name(path.name.removesuffix(f'_desc{suffix}.ogg') + '.txt')
        lines = texts.read_text(errors='ignore').splitlines() if texts.exists() else []
        said = lines[:1] if language == 'en' else [line.split('=', 1)[1] for line in lines if line.startswith(f'{language}.utf8=')]
        text = MARKS.sub(' ', said[0]).strip() if said else ''
        if text and not re.search(r'\d\d', text):
            found.append(Recording(partial(read, path), language, text))
    return found


def klettres(folder):
    index = LETTERS / folder / 'sounds.xml'
    sounds = ElementTree.parse(index).iter('sound') if index.exists() else []
    named = {LETTERS / sound.get('file'): sound.get('name').lower() for sound in sounds}  # some are listed twice
    return [Recording(partial(read, path), LETTERS_LANGUAGES[folder], text) for path, text in named.items() if path.exists()]


def asterisk():
    paths = sorted(PROMPTS.rglob('*.g722'))
    if not paths:
        return []
    from pocketsphinx.pocketsphinx import Decoder  # only where there is something to recognise

    models, config = Path('/usr/share/pocketsphinx/model/en-us'), Decoder.default_config()
    for option, name in (('-hmm', 'en-us'), ('-lm', 'en-us.lm.bin'), ('-dict', 'cmudict-en-us.dict')):
        config.set_string(option, str(models / name))
    config.set_string('-logfn', '/dev/null')
    decoder, found = Decoder(config), []
    for path in paths:
        sound = read(path)
        if sound is None or len(sound) < SHORTEST_PROMPT_S * SAMPLE_RATE_HZ:
            continue
        decoder.start_utt()
        decoder.process_raw((sound * 32767).astype(np.int16).tobytes(), False, True)
        decoder.end_utt()
        if decoder.hyp() and decoder.hyp().hypstr:
            found.append(Recording(partial(read, path), 'en-us', decoder.hyp().hypstr))
    return found


def read_mp3(mp3):
    return at_peak(decode(mp3, 'mp3'))


def amazon_queen():
    return [Recording(partial(read_mp3, mp3), 'en-us', text) for mp3, text in queen.lines()]


def fillets(language, speaker):
    found = []
    for script in sorted((FILLETS / 'script').glob(f'*/dialogs_{language}.lua')):
        for name, text in FILLETS_LINE.findall(script.read_text(errors='ignore')):
            path = FILLETS / 'sound' / script.parent.name / language / f'{name}.ogg'
            whose = next(one for one, mark in FILLETS_SPEAKERS.items() if mark in name)
            if whose == speaker and path.exists() and not re.search(r'\d\d', text):
                found.append(Recording(partial(read, path), language, MARKS.sub(' ', text)))
    return found


def collections():
    """Returns, by a name for its shards, what lists the recordings of each speaker or language; none where a package is missing."""
    return {
        **{language: partial(tux_paint, language) for language in LANGUAGES},
        **{f'klettres_{folder}': partial(klettres, folder) for folder in LETTERS_LANGUAGES},
        'asterisk_en': asterisk,
        'queen_en': amazon_queen,
        **{f'fillets_{language}_{speaker}': partial(fillets, language, speaker)
           for language in FILLETS_LANGUAGES for speaker in FILLETS_SPEAKERS},
    }


def decode(coded, kind):
    """coded: bytes of a kind of file that soundfile does not know, as ffmpeg calls it. Returns 16 kHz sound, [samples]."""
    command = ['ffmpeg', '-v', 'error', '-f', kind, '-i', '-', '-f', 's16le', '-ac', '1', '-ar', str(SAMPLE_RATE_HZ), '-']
    return np.frombuffer(subprocess.run(command, input=coded, capture_output=True, check=True).stdout, '<i2') / np.float32(32768)


def at_peak(sound):
    """Returns the sound at peak 0.7; None where there is next to nothing."""
    peak = np.abs(sound).max(initial=0)
    return None if peak < 0.01 else sound / peak * PEAK


def read(path, longest_s=None):
    """Returns 16 kHz sound at peak 0.7, [samples]; None where there is next to nothing."""
    if path.suffix == '.g722':
        return at_peak(decode(path.read_bytes(), 'g722'))
    with soundfile.SoundFile(path) as file:
        rate_hz = file.samplerate
        sound = file.read(-1 if longest_s is None else int(longest_s * rate_hz), dtype='float32')
    return at_peak(to_16k(sound if sound.ndim == 1 else sound.mean(1), rate_hz))


def sound_of(recording):
    """Returns the sound without long edges, or None."""
    sound = recording.read()
    if sound is None:
        return None
    loud, edge = np.flatnonzero(np.abs(sound) > AT_THE_EDGES * PEAK), int(EDGE_S * SAMPLE_RATE_HZ)
    return sound[max(0, loud[0] - edge) : loud[-1] + edge]
