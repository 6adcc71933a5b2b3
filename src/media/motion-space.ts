/**
 * The contract between the motion generator and every face codec: which value stands where in a motion frame.
 *
 * A motion frame is a `Float32Array` of `MOTION_DIMS` values: 52 ARKit blend-shape coefficients (0..1, Apple's names
 * and Apple's order: left is the person's own left), then the head. Gaze lives in the eight `eyeLook…` coefficients.
 */

export const ARKIT_SHAPES = [
  'eyeBlinkLeft',
  'eyeLookDownLeft',
  'eyeLookInLeft',
  'eyeLookOutLeft',
  'eyeLookUpLeft',
  'eyeSquintLeft',
  'eyeWideLeft',
  'eyeBlinkRight',
  'eyeLookDownRight',
  'eyeLookInRight',
  'eyeLookOutRight',
  'eyeLookUpRight',
  'eyeSquintRight',
  'eyeWideRight',
  'jawForward',
  'jawLeft',
  'jawRight',
  'jawOpen',
  'mouthClose',
  'mouthFunnel',
  'mouthPucker',
  'mouthLeft',
  'mouthRight',
  'mouthSmileLeft',
  'mouthSmileRight',
  'mouthFrownLeft',
  'mouthFrownRight',
  'mouthDimpleLeft',
  'mouthDimpleRight',
  'mouthStretchLeft',
  'mouthStretchRight',
  'mouthRollLower',
  'mouthRollUpper',
  'mouthShrugLower',
  'mouthShrugUpper',
  'mouthPressLeft',
  'mouthPressRight',
  'mouthLowerDownLeft',
  'mouthLowerDownRight',
  'mouthUpperUpLeft',
  'mouthUpperUpRight',
  'browDownLeft',
  'browDownRight',
  'browInnerUp',
  'browOuterUpLeft',
  'browOuterUpRight',
  'cheekPuff',
  'cheekSquintLeft',
  'cheekSquintRight',
  'noseSneerLeft',
  'noseSneerRight',
  'tongueOut',
] as const;

/**
 * Rigid head motion relative to the enrolled portrait. Yaw turns to the person's own left when positive, pitch looks
 * up when positive, roll tilts to the person's own left shoulder when positive (degrees). `headX` moves to the
 * person's own left and `headY` up (centimetres); `headDistance` is a ratio, 1 as enrolled, 2 twice as far away.
 */
export const HEAD_CHANNELS = ['headYaw', 'headPitch', 'headRoll', 'headX', 'headY', 'headDistance'] as const;

export const MOTION_CHANNELS = [...ARKIT_SHAPES, ...HEAD_CHANNELS] as const;

export type ArkitShape = (typeof ARKIT_SHAPES)[number];
export type HeadChannel = (typeof HEAD_CHANNELS)[number];
export type MotionChannel = (typeof MOTION_CHANNELS)[number];

export const ARKIT_DIMS = ARKIT_SHAPES.length;
export const MOTION_DIMS = MOTION_CHANNELS.length;

/** Where each channel stands in a motion frame: `frame[MOTION_INDEX.jawOpen]`. */
export const MOTION_INDEX = Object.fromEntries(MOTION_CHANNELS.map((channel, index) => [channel, index])) as Readonly<
  Record<MotionChannel, number>
>;

/** Degrees of eye rotation at coefficient 1: ±20° to the side, ±12° up and down. */
export const GAZE_YAW_LIMIT_DEG = 20;
export const GAZE_PITCH_LIMIT_DEG = 12;

/** @returns a new motion frame of the enrolled portrait at rest: all zeros, distance ratio 1. */
export function restMotion(): Float32Array {
  const motion = new Float32Array(MOTION_DIMS);
  motion[MOTION_INDEX.headDistance] = 1;
  return motion;
}
