"""The teacher: what a face does, as ARKit coefficients and head pose, for what is said, felt and asked."""

import numpy as np

from training.motion.channels import CHANNELS, EMOTIONS, GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG, HEAD, INDEX
from training.motion.expression import express
from training.motion.visemes import PARAMETERS

RIGHT_SHARE = 0.93
"""Faces are a little lopsided, mostly stronger on the left (Borod et al. 1997)."""

FEELINGS = {
    # Ekman and Friesen's prototypes (EMFACS) in ARKit's names; both sides where a name has sides
    'happy': dict(mouthSmile=0.6, cheekSquint=0.45, eyeSquint=0.18, mouthDimple=0.15, browOuterUp=0.08),
    'sad': dict(mouthFrown=0.5, browInnerUp=0.55, browDown=0.08, eyeBlink=0.16, mouthShrugLower=0.25),
    'angry': dict(browDown=0.7, eyeSquint=0.3, eyeWide=0.12, noseSneer=0.25, mouthPress=0.22, mouthFrown=0.15, jawForward=0.2),
    'surprised': dict(browInnerUp=0.65, browOuterUp=0.75, eyeWide=0.6, jawOpen=0.12),
    'afraid': dict(browInnerUp=0.7, browOuterUp=0.25, eyeWide=0.5, mouthStretch=0.4, jawOpen=0.05),
    'disgusted': dict(noseSneer=0.6, mouthUpperUp=0.3, browDown=0.4, mouthFrown=0.25, cheekSquint=0.25, eyeSquint=0.2),
    'neutral': {},
}
PARTS_LIPS = ('jawOpen', 'mouthUpperUpLeft', 'mouthUpperUpRight', 'mouthLowerDownLeft', 'mouthLowerDownRight')
"""Shapes that open the lips. Feelings leave them alone while a sound closes the lips."""
OPENS_MORE = np.array([0.06, -0.12, 0.1, 0.08, -0.05, -0.02, 0])


def sides(name):
    return [(name, 1.0)] if name in INDEX else [(name + 'Left', 1.0), (name + 'Right', RIGHT_SHARE)]


def feeling_table():
    """Returns [emotions, channels]."""
    table = np.zeros((len(EMOTIONS), len(CHANNELS)))
    for row, emotion in enumerate(EMOTIONS):
        for name, size in FEELINGS[emotion].items():
            for channel, share in sides(name):
                table[row, INDEX[channel]] = size * share
    return table


def speak(parameters, loud):
    """parameters: [..., 9] by visemes.PARAMETERS; loud: [...] scales the opening. Returns ARKit name -> [...].

    The gap between the lips is about jawOpen - mouthClose, plus what raises and lowers the lips; so closed lips are
    mouthClose equal to jawOpen, and a little press and roll.
    """
    p = {name: parameters[..., index] for index, name in enumerate(PARAMETERS)}
    closed, free = p['closure'], 1 - p['closure']
    jaw = 0.62 * p['jaw'] * loud
    parted = np.clip(p['aperture'] * loud, 0, 1)
    close = closed * jaw + free * 0.35 * np.maximum(0, jaw - 0.62 * parted)
    return {
        'jawOpen': jaw,
        'mouthClose': np.maximum(close, p['tuck'] * 0.6 * jaw),
        'mouthFunnel': 0.62 * p['funnel'] * (0.4 + 0.6 * free),
        'mouthPucker': 0.8 * p['pucker'],
        'mouthStretch': 0.3 * p['stretch'] * free,
        'mouthSmile': 0.1 * p['stretch'],
        'mouthDimple': 0.07 * p['stretch'],
        'mouthRollLower': 0.22 * closed + 0.45 * p['tuck'],
        'mouthRollUpper': 0.18 * closed,
        'mouthShrugLower': 0.12 * closed + 0.2 * p['tuck'],
        'mouthShrugUpper': 0.1 * closed + 0.08 * p['tuck'],
        'mouthPress': 0.32 * closed,
        'mouthLowerDown': 0.38 * parted * free * (1 - p['tuck']),
        'mouthUpperUp': (0.16 * parted + 0.2 * p['upper'] * (p['aperture'] > 0.03)) * free,
        'tongueOut': 0.06 * np.maximum(0, p['tongue'] - 0.6) * free,
    }


def look(motion, gaze, head):
    """Writes eye directions: gaze less head, the same for both eyes. gaze: [..., 2], head: [..., 6], degrees."""
    yaw = np.clip((gaze[..., 0] - head[..., 0]) / GAZE_YAW_LIMIT_DEG, -1, 1)
    pitch = np.clip((gaze[..., 1] - head[..., 1]) / GAZE_PITCH_LIMIT_DEG, -1, 1)
    left, right, up, down = np.maximum(0, yaw), np.maximum(0, -yaw), np.maximum(0, pitch), np.maximum(0, -pitch)
    for name, value in (('OutLeft', left), ('InRight', left), ('InLeft', right), ('OutRight', right), ('UpLeft', up),
                        ('UpRight', up), ('DownLeft', down), ('DownRight', down)):
        motion[..., INDEX['eyeLook' + name]] = value
    return down


def teach(parameters, prosody, condition, noise, start):
    """parameters: [batch, frames, 9]; prosody: [batch, frames, 2]; condition: [batch, frames, conditionDims];
    noise: [batch, frames, channels]; start: [batch, 3]. Returns motion by CHANNELS, [batch, frames, channels] float32."""
    expression = express(prosody, condition, noise, start)
    felt = expression.feeling @ feeling_table() * (0.75 + 0.5 * expression.arousal[..., None])
    closed = parameters[..., PARAMETERS.index('closure')]
    for name in PARTS_LIPS:
        felt[..., INDEX[name]] *= 1 - closed
    motion = felt
    loud = 0.88 + 0.3 * expression.arousal + expression.feeling @ OPENS_MORE
    for name, value in speak(parameters, loud).items():
        for channel, share in sides(name):
            motion[..., INDEX[channel]] += value * (share if name == 'mouthSmile' else 1)
    for channel, share in sides('browOuterUp'):
        motion[..., INDEX[channel]] += 0.5 * share * expression.brow
    motion[..., INDEX['browInnerUp']] += 0.45 * expression.brow
    down = look(motion, expression.gaze, expression.head)
    for side in ('Left', 'Right'):
        lid = motion[..., INDEX['eyeBlink' + side]] + 0.3 * down
        motion[..., INDEX['eyeBlink' + side]] = lid + (1 - lid) * expression.blink
        motion[..., INDEX['eyeWide' + side]] *= 1 - expression.blink
        motion[..., INDEX['eyeSquint' + side]] += 0.15 * expression.blink
    motion[..., : -len(HEAD)] = np.clip(motion[..., : -len(HEAD)], 0, 1)
    motion[..., -len(HEAD) :] = expression.head
    return motion.astype(np.float32)
