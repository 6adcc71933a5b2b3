"""The non-verbal part of the teacher: head, eyes, lids, brows and feeling, in speaking, listening and idling alike.

Every chance is drawn from one unit normal number per frame and channel: the very numbers that flow matching pairs with
the motion as its noise. So the transformer can learn what a chance leads to, and one sampling step keeps the variety.

Anchors: blinks 17/min at rest and 26/min in conversation (Bentivoglio et al. 1997); blinks cluster at the ends of
phrases (Nakano and Kitazawa 2010); fixations of about 1 s in conversation, head turns follow gaze with a share of about
0.4 (Freedman 2008); head pitch and brows follow accents (Graf et al. 2002); head motion of talkers has standard
deviations of a few degrees, most of it below 2 Hz (Hadar et al. 1983); breathing 12-18/min.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from training.motion.channels import DISTANCE_SPAN, GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG, HEAD, INDEX, slices

FRAME_S = 0.02
AT = slices()

CHANCES = {
    # what is drawn: the channel whose noise draws it
    'posture yaw': 'eyeLookInRight', 'posture pitch': 'eyeLookUpRight', 'posture roll': 'eyeLookOutRight',
    'blink': 'eyeBlinkLeft', 'fixation': 'eyeLookInLeft', 'fixation yaw': 'eyeLookOutLeft', 'fixation pitch': 'eyeLookUpLeft',
}

SPRING_RATE = np.array([5.0, 5.5, 4.5, 3.5, 3.5, 3.0])  # rad/s by HEAD
SPRING_DAMPING = 0.85
FORCE_MEMORY_S = 0.15
FORCE_SIZE = np.array([5.0, 4.3, 3.2, 0.45, 0.15, 0.012])  # degrees, centimetres, ratio: the spread of the moving target
POSTURE_MEMORY_S = 3.0
POSTURE_SIZE = np.array([2.6, 1.4, 1.5])  # degrees
NOD_DEG = 16.0  # target pitch per unit of accent
HEAD_SHARE = 0.4
ACCENT_SEEN = 0.12  # brows answer stronger accents only
BREATH_HZ, BREATH_CM = 0.26, 0.12

BLINK_SHAPE = np.array([0.3, 0.85, 1.0, 0.95, 0.7, 0.45, 0.25, 0.1])
BLINK_REFRACTORY_FRAMES = 18
BLINK_RATE, BLINK_RATE_WHEN_TALKING, BLINK_RATE_AT_PHRASE_END = 0.27, 0.39, 1.2  # a second
FIXATION_RATE = 0.8  # a second
FIXATION_FREE_DEG, FIXATION_HELD_DEG = np.array([4.0, 2.0]), np.array([0.5, 0.4])
SACCADE_PART = 0.6  # of the way left, in one frame: 10 degrees take about 60 ms (Bahill et al. 1975)
EASE_S = 0.35  # feelings come and go over this time
CALM_DEFAULT = 0.4


@dataclass
class Expression:
    head: np.ndarray  # [batch, frames, 6] by HEAD
    gaze: np.ndarray  # [batch, frames, 2] yaw and pitch in degrees, eyes and head together
    blink: np.ndarray  # [batch, frames]
    brow: np.ndarray  # [batch, frames] raise on accents
    feeling: np.ndarray  # [batch, frames, 7] by channels.EMOTIONS, eased
    arousal: np.ndarray  # [batch, frames], eased


HEAD_OF_FEELING = np.array([
    # yaw, pitch, roll, x, y, distance
    [0, 1.0, 1.5, 0, 0, -0.01],  # happy
    [0, -5.0, 1.0, 0, -0.3, 0.01],  # sad
    [0, -2.5, 0, 0, 0, -0.04],  # angry
    [0, 2.5, 0, 0, 0.2, 0.02],  # surprised
    [0, 1.5, -1.0, 0, 0.1, 0.05],  # afraid
    [1.5, 1.5, -1.5, 0, 0, 0.03],  # disgusted
    [0, 0, 0, 0, 0, 0],  # neutral
])
LIVELINESS_OF_FEELING = np.array([0.35, -0.4, 0.3, 0.1, -0.1, -0.1, 0])


def follow(value, target, seconds):
    return value + (target - value) * (FRAME_S / seconds)


def express(prosody, condition, noise, start):
    """prosody: [batch, frames, 2] speaking and accent; condition: [batch, frames, conditionDims];
    noise: [batch, frames, channels] unit normal; start: [batch, 3] unit normal (posture, breath at the first frame)."""
    batch, frames, _ = prosody.shape
    draw = {name: noise[:, :, INDEX[channel]] for name, channel in CHANCES.items()}
    force_draw = noise[:, :, [INDEX[name] for name in HEAD]]
    posture_draw = np.stack([draw['posture yaw'], draw['posture pitch'], draw['posture roll']], -1)
    gaze_given, gaze_asked = condition[..., AT['gaze']][..., 2:], condition[..., AT['gaze']][..., :2] * [GAZE_YAW_LIMIT_DEG, GAZE_PITCH_LIMIT_DEG]
    gaze_asked = gaze_asked * gaze_given
    distance = 1 + condition[..., AT['distance']][..., 0] * DISTANCE_SPAN * condition[..., AT['distance']][..., 1]
    strength = condition[..., AT['emotion']][..., :7] * condition[..., AT['emotion']][..., 7:]
    arousal_asked = np.where(condition[..., AT['arousal']][..., 1] > 0, condition[..., AT['arousal']][..., 0], CALM_DEFAULT)

    head, velocity, force = np.zeros((batch, 6)), np.zeros((batch, 6)), np.zeros((batch, 6))
    posture = start * POSTURE_SIZE
    head[:, :3], head[:, 5] = posture, distance[:, 0]
    head[:, :2] += HEAD_SHARE * gaze_asked[:, 0]
    feeling, arousal = strength[:, 0].copy(), arousal_asked[:, 0].copy()
    fixation, gaze = np.zeros((batch, 2)), gaze_asked[:, 0].copy()
    blink_age, brow = np.full(batch, 99), np.zeros(batch)
    breath, was_speaking = start[:, 0] * 9, prosody[:, 0, 0]
    keep_force, keep_posture = np.exp(-FRAME_S / FORCE_MEMORY_S), np.exp(-FRAME_S / POSTURE_MEMORY_S)
    out = Expression(*(np.zeros((batch, frames, *tail)) for tail in ((6,), (2,), (), (), (7,), ())))
    for t in range(frames):
        speaking, accent = prosody[:, t, 0], prosody[:, t, 1]
        feeling, arousal = follow(feeling, strength[:, t], EASE_S), follow(arousal, arousal_asked[:, t], EASE_S)
        lively = np.clip((0.5 + arousal) * (1 + feeling @ LIVELINESS_OF_FEELING), 0.2, 2)

        blink_age += 1
        ending = np.maximum(0, was_speaking - speaking) * 10
        was_speaking = follow(was_speaking, speaking, 0.1)
        rate = BLINK_RATE + (BLINK_RATE_WHEN_TALKING - BLINK_RATE) * speaking + BLINK_RATE_AT_PHRASE_END * np.minimum(1, ending)
        starts = (draw['blink'][:, t] > norm.isf(rate * FRAME_S)) & (blink_age > BLINK_REFRACTORY_FRAMES)
        blink_age[starts] = 0
        out.blink[:, t] = np.where(blink_age < len(BLINK_SHAPE), BLINK_SHAPE[np.minimum(blink_age, len(BLINK_SHAPE) - 1)], 0)

        jump = draw['fixation'][:, t] > norm.isf(FIXATION_RATE * FRAME_S)
        reach = np.where(gaze_given[:, t] > 0, FIXATION_HELD_DEG, FIXATION_FREE_DEG)
        landing = np.stack([draw['fixation yaw'][:, t], draw['fixation pitch'][:, t]], -1) * reach
        held = np.abs(fixation) > 3 * reach  # the look wandered before a target was given
        fixation = np.where(jump[:, None] | held, landing, fixation)
        gaze = gaze + SACCADE_PART * (gaze_asked[:, t] + fixation - gaze)

        posture = keep_posture * posture + np.sqrt(1 - keep_posture**2) * posture_draw[:, t] * POSTURE_SIZE
        force = keep_force * force + np.sqrt(1 - keep_force**2) * force_draw[:, t] * FORCE_SIZE
        breath = breath + 2 * np.pi * BREATH_HZ * FRAME_S
        target = (0.35 + 0.65 * speaking)[:, None] * lively[:, None] * force + feeling @ HEAD_OF_FEELING
        target[:, :3] += posture
        target[:, :2] += HEAD_SHARE * gaze_asked[:, t]
        target[:, 1] -= NOD_DEG * accent * lively
        target[:, 3] += 0.05 * head[:, 0] + 0.12 * head[:, 2]
        target[:, 4] += 0.06 * head[:, 1] + BREATH_CM * np.sin(breath)
        target[:, 5] += distance[:, t] - 0.02 * (arousal - CALM_DEFAULT)
        velocity = velocity + FRAME_S * (SPRING_RATE**2 * (target - head) - 2 * SPRING_DAMPING * SPRING_RATE * velocity)
        head = head + FRAME_S * velocity

        brow = follow(brow, np.clip(3 * (accent - ACCENT_SEEN) * lively, 0, 1), 0.12)
        out.head[:, t], out.gaze[:, t], out.brow[:, t] = head, gaze, brow
        out.feeling[:, t], out.arousal[:, t] = feeling, arousal
    return out
