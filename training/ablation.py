"""What each choice is worth: the encoder trained briefly with one thing changed, on held-out voices and languages.

    python3 -m training.ablation --hours 8 --steps 700 --recordings folder

Every run has the same scenes, seed and number of steps, so the figures are lower than those of the bundle; what counts is the
distance between the rows. They go to `ablation.json` in the cache and from there to the model card. What sampling steps and
guidance do is measured on the bundle itself (`evaluate.py`).
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from training.config import EncoderConfig, MotionConfig
from training.measure import encoder_figures
from training.prepare import load
from training.recordings import paths_in, scene_of
from training.train_encoder import Schedule, train_encoder

CONFIG, LOOK_AHEAD = EncoderConfig(), MotionConfig().look_ahead_frames
SHALLOW = (1, 2, 4, 8, 16, 1, 2, 4)
formant = lambda scene: scene.voice.startswith('espeak')
few_voices = ('flite:slt', 'flite:rms', 'festival:czech_ph', 'espeak:en-us')

RUNS = {
    # what is changed: scenes kept, schedule, network, look-ahead in frames of 20 ms
    'as shipped, briefly': (None, {}, {}, LOOK_AHEAD),
    'look-ahead 0 ms': (None, {}, {}, 0),
    'look-ahead 40 ms': (None, {}, {}, 2),
    'look-ahead 120 ms': (None, {}, {}, 6),
    'no augmentation in training': (None, dict(augmented=False), {}, LOOK_AHEAD),
    'clean scenes only, no augmentation': (lambda scene: scene.kind != 'degraded', dict(augmented=False), {}, LOOK_AHEAD),
    'formant voices only': (formant, {}, {}, LOOK_AHEAD),
    'four voices': (lambda scene: scene.voice in few_voices, {}, {}, LOOK_AHEAD),
    'no memory of the voice': (None, {}, dict(speaker_dims=0), LOOK_AHEAD),
    'eight blocks for twelve': (None, {}, dict(dilations=SHALLOW), LOOK_AHEAD),
    'width 96 for 192': (None, {}, dict(width=96), LOOK_AHEAD),
    'closed lips count like others': (None, dict(closure_emphasis=0.0), {}, LOOK_AHEAD),
}


def run(name, scenes, held, recorded, schedule):
    keep, changed, network, look_ahead = RUNS[name]
    chosen = [scene for scene in scenes if keep is None or keep(scene) or scene.style == 'none']
    with tempfile.TemporaryDirectory() as folder:
        encoder = train_encoder(chosen, Path(folder) / 'encoder.pt', replace(schedule, **changed), replace(CONFIG, **network),
                                look_ahead=look_ahead)
    figures = encoder_figures(encoder, held, look_ahead)
    if recorded:
        figures['recorded'] = encoder_figures(encoder, recorded, look_ahead)['clean']
    return {f'{kind}_{what}': figures[kind][what] for kind in figures for what in ('aperture', 'pucker', 'closure_recall')}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--hours', type=float, default=8, help='of scenes, drawn from what is prepared')
    parser.add_argument('--steps', type=int, default=700)
    parser.add_argument('--batch', type=int, default=4)
    parser.add_argument('--frames', type=int, default=460)
    parser.add_argument('--test-stride', type=int, default=3)
    parser.add_argument('--cache', type=Path, default=Path('training/.cache'))
    parser.add_argument('--recordings', nargs='*', default=[], help='folders as of training.recordings, for three more columns')
    parser.add_argument('--only', help='one of: ' + '; '.join(RUNS))
    options = parser.parse_args()
    scenes = load(options.cache / 'prepared/train')
    order = np.random.default_rng(1).permutation(len(scenes))[: int(options.hours * 3600 / 32)]
    scenes = [scenes[index] for index in order]
    spoken = [scene for scene in load(options.cache / 'prepared/held') if scene.kind in ('clean', 'degraded')]
    held = spoken[:: options.test_stride]  # clean and degraded take turns, so the stride is odd
    recorded = [scene_of(path)[0] for folder in options.recordings for path in paths_in(folder)]
    schedule = Schedule(steps=options.steps, batch=options.batch, frames=options.frames, ramp_steps=50, average=0.99)
    path = options.cache / 'ablation.json'
    found = json.loads(path.read_text()) if path.exists() else {}
    if found.get('steps') != options.steps:  # only runs of one length can be compared
        found = {'steps': options.steps, 'runs': {}}
    for name in [options.only] if options.only else RUNS:
        figures = found['runs'][name] = run(name, scenes, held, recorded, schedule)
        print(name, {what: round(value, 3) for what, value in figures.items()}, flush=True)
        path.write_text(json.dumps(found, indent=2))


if __name__ == '__main__':
    main()
