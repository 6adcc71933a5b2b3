"""Makes the data, trains both networks, evaluates them on held-out material and exports the bundle.

    python3 -m training.run --hours 40

What is done already is kept (in `--cache`), so a broken run goes on where it stopped.
"""

import argparse
import json
import shutil
import time
from pathlib import Path

import numpy as np
import torch

from training import train_denoiser, train_encoder
from training.align import align_all
from training.audio.recorded import ENGINE
from training.audio.speech import make_speech
from training.card import card
from training.evaluate import KINDS, evaluate, table
from training.export import export_bundle
from training.loop import in_branches
from training.measure import encoder_figures
from training.prepare import SPEECHLESS, load, prepare_all
from training.rounding import refit_rounding

SPEECH_REUSE = 1.7  # each second of clean speech is heard this often, every time in another scene
HELD_OUT_HOURS = 1.6
CLEAN_SHARE = 0.35  # of scenes; noise and rooms come on top in training (features/augment.py)
GOLDEN_SOUND_SAMPLES = 19200
ROUNDING_SCENES = 320
SYNTHETIC_SHARE = 0.3  # of the weights before the recordings: few speak English, and its rounding fades with more of them


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--hours', type=float, default=40, help='hours of scenes to train on')
    parser.add_argument('--shards', type=int, default=16, help='parts that each voice speaks its share in')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--processes', type=int, default=2)
    parser.add_argument('--encoder-steps', type=int, default=20000)
    parser.add_argument('--denoiser-steps', type=int, default=12000)
    parser.add_argument('--encoder-minutes', type=float, help='stop by the clock instead; then the seed no longer decides all')
    parser.add_argument('--denoiser-minutes', type=float)
    parser.add_argument('--again', action='store_true', help='train networks that are finished for another round')
    parser.add_argument('--earlier-share', type=float, default=0, help='of the encoder\'s weights before a round, kept after it')
    parser.add_argument('--branches', type=int, default=1, help='copies of each network that train at once and are averaged')
    parser.add_argument('--denoiser-scenes', type=int, default=2000, help='scenes that the teacher performs')
    parser.add_argument('--test-stride', type=int, default=1, help='evaluate on every n-th held-out scene of each kind with speech')
    parser.add_argument('--quick', action='store_true', help='leave out controls and drift, which take minutes to measure')
    parser.add_argument('--cache', type=Path, default=Path('training/.cache'))
    parser.add_argument('--target', type=Path, default=Path('models/visavis-motion-1'))
    parser.add_argument('--stages', default='speech,prepare,encoder,recorded,denoiser,rounding,export', help='which of these to run')
    return parser.parse_args()


def golden_sound(seed=5):
    """About 1.2 s of sound that no recording went into: gliding tones with pauses over a little noise."""
    chance = np.random.default_rng(seed)
    times = np.arange(GOLDEN_SOUND_SAMPLES) / 16000
    phase = 2 * np.pi * np.cumsum(140 + 40 * np.sin(2 * np.pi * 1.5 * times)) / 16000
    voice = sum(np.sin(k * phase) / k for k in range(1, 20)) * (np.sin(2 * np.pi * 2.2 * times) > -0.3)
    return (0.12 * voice + 0.004 * chance.normal(size=len(times))).astype(np.float32)


