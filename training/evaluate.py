"""The figures of the model card: encoder, denoiser and sampler together, on voices, languages and texts never trained on."""

import numpy as np
import torch

from training.config import MotionConfig
from training.measure import closure_counts, closure_recall, correlation, encoder_figures
from training.motion.channels import (
    CHANNELS, CONDITION_DIMS, DISTANCE_SPAN, EMOTIONS, GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG, HEAD, INDEX, slices,
)
from training.motion.sampler import NOISE_LEVELS, noise_scale, sample
from training.motion.teacher import feeling_table, teach
from training.prepare import SPEECHLESS
from training.train_denoiser import features_of

AT = slices()
FRAMES = 1600
CLOSED_GAP = 0.05
CONTROL_ROWS = 36
HELD_AFTER_FRAMES, HELD_OPEN_GAP = 25, 0.1
GAP_OF_OPEN = 0.25  # a gap that counts as plainly open
KINDS = ('clean', 'degraded', 'held', *SPEECHLESS)
HELD_OUT_LANGUAGES = ('it', 'te', 'hu', 'tr')


def gap_of(motion):
    """How far the lips are apart, from ARKit values: jaw less mouthClose, and half of what raises and lowers the lips."""
    at = lambda name: motion[..., INDEX[name]]
    parted = sum(at(name) for name in ('mouthLowerDownLeft', 'mouthLowerDownRight', 'mouthUpperUpLeft', 'mouthUpperUpRight')) / 4
    return np.maximum(0, at('jawOpen') - at('mouthClose')) + parted


def plain_condition(count):
    condition = np.zeros((count, CONDITION_DIMS), np.float32)
    condition[:, AT['audio']] = condition[:, AT['context']] = 1
    return condition


class Rig:
    """A model with its statistics, ready to animate scenes."""

    def __init__(self, encoder, denoiser, mean, std, noise_levels=NOISE_LEVELS, guidance=None):
        self.encoder, self.denoiser, self.mean, self.std = encoder, denoiser, mean, std
        self.noise_levels, self.guidance = noise_levels, guidance

    def animate(self, features, condition, noise):
        """features: [batch, hops, featureDims]; condition: [batch, conditionDims]; noise: [batch, 2 * hops, channels] unit.

        Returns [batch, 2 * hops, channels] in ARKit's and the head's units.
        """
        batch, hops, _ = features.shape
        noise = torch.from_numpy(noise.astype(np.float32)).reshape(batch, hops, -1) * noise_scale(2)
        tokens = sample(self.denoiser, features, torch.from_numpy(condition), noise, self.noise_levels, self.guidance)
        return (tokens * self.std + self.mean).reshape(batch, 2 * hops, len(CHANNELS)).numpy()

    def features(self, scenes):
        return features_of(self.encoder, np.stack([scene.mel[: 2 * FRAMES].astype(np.float32) for scene in scenes]))


def perform(rig, scenes, seed=0, condition=None):
    """Returns the model's and the teacher's motion for the same scenes and chances, aligned, [scenes, frames, channels]."""
    lag = MotionConfig().look_ahead_frames
    chance = np.random.default_rng(seed)
    drawn = chance.normal(size=(len(scenes), FRAMES, len(CHANNELS)))
    condition = plain_condition(len(scenes)) if condition is None else condition
    mouth = np.stack([scene.mouth[:FRAMES].astype(np.float32) for scene in scenes])
    prosody = np.stack([scene.prosody[:FRAMES].astype(np.float32) for scene in scenes])
    asked = np.repeat(condition[:, None], FRAMES, 1)
    taught = teach(mouth, prosody, asked, drawn, chance.normal(size=(len(scenes), 3)))
    late = np.concatenate([chance.normal(size=(len(scenes), lag, len(CHANNELS))), drawn[:, : FRAMES - lag]], 1)
    made = rig.animate(rig.features(scenes), condition, late)
    return made[:, lag:], taught[:, : FRAMES - lag]


