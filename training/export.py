"""Writes a bundle (manifest, graphs, golden vectors, figures, card) all together or not at all."""

import base64
import hashlib
import json
import shutil
import tempfile
from dataclasses import fields
from pathlib import Path

import numpy as np
import torch

from training.config import MelConfig
from training.features.mel import log_mel
from training.motion.channels import CHANNELS, CONDITION, CONDITION_DIMS, MOUTH, slices
from training.motion.sampler import MOUTH_NOISE_SCALE, NOISE_LEVELS, noise_scale, sample
from training.quantise import quantise

OPSET = 17
MAX_BUNDLE_BYTES = 24 * 1024 * 1024
HEADS_FILE = 'heads.npz'
TRAINING_ONLY = ('phone.', 'closure.', 'prosody.', 'mouth_')
"""Of the encoder's weights, what no graph has: `training/resume.py` wants it."""
FREE_AXES = {'encoder': {'mel': {1: 'melFrames'}, 'features': {1: 'hops'}}}
"""Beside the batch: the encoder hears any number of hops at once."""


def camel(name):
    head, *rest = name.split('_')
    return head + ''.join(part.capitalize() for part in rest)


def digest(path):
    return {'sha256': hashlib.sha256(path.read_bytes()).hexdigest(), 'bytes': path.stat().st_size}


def export_graphs(folder, encoder, denoiser):
    """Writes both networks as float32 and int8 graphs with the axes free that `FREE_AXES` names. Returns the manifest's `graphs`."""
    batch, context = 2, denoiser.config.context_tokens
    dims = denoiser.config
    calls = {
        'encoder': (encoder, {
            'mel': torch.zeros(batch, 8, encoder.config.mel_bins),
            'state': encoder.silence(batch),
        }, ['features', 'next_state']),
        'denoiser': (denoiser, {
            'context': torch.zeros(batch, context, dims.token_dims),
            'noisy': torch.zeros(batch, 1, dims.token_dims),
            'features': torch.zeros(batch, context + 1, dims.feature_dims),
            'condition': torch.zeros(batch, CONDITION_DIMS),
            'noise_level': torch.zeros(batch),
        }, ['clean']),
    }
    graphs = {}
    for name, (network, inputs, outputs) in calls.items():
        free = FREE_AXES.get(name, {})
        plain, small = folder / f'{name}.onnx', folder / f'{name}.int8.onnx'
        torch.onnx.export(
            network, tuple(inputs.values()), plain, opset_version=OPSET, custom_opsets={'com.microsoft': 1},
            input_names=list(inputs), output_names=outputs,
            dynamic_axes={tensor: {0: 'batch', **free.get(tensor, {})} for tensor in [*inputs, *outputs]},
        )
        quantise(plain, small)
        graphs[name] = {
            'float32': {'file': plain.name, **digest(plain)},
            'int8': {'file': small.name, **digest(small)},
        }
    return graphs


def save_heads(folder, encoder):
    heads = {key: weights.numpy() for key, weights in encoder.state_dict().items() if key.startswith(TRAINING_ONLY)}
    np.savez(folder / HEADS_FILE, **heads)


def golden_vectors(encoder, denoiser, mean, std, sound):
    """Returns the whole chain's inputs and outputs for one short sound, as the format asks."""
    generator = torch.Generator().manual_seed(7)
    mel = log_mel(sound)
    hops = len(mel) // 4
    mel = mel[: hops * 4]
    state, tokens = encoder.silence(1), []
    with torch.no_grad():
        for hop in range(hops):
            features, state = encoder(torch.from_numpy(mel[hop * 4 : hop * 4 + 4])[None], state)
            tokens.append(features)
    features = torch.cat(tokens, 1)  # [1, hops, featureDims]
    condition = torch.zeros(1, CONDITION_DIMS)
    at = slices()
    condition[0, at['gaze']] = torch.tensor([0.5, -0.25, 1.0])
    condition[0, at['distance']] = torch.tensor([0.2, 1.0])
    condition[0, at['emotion']] = torch.tensor([0.6, 0, 0, 0, 0, 0, 0.4, 1.0])
    condition[0, at['arousal']] = torch.tensor([0.5, 1.0])
    condition[0, at['audio']] = condition[0, at['context']] = 1
    noise = torch.randn(1, hops, denoiser.config.token_dims, generator=generator) * noise_scale(denoiser.config.frames_per_hop)
    motion = sample(denoiser, features, condition, noise)
    held = denoiser.config.context_tokens
    call = {
        'context': motion[:, -held - 1 : -1], 'noisy': noise[:, -1:], 'features': features[:, -held - 1 :],
        'condition': condition, 'noise_level': torch.full((1,), 0.75),
    }
    with torch.no_grad():
        clean = denoiser(*call.values())
    frames = (motion * std + mean).reshape(-1, len(CHANNELS))
    plain = lambda tensor: np.round(np.asarray(tensor, np.float64), 6).tolist()
    return {
        'sound': base64.b64encode(sound.astype('<f4').tobytes()).decode(),
        'mel': plain(mel),
        'features': plain(features[0]),
        'denoiser': {**{name: plain(tensor) for name, tensor in call.items()}, 'clean': plain(clean)},
        'condition': plain(condition[0]),
        'noise': plain(noise[0]),
        'motion': plain(frames),
    }


