"""Draws a held-out scene as the teacher and the model act it: `python3 -m training.plot scene.png [index] [seconds]`."""

import sys

import matplotlib
import numpy as np

matplotlib.use('Agg')
from matplotlib import pyplot

from training.evaluate import Rig, gap_of, perform
from training.motion.channels import INDEX
from training.prepare import load
from training.train_denoiser import load_denoiser
from training.train_encoder import load_encoder

CACHE = 'training/.cache'
ROWS = (('gap',), ('jawOpen', 'mouthClose'), ('mouthPucker', 'mouthFunnel'), ('mouthPressLeft', 'mouthRollLower'),
        ('eyeBlinkLeft', 'browInnerUp'), ('headYaw', 'headPitch', 'headRoll'), ('eyeLookOutLeft', 'eyeLookUpLeft'), ('headX', 'headY'))


def main():
    path, index, seconds = (sys.argv[1:] + ['0', '8'][len(sys.argv) - 2 :])[:3]
    index, seconds = int(index), float(seconds)
    rig = Rig(load_encoder(f'{CACHE}/encoder.pt'), *load_denoiser(f'{CACHE}/denoiser.pt'))
    scene = load(f'{CACHE}/prepared/held')[index]
    made, taught = (motion[0, : int(seconds * 50)] for motion in perform(rig, [scene]))
    figure, axes = pyplot.subplots(len(ROWS) + 1, 1, figsize=(16, 2.3 * (len(ROWS) + 1)), sharex=True)
    times = np.arange(len(made)) / 50
    axes[0].imshow(scene.mel[: 2 * len(made)].T.astype(np.float32), origin='lower', aspect='auto', extent=(0, times[-1], 0, 40))
    axes[0].set_title(f'{scene.voice} {scene.kind}: teacher dashed, model solid')
    for axis, names in zip(axes[1:], ROWS):
        for colour, name in zip(('C0', 'C1', 'C2'), names):
            of = gap_of if name == 'gap' else lambda motion: motion[:, INDEX[name]]
            axis.plot(times, of(taught), colour + '--', linewidth=0.8)
            axis.plot(times, of(made), colour, label=name)
        axis.legend(loc='upper right')
    figure.tight_layout()
    figure.savefig(path, dpi=45)


if __name__ == '__main__':
    main()