def lag_ms(made, taught):
    """Returns by how much the lips come after the teacher's, from the peak of their correlation."""
    shifts = range(-8, 9)
    scores = [np.mean([correlation(a[20 + s : len(a) - 20 + s], b[20 : len(b) - 20]) for a, b in zip(made, taught)]) for s in shifts]
    return 20 * list(shifts)[int(np.nanargmax(scores))]


def mouth_figures(made, taught, scenes):
    gap, true_gap = gap_of(made), gap_of(taught)
    pucker = INDEX['mouthPucker']
    counts = [closure_counts(1 - row / GAP_OF_OPEN, scene) for row, scene in zip(gap, scenes)]
    recall, false, threshold = closure_recall(counts)
    mean = lambda values: float(np.nanmean(list(values)))
    return {
        'aperture_r': mean(correlation(a, b) for a, b in zip(gap, true_gap)),
        'jaw_r': mean(correlation(a[:, INDEX['jawOpen']], b[:, INDEX['jawOpen']]) for a, b in zip(made, taught)),
        'pucker_r': mean(correlation(a[:, pucker], b[:, pucker]) for a, b in zip(made, taught)),
        'aperture_size': float(gap.std(1).mean() / true_gap.std(1).mean()),
        'closure_recall': recall, 'false_closure': false, 'closure_gap': float((1 - threshold) * GAP_OF_OPEN),
        'lag_ms': lag_ms(gap, true_gap),
    }


def blinks_per_second(motion):
    lid = motion[..., INDEX['eyeBlinkLeft']]
    return float(((lid[:, 1:] > 0.6) & (lid[:, :-1] <= 0.6)).sum() / lid.size * 50)


def life_figures(made, taught):
    head = slice(-len(HEAD), -len(HEAD) + 3)
    jerk = lambda motion: np.abs(np.diff(motion[..., head], n=3, axis=1)).mean()
    speed = lambda motion: np.abs(np.diff(motion[..., head], axis=1)).mean()
    step = np.abs(np.diff(made[..., head], n=2, axis=1)).mean((0, 2))
    return {
        'pose_variation': float(made[..., head].std(1).mean() / taught[..., head].std(1).mean()),
        'head_speed': float(speed(made) / speed(taught)), 'head_jerk': float(jerk(made) / jerk(taught)),
        'seam': float(step[0::2].mean() / step[1::2].mean()),
        'blinks_per_s': blinks_per_second(made), 'teacher_blinks_per_s': blinks_per_second(taught),
    }


def gaze_of(motion):
    """Where the eyes point, head and eyes together, [..., 2] degrees."""
    at = lambda name: motion[..., INDEX['eyeLook' + name]]
    yaw = (at('OutLeft') - at('InLeft')) * GAZE_YAW_LIMIT_DEG + motion[..., INDEX['headYaw']]
    pitch = (at('UpLeft') - at('DownLeft')) * GAZE_PITCH_LIMIT_DEG + motion[..., INDEX['headPitch']]
    return np.stack([yaw, pitch], -1)


