"""Begins where a shipped bundle ended, so that a machine without the cache can train another round (`training.run --again`).

    python3 -m training.resume models/visavis-motion-1

A bundle's float32 graphs have every weight between sound and motion. What only training asks of the encoder (which phone, whether
the lips close, how loud) stands beside them in `heads.npz`.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.config import DenoiserConfig, EncoderConfig
from training.export import HEADS_FILE, export_graphs
from training.features.encoder import Encoder
from training.motion.denoiser import Denoiser


def graph_weights(path):
    return [(tensor.name, numpy_helper.to_array(tensor)) for tensor in onnx.load(path).graph.initializer]


@torch.no_grad()
def read_back(networks, bundle):
    """networks: name -> network as `training/config.py` describes it. Gives each the weights of the bundle's graph.

    The exporter renames matrices and turns them round. So each network is exported once more, full of numbers that occur once, and
    a weight of the bundle belongs where the number in its place came from. @raises ValueError for a bundle of another network.
    """
    chance = torch.Generator().manual_seed(1)
    for network in networks.values():
        for weights in network.state_dict().values():
            weights.normal_(generator=chance)
    with tempfile.TemporaryDirectory() as folder:
        export_graphs(Path(folder), networks['encoder'], networks['denoiser'])
        marked = {name: graph_weights(Path(folder) / f'{name}.onnx') for name in networks}
    for name, network in networks.items():
        shipped = graph_weights(bundle / f'{name}.onnx')
        if [(key, marks.shape) for key, marks in marked[name]] != [(key, weights.shape) for key, weights in shipped]:
            raise ValueError(f'Cannot go on from {bundle}: its {name} is of another shape than training/config.py says')
        place = {marks.T.ravel()[0]: (marks, weights) for (_, marks), (_, weights) in zip(marked[name], shipped)}
        heads = np.load(bundle / HEADS_FILE) if name == 'encoder' else {}
        for key, weights in network.state_dict().items():
            marks, value = place.get(weights.numpy().ravel()[0], (None, None))
            if marks is not None:
                weights.copy_(torch.tensor(value.T if np.array_equal(marks.T, weights.numpy()) else value))
            elif key in heads:
                weights.copy_(torch.from_numpy(heads[key]))
            else:
                raise ValueError(f'Cannot go on from {bundle}: it does not have {key}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('bundle', type=Path)
    parser.add_argument('--cache', type=Path, default=Path('training/.cache'))
    options = parser.parse_args()
    encoder, denoiser = Encoder(EncoderConfig()).eval(), Denoiser(DenoiserConfig()).eval()
    read_back({'encoder': encoder, 'denoiser': denoiser}, options.bundle)
    motion = json.loads((options.bundle / 'manifest.json').read_text())['motion']
    made = json.loads((options.bundle / 'figures.json').read_text())['training']
    statistics = {name: torch.tensor(motion[name]).repeat(denoiser.config.frames_per_hop) for name in ('mean', 'std')}
    options.cache.mkdir(parents=True, exist_ok=True)
    for name, network, facts in (('encoder', encoder, {'recorded': True}), ('denoiser', denoiser, statistics)):
        finished = {name: network.state_dict(), 'average': network.state_dict(), 'round': None, 'config': network.config,
                    'step': made[f'{name}_steps'], 'spent_s': 60 * made[f'{name}_minutes'], **facts}
        torch.save(finished, options.cache / f'{name}.pt')


if __name__ == '__main__':
    main()
