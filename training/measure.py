"""How well a mouth follows its teacher: correlation, closure, lag."""

import numpy as np
import torch

from training.config import MotionConfig
from training.motion.visemes import PARAMETERS

COLUMN = {name: index for index, name in enumerate(PARAMETERS)}
THRESHOLDS = np.linspace(0.1, 0.9, 33)


def correlation(a, b):
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 1e-4 and b.std() > 1e-4 else float('nan')


def closure_counts(closure, scene):
    """closure: [frames] predicted. Returns, per threshold, hits, and false closures in open vowels; then both wholes."""
    frames, hits, events = len(closure), np.zeros(len(THRESHOLDS)), 0
    for start_s, end_s in scene.bilabials:
        first, last = int(start_s * 50) - 1, int(np.ceil(end_s * 50)) + 1
        if first >= 0 and last < frames:
            events += 1
            hits += closure[first : last + 1].max() > THRESHOLDS
    vowel = scene.open_vowel[:frames] & (scene.mouth[:frames, COLUMN['aperture']] > 0.3)
    false = (closure[vowel, None] > THRESHOLDS).sum(0)
    return hits, false, events, int(vowel.sum())


def closure_recall(counts, false_limit=0.02):
    """counts: list of closure_counts. Returns recall at the lowest threshold with at most `false_limit` false closures,
    the share of false closures, and that threshold."""
    hits, false = sum(c[0] for c in counts), sum(c[1] for c in counts)
    events, vowels = sum(c[2] for c in counts), sum(c[3] for c in counts)
    if not events or not vowels:
        return float('nan'), float('nan'), float('nan')
    at = int(np.argmax(np.append(false / vowels <= false_limit, True)).clip(0, len(THRESHOLDS) - 1))
    return float(hits[at] / events), float(false[at] / vowels), float(THRESHOLDS[at])


@torch.no_grad()
def hear(encoder, mel, look_ahead=MotionConfig().look_ahead_frames):
    """mel: [melFrames, melBins]. Returns the encoder's features on the teacher's clock, [frames, bottleneck]."""
    mel = torch.as_tensor(np.asarray(mel[: len(mel) // 2 * 2], np.float32))[None]
    mel = torch.cat([mel, mel[:, -1:].expand(-1, 2 * look_ahead, -1)], 1)
    features, _ = encoder.listen(mel, encoder.silence(1))
    return features[0, look_ahead:]


@torch.no_grad()
def mouth_of(encoder, mel, look_ahead=MotionConfig().look_ahead_frames):
    """mel: [melFrames, melBins]. Returns the predicted parameters on the teacher's clock, [frames, 9]."""
    newest = encoder.mouth(hear(encoder, mel, look_ahead))[:, encoder.config.mouth_dims :]
    return (newest * encoder.mouth_std + encoder.mouth_mean).numpy()


def encoder_figures(encoder, scenes, look_ahead=MotionConfig().look_ahead_frames):
    """Returns one line per part of the held-out scenes: aperture r, pucker r, closure recall at 2 % false closures."""
    parts = {}
    for scene in scenes:
        if scene.kind not in ('clean', 'degraded'):
            continue
        guess = mouth_of(encoder, scene.mel, look_ahead)
        truth = scene.mouth.astype(np.float32)
        entry = {name: correlation(guess[:, COLUMN[name]], truth[:, COLUMN[name]]) for name in ('jaw', 'aperture', 'pucker')}
        parts.setdefault(scene.kind, []).append((entry, closure_counts(guess[:, COLUMN['closure']], scene)))
    figures = {}
    for part, entries in parts.items():
        recall, false, threshold = closure_recall([counts for _, counts in entries])
        figures[part] = {name: float(np.nanmean([entry[name] for entry, _ in entries])) for name in entries[0][0]}
        figures[part].update(closure_recall=recall, false_closure=false, closure_threshold=threshold)
    return figures
