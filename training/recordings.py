"""How well the encoder follows real speech whose phones are known.

    python3 -m training.recordings name=folder ...

Each folder holds pairs `x.wav` (or .flac) and `x.TextGrid`, whose last interval tier names phones in ARPABET or IPA, by hand
or from a forced aligner. `aligned_...` compares the teacher on those times with the teacher on the times that `training.align`
finds for the same phones. The figures go to `recordings.json` in the cache and from there to the model card.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
import soundfile

from training.align import align, log_groups
from training.audio.phones import CMU, SILENCES
from training.audio.synthesis import to_16k
from training.features.mel import log_mel
from training.measure import COLUMN, closure_counts, closure_recall, correlation, mouth_of
from training.motion.mouth import articulate, loudness_of
from training.prepare import Prepared, prosody_of
from training.train_encoder import load_encoder

CACHE = Path('training/.cache')
INTERVAL = re.compile(r'xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "([^"]*)"')


def segments_of(path):
    """Returns (start_s, end_s, ipa) of a TextGrid's last tier."""
    tier = path.read_text().split('class = "IntervalTier"')[-1]
    phone = lambda mark: '_' if mark in ('', *SILENCES) else CMU.get(re.sub(r'\d', '', mark).lower(), mark)
    return [(float(start), float(end), phone(mark)) for start, end, mark in INTERVAL.findall(tier)]


def paths_in(folder):
    return sorted(path for path in Path(folder).iterdir() if path.suffix in ('.wav', '.flac'))


def scene_of(sound_path):
    """Returns a recording and its teacher as a scene, the segments that were marked, and its loudness."""
    sound, rate_hz = soundfile.read(sound_path, dtype='float32')
    sound = to_16k(sound if sound.ndim == 1 else sound[:, 0], rate_hz)
    segments = segments_of(sound_path.with_suffix('.TextGrid'))
    frames = len(sound) // 320
    loudness = loudness_of(sound, frames)
    truth = articulate(segments, frames, loudness)
    scene = Prepared(log_mel(sound), truth.parameters, truth.group, prosody_of(segments, loudness), truth.open_vowel,
                     truth.bilabials, 'clean', 'spoken', sound_path.stem, '')
    return scene, segments, loudness


def listen(encoder, sound_path):
    scene, segments, loudness = scene_of(sound_path)
    frames = len(scene.mouth)
    guess = mouth_of(encoder, scene.mel)[:frames]
    found, _ = align(log_groups(encoder, scene.mel), [phone for _, _, phone in segments])
    acted = articulate(found, frames, loudness).parameters
    agree = lambda mouth, name: correlation(mouth[:, COLUMN[name]], scene.mouth[: len(mouth), COLUMN[name]])
    correlations = {name: agree(guess, name) for name in ('jaw', 'aperture', 'pucker')}
    correlations.update({f'aligned_{name}': agree(acted, name) for name in ('aperture', 'pucker')})
    return correlations, closure_counts(guess[:, COLUMN['closure']], scene)


def main():
    encoder, figures = load_encoder(CACHE / 'encoder.pt'), {}
    for argument in sys.argv[1:]:
        name, folder = argument.split('=')
        paths = paths_in(folder)
        heard = [listen(encoder, path) for path in paths]
        recall, false, _ = closure_recall([counts for _, counts in heard])
        figures[name] = {key: float(np.nanmean([one[key] for one, _ in heard])) for key in heard[0][0]}
        figures[name].update(closure_recall=recall, false_closure=false, recordings=len(paths))
    (CACHE / 'recordings.json').write_text(json.dumps(figures, indent=2))
    print(json.dumps(figures, indent=2))


if __name__ == '__main__':
    main()