def control_figures(rig, scenes, seed=3):
    """Asks for random gaze, distance and feelings, and measures what comes after two seconds."""
    chance = np.random.default_rng(seed)
    count = CONTROL_ROWS
    scenes = [scenes[row % len(scenes)] for row in range(count)]
    condition = plain_condition(count)
    gaze, distance = chance.uniform(-1, 1, (count, 2)), chance.uniform(-1, 1, count)
    condition[:, AT['gaze']] = np.concatenate([gaze, np.ones((count, 1))], 1)
    condition[:, AT['distance']] = np.stack([distance, np.ones(count)], 1)
    made, taught = perform(rig, scenes, seed, condition)
    settled = slice(100, None)
    figures = {}
    for name, motion in (('', made), ('teacher_', taught)):
        got = gaze_of(motion)[:, settled].mean(1)
        figures[f'{name}gaze_r'] = float(np.mean([correlation(gaze[:, axis], got[:, axis]) for axis in (0, 1)]))
        figures[f'{name}distance_r'] = correlation(distance, (motion[:, settled, INDEX['headDistance']].mean(1) - 1) / DISTANCE_SPAN)
    wanted = gaze * [GAZE_YAW_LIMIT_DEG, GAZE_PITCH_LIMIT_DEG]
    figures['gaze_error_deg'] = float(np.abs(gaze_of(made)[:, settled].mean(1) - wanted).mean())
    figures['distance_error'] = float(np.abs(made[:, settled, INDEX['headDistance']].mean(1) - 1 - distance * DISTANCE_SPAN).mean())

    strengths = np.zeros((count, len(EMOTIONS)), np.float32)
    felt = np.arange(count) % (len(EMOTIONS) - 1)
    strengths[np.arange(count), felt] = chance.uniform(0, 1, count)
    strengths[:, -1] = 1 - strengths.sum(1)
    neutral, feeling = plain_condition(count), plain_condition(count)
    neutral[:, AT['emotion']] = [0, 0, 0, 0, 0, 0, 1, 1]
    feeling[:, AT['emotion']] = np.concatenate([strengths, np.ones((count, 1))], 1)
    calm, _ = perform(rig, scenes, seed, neutral)
    moved, _ = perform(rig, scenes, seed, feeling)
    shapes = feeling_table()[:-1, : -len(HEAD)]
    offset = (moved - calm)[:, settled, : -len(HEAD)].mean(1)
    got = np.array([row @ shapes[emotion] / (shapes[emotion] @ shapes[emotion]) for row, emotion in zip(offset, felt)])
    asked = strengths[np.arange(count), felt]
    figures['emotion_r'] = correlation(asked, got)
    for emotion in range(len(EMOTIONS) - 1):
        figures[f'emotion_r_{EMOTIONS[emotion]}'] = correlation(asked[felt == emotion], got[felt == emotion])
    figures['neutral_closure_recall'] = mouth_figures(calm, calm, scenes)['closure_recall']
    strong = plain_condition(count)
    strong[np.arange(count), AT['emotion'].start + felt] = 1
    strong[:, AT['emotion'].stop - 1] = 1
    acted, _ = perform(rig, scenes, seed, strong)
    figures['strong_feeling_closure_recall'] = mouth_figures(acted, acted, scenes)['closure_recall']
    return figures


def closed_mouth(rig, scenes):
    made, _ = perform(rig, scenes, 5)
    return float((gap_of(made)[:, 50:] < CLOSED_GAP).mean())


def held_figures(rig, scenes):
    """Vowels that are held: how many of their frames are open, from HELD_AFTER_FRAMES on, where the teacher's are."""
    made, taught = (gap_of(motion) for motion in perform(rig, scenes))
    mine, wanted = [], []
    for row, scene in enumerate(scenes):
        vowel = np.concatenate([[0], scene.open_vowel[: made.shape[1]].astype(int), [0]])
        for start, end in np.flatnonzero(np.diff(vowel)).reshape(-1, 2):
            mine.append(made[row, start + HELD_AFTER_FRAMES : end])
            wanted.append(taught[row, start + HELD_AFTER_FRAMES : end])
    mine, wanted = np.concatenate(mine), np.concatenate(wanted)
    opened = wanted > HELD_OPEN_GAP
    return {
        'open': float((mine[opened] > CLOSED_GAP).mean()), 'size': float(mine[opened].mean() / wanted[opened].mean()),
        'hours': float(opened.sum() / 50 / 3600), 'aperture_r': float(np.nanmean([correlation(a, b) for a, b in zip(made, taught)])),
    }


def drift_figures(rig, scenes, minutes=10, seed=6):
    """Ten minutes on end. Returns the spread of the head in the first and the last minute, and the worst value met."""
    features = rig.features(scenes)
    repeats = int(np.ceil(minutes * 60 * 25 / features.shape[1] / features.shape[0]))
    long = features.reshape(1, -1, features.shape[-1]).repeat(1, max(1, repeats), 1)[:, : minutes * 60 * 25]
    made = rig.animate(long, plain_condition(1), np.random.default_rng(seed).normal(size=(1, 2 * long.shape[1], len(CHANNELS))))[0]
    head = slice(-len(HEAD), -len(HEAD) + 3)
    return {
        'head_std_first_minute_deg': float(made[:3000, head].std(0).mean()),
        'head_std_last_minute_deg': float(made[-3000:, head].std(0).mean()),
        'head_mean_last_minute_deg': float(np.abs(made[-3000:, head].mean(0)).max()),
        'head_largest_deg': float(np.abs(made[:, head]).max()), 'finite': bool(np.isfinite(made).all()),
    }