def manifest_of(name, encoder, denoiser, mean, std, look_ahead_us, graphs, vectors):
    mel = MelConfig()
    condition, offset = [], 0
    for slot, length, dropout in CONDITION:
        condition.append({'name': slot, 'offset': offset, 'length': length, 'dropout': dropout})
        offset += length
    channels = len(CHANNELS)
    return {
        'format': 'visavis.motion/2',
        'name': name,
        'licence': 'Apache-2.0',
        'features': {camel(field.name): getattr(mel, field.name) for field in fields(mel)},
        'motion': {
            'framesPerSecond': 50, 'framesPerHop': denoiser.config.frames_per_hop, 'lookAheadUs': look_ahead_us,
            'contextTokens': denoiser.config.context_tokens, 'channels': list(CHANNELS),
            'mean': [round(float(x), 7) for x in mean[:channels]], 'std': [round(float(x), 7) for x in std[:channels]],
        },
        'encoder': {
            'graph': 'encoder', 'melFramesPerHop': 4, 'stateLength': encoder.config.state_length,
            'featureDims': encoder.config.feature_dims,
        },
        'denoiser': {'graph': 'denoiser', 'condition': condition},
        'sampler': {
            'noiseLevels': list(NOISE_LEVELS), 'mouthNoiseScale': MOUTH_NOISE_SCALE, 'mouthChannels': list(MOUTH),
            'guidance': {slot: 0 for slot, _, _ in CONDITION},
        },
        'graphs': graphs,
        'vectors': vectors,
    }


def export_bundle(target, encoder, denoiser, mean, std, look_ahead_us, sound, figures, card):
    """Replaces the folder `target` by a complete bundle.

    mean, std: [tokenDims]; sound: [samples] at 16 kHz, about 1.2 s; figures: JSON-able; card: Markdown.
    """
    target = Path(target)
    encoder.eval()
    denoiser.eval()
    mean, std = (torch.as_tensor(np.round(np.asarray(x, np.float64), 7), dtype=torch.float32) for x in (mean, std))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder = Path(scratch) / 'bundle'
        (folder / 'vectors').mkdir(parents=True)
        golden = folder / 'vectors' / 'golden.json'
        golden.write_text(json.dumps(golden_vectors(encoder, denoiser, mean, std, sound)))
        graphs = export_graphs(folder, encoder, denoiser)
        save_heads(folder, encoder)
        vectors = {'file': 'vectors/golden.json', **digest(golden)}
        manifest = manifest_of(target.name, encoder, denoiser, mean, std, look_ahead_us, graphs, vectors)
        (folder / 'manifest.json').write_text(json.dumps(manifest, indent=2) + '\n')
        (folder / 'figures.json').write_text(json.dumps(figures, indent=2) + '\n')
        (folder / 'CARD.md').write_text(card)
        total = sum(path.stat().st_size for path in folder.rglob('*') if path.is_file())
        if total > MAX_BUNDLE_BYTES:
            raise ValueError(f'Cannot ship the bundle: it has {total} bytes, at most {MAX_BUNDLE_BYTES} may be')
        if target.exists():
            shutil.rmtree(target)
        folder.rename(target)
    return manifest