def main():
    options = arguments()
    cache, stages = options.cache, options.stages.split(',')
    speech, prepared = cache / 'speech', cache / 'prepared'
    if 'speech' in stages:
        make_speech(speech / 'held', HELD_OUT_HOURS, True, 1, options.seed, options.processes)
        make_speech(speech / 'train', options.hours / SPEECH_REUSE, False, options.shards, options.seed, options.processes)
    if 'prepare' in stages:
        prepare_all(speech, prepared, SPEECH_REUSE, CLEAN_SHARE, options.seed, options.processes)
    held = load(prepared / 'held') if {'encoder', 'recorded', 'export'} & set(stages) else []
    if 'encoder' in stages:
        if not (cache / 'encoder.pt').exists():
            (cache / 'synthetic.pt').unlink(missing_ok=True)  # of another network, whose weights do not mix with this one's
        encoder_round(options, held, options.again, cache / 'earlier.pt', options.earlier_share)
        (cache / 'earlier.pt').unlink(missing_ok=True)
    if 'recorded' in stages:
        align_all(speech / 'train', train_encoder.load_encoder(cache / 'encoder.pt'))
        prepare_all(speech, prepared, SPEECH_REUSE, CLEAN_SHARE, options.seed, options.processes)
        if any((prepared / 'train').glob(f'*-{ENGINE}-*')):
            again = not train_encoder.knows_recordings(cache / 'encoder.pt')
            encoder_round(options, held, again, cache / 'synthetic.pt', SYNTHETIC_SHARE)
    if {'denoiser', 'rounding'} & set(stages):
        scenes = load(prepared / 'train')
        encoder = train_encoder.load_encoder(cache / 'encoder.pt')
    if 'denoiser' in stages:
        performances = train_denoiser.Performances(drawn(scenes, options.denoiser_scenes, options.seed), encoder, options.seed)
        schedule = train_denoiser.Schedule(steps=options.denoiser_steps)
        train_one = lambda checkpoint, seed: train_denoiser.train_denoiser(
            performances, checkpoint, schedule, seed=seed, minutes=options.denoiser_minutes, again=options.again)
        in_branches(options.branches, train_one, cache / 'denoiser.pt', options.seed)
    if 'rounding' in stages:
        spoken = [scene for scene in scenes if scene.style != 'none']
        refit_rounding(cache / 'denoiser.pt', encoder, drawn(spoken, ROUNDING_SCENES, options.seed), options.seed)
    if 'export' in stages:
        encoder = train_encoder.load_encoder(cache / 'encoder.pt')
        denoiser, mean, std = train_denoiser.load_denoiser(cache / 'denoiser.pt')
        began_s = time.monotonic()
        stride_of = lambda kind: 1 if kind in SPEECHLESS else options.test_stride  # quick to test, and one hum can move them far
        tested = [scene for kind in KINDS for scene in [one for one in held if one.kind == kind][:: stride_of(kind)]]
        figures = {
            'training': {
                **json.loads((cache / 'scenes.json').read_text()), 'held_out_scenes': len(tested),
                **{f'encoder_{name}': value for name, value in progress_of(cache / 'encoder.pt').items()},
                **{f'denoiser_{name}': value for name, value in progress_of(cache / 'denoiser.pt').items()},
            },
            **evaluate(encoder, denoiser, mean, std, tested, thorough=not options.quick),
        }
        for extra in ('recordings', 'ablation'):  # by training.recordings and training.ablation, where someone ran them
            if (cache / f'{extra}.json').exists():
                figures[extra] = json.loads((cache / f'{extra}.json').read_text())
        print(table(figures), f'\nevaluated in {time.monotonic() - began_s:.0f} s', flush=True)
        (cache / 'figures.json').write_text(json.dumps(figures, indent=2))
        export_bundle(options.target, encoder, denoiser, mean, std, 80_000, golden_sound(), figures, card(figures))


def drawn(scenes, count, seed):
    """Returns `count` of the scenes, at most all, in random order."""
    return [scenes[index] for index in np.random.default_rng(seed).permutation(len(scenes))[:count]]


def encoder_round(options, held, again, earlier, share):
    """Ships `share` of the weights before the round too; `earlier` has them while it goes on, also when it was broken off."""
    checkpoint = options.cache / 'encoder.pt'
    if share and checkpoint.exists() and not earlier.exists():
        shutil.copy(checkpoint, earlier)
    scenes = load(options.cache / 'prepared' / 'train')
    (options.cache / 'scenes.json').write_text(json.dumps(facts_of(scenes)))
    schedule = train_encoder.Schedule(steps=options.encoder_steps)
    spoken = [scene for scene in held if scene.kind in ('clean', 'degraded')]
    report = lambda encoder: table(encoder_figures(encoder, spoken[::7]))
    train_one = lambda path, seed: train_encoder.train_encoder(
        scenes, path, schedule, seed=seed, minutes=options.encoder_minutes, again=again, report=report)
    in_branches(options.branches, train_one, checkpoint, options.seed)
    if share and earlier.exists():
        train_encoder.mix(checkpoint, earlier, share)


def facts_of(scenes):
    return {
        'hours': sum(len(scene.mouth) for scene in scenes) / 50 / 3600,
        'voices': len({scene.voice for scene in scenes}),
        'languages': len({scene.language for scene in scenes}),
        'human_share': float(np.mean([not scene.voice.startswith('espeak') for scene in scenes])),
        'recorded_share': float(np.mean([scene.voice.startswith(ENGINE) for scene in scenes])),
    }


def progress_of(checkpoint):
    saved = torch.load(checkpoint, map_location='cpu', weights_only=False)
    return {'steps': saved['step'], 'minutes': saved['spent_s'] / 60}


if __name__ == '__main__':
    main()
