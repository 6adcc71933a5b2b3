"""Which value stands where in a motion frame, by the names of `src/media/motion-space.ts`."""

ARKIT_DRIVEN = (
    'eyeBlinkLeft', 'eyeLookDownLeft', 'eyeLookInLeft', 'eyeLookOutLeft', 'eyeLookUpLeft', 'eyeSquintLeft', 'eyeWideLeft',
    'eyeBlinkRight', 'eyeLookDownRight', 'eyeLookInRight', 'eyeLookOutRight', 'eyeLookUpRight', 'eyeSquintRight', 'eyeWideRight',
    'jawForward', 'jawOpen', 'mouthClose', 'mouthFunnel', 'mouthPucker', 'mouthSmileLeft', 'mouthSmileRight', 'mouthFrownLeft',
    'mouthFrownRight', 'mouthDimpleLeft', 'mouthDimpleRight', 'mouthStretchLeft', 'mouthStretchRight', 'mouthRollLower',
    'mouthRollUpper', 'mouthShrugLower', 'mouthShrugUpper', 'mouthPressLeft', 'mouthPressRight', 'mouthLowerDownLeft',
    'mouthLowerDownRight', 'mouthUpperUpLeft', 'mouthUpperUpRight', 'browDownLeft', 'browDownRight', 'browInnerUp',
    'browOuterUpLeft', 'browOuterUpRight', 'cheekSquintLeft', 'cheekSquintRight', 'noseSneerLeft', 'noseSneerRight', 'tongueOut',
)
"""ARKit shapes that the model drives. The others (jaw and mouth to one side, puffed cheeks) rest at 0."""

HEAD = ('headYaw', 'headPitch', 'headRoll', 'headX', 'headY', 'headDistance')
"""Degrees, degrees, degrees, centimetres, centimetres, ratio to the enrolled portrait."""

CHANNELS = ARKIT_DRIVEN + HEAD
INDEX = {name: index for index, name in enumerate(CHANNELS)}

MOUTH = tuple(name for name in CHANNELS if name.startswith(('jaw', 'mouth', 'tongue')))
"""Channels that speech decides. Chance has almost no part in them."""

FELT_MOUTH = ('jawForward', 'mouthSmileLeft', 'mouthSmileRight', 'mouthFrownLeft', 'mouthFrownRight')
"""Mouth channels that moods move slowly."""

GAZE_YAW_LIMIT_DEG = 20.0
GAZE_PITCH_LIMIT_DEG = 12.0
DISTANCE_SPAN = 0.25

EMOTIONS = ('happy', 'sad', 'angry', 'surprised', 'afraid', 'disgusted', 'neutral')

CONDITION = (
    # name, length with the "given" flag last, dropout in training
    ('gaze', 3, 0.3),
    ('distance', 2, 0.3),
    ('emotion', 8, 0.3),
    ('arousal', 2, 0.3),
    ('audio', 1, 0.1),
    ('context', 1, 0.15),
)


def slices():
    """Returns name -> slice of the condition vector."""
    found, offset = {}, 0
    for name, length, _ in CONDITION:
        found[name] = slice(offset, offset + length)
        offset += length
    return found


CONDITION_DIMS = sum(length for _, length, _ in CONDITION)