def evaluate(encoder, denoiser, mean, std, held, noise_levels=NOISE_LEVELS, guidance=None, thorough=True):
    """held: prepared held-out scenes. Returns the whole table as nested dictionaries."""
    rig = Rig(encoder, denoiser, mean, std, noise_levels, guidance)
    by_kind = {kind: [scene for scene in held if scene.kind == kind] for kind in KINDS}
    figures = {'encoder': encoder_figures(encoder, held)}
    for kind in ('clean', 'degraded'):
        made, taught = perform(rig, by_kind[kind])
        figures[kind] = mouth_figures(made, taught, by_kind[kind])
        for part, wanted in (('held_out_voice', False), ('held_out_language', True)):
            rows = [index for index, scene in enumerate(by_kind[kind]) if (scene.language in HELD_OUT_LANGUAGES) == wanted]
            figures[f'{kind}_{part}'] = mouth_figures(made[rows], taught[rows], [by_kind[kind][row] for row in rows])
        for voice in sorted({scene.voice for scene in by_kind[kind]}):
            rows = [index for index, scene in enumerate(by_kind[kind]) if scene.voice == voice]
            figures[f'{kind} {voice}'] = mouth_figures(made[rows], taught[rows], [by_kind[kind][row] for row in rows])
        if kind == 'clean':
            figures['life'] = life_figures(made, taught)
            other, _ = perform(rig, by_kind[kind], seed=1)
            figures['life']['mouth_difference_between_seeds'] = float(np.abs(gap_of(made) - gap_of(other)).mean() / gap_of(taught).std())
            figures['life']['head_difference_between_seeds'] = float(
                np.abs(made - other)[..., -6:-3].mean() / taught[..., -6:-3].std())
    figures['closed_mouth'] = {kind: closed_mouth(rig, by_kind[kind]) for kind in SPEECHLESS}
    figures['held'] = held_figures(rig, by_kind['held'])
    if thorough:
        figures['controls'] = control_figures(rig, by_kind['clean'])
        figures['drift'] = drift_figures(rig, by_kind['clean'][:6])
        figures['samplers'] = sampler_figures(encoder, denoiser, mean, std, by_kind['clean'][::3])
    return figures


SAMPLERS = {
    '1 step': ((1.0, 0.0), None), '2 steps': ((1.0, 0.5, 0.0), None), '4 steps': ((1.0, 0.75, 0.5, 0.25, 0.0), None),
    '1 step, audio guidance 0.5': ((1.0, 0.0), {'audio': 0.5}),
}


def sampler_figures(encoder, denoiser, mean, std, scenes):
    """Returns how steps and guidance change mouth and life."""
    figures = {}
    for name, (noise_levels, guidance) in SAMPLERS.items():
        made, taught = perform(Rig(encoder, denoiser, mean, std, noise_levels, guidance), scenes)
        mouth, life = mouth_figures(made, taught, scenes), life_figures(made, taught)
        figures[name] = {key: mouth[key] for key in ('aperture_r', 'pucker_r', 'closure_recall')}
        figures[name].update({key: life[key] for key in ('pose_variation', 'head_jerk', 'blinks_per_s')})
    return figures


def table(figures):
    """Returns the figures as lines of text."""
    lines = []
    for part, values in figures.items():
        shown = ' '.join(f'{name} {value:.3f}' if isinstance(value, float) else f'{name} {value}' for name, value in values.items()) \
            if not isinstance(next(iter(values.values())), dict) else table(values)
        lines.append(f'{part}: {shown}')
    return '\n'.join(lines)
