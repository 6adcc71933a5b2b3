import { GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG, MOTION_INDEX, type MotionChannel } from '../motion-space.ts';

/** How far lids follow a gaze that falls by its whole range: as in the training data. */
const LIDS_FOLLOW = 0.3;

/** Pairs of channels that turn an eye one way and the other: yaw to the person's own left and pitch up come first. */
const YAW_PAIRS = [
  ['eyeLookOutLeft', 'eyeLookInLeft'],
  ['eyeLookInRight', 'eyeLookOutRight'],
] as const;
const PITCH_PAIRS = [
  ['eyeLookUpLeft', 'eyeLookDownLeft', 'eyeBlinkLeft'],
  ['eyeLookUpRight', 'eyeLookDownRight', 'eyeBlinkRight'],
] as const;

/**
 * Turns both eyes in the head, in place, as far as they go: how a look stays where it is while the head turns away
 * from under it (the vestibulo-ocular reflex).
 * @param yawDeg - to the person's own left when positive.
 * @param pitchDeg - up when positive.
 */
export function turnEyes(motion: Float32Array, yawDeg: number, pitchDeg: number): void {
  if (yawDeg !== 0) {
    for (const [left, right] of YAW_PAIRS) turn(motion, left, right, yawDeg / GAZE_YAW_LIMIT_DEG);
  }
  if (pitchDeg === 0) return;
  for (const [up, down, lid] of PITCH_PAIRS) {
    const before = motion[MOTION_INDEX[down]]!;
    turn(motion, up, down, pitchDeg / GAZE_PITCH_LIMIT_DEG);
    motion[MOTION_INDEX[lid]]! += LIDS_FOLLOW * (motion[MOTION_INDEX[down]]! - before);
  }
}

/** Points both eyes, in place: degrees in the head, signs as above, as far as they go. Lids stay. */
export function lookAt(motion: Float32Array, yawDeg: number, pitchDeg: number): void {
  for (const [left, right] of YAW_PAIRS) point(motion, left, right, yawDeg / GAZE_YAW_LIMIT_DEG);
  for (const [up, down] of PITCH_PAIRS) point(motion, up, down, pitchDeg / GAZE_PITCH_LIMIT_DEG);
}

function turn(motion: Float32Array, positive: MotionChannel, negative: MotionChannel, by: number): void {
  point(motion, positive, negative, motion[MOTION_INDEX[positive]]! - motion[MOTION_INDEX[negative]]! + by);
}

function point(motion: Float32Array, positive: MotionChannel, negative: MotionChannel, at: number): void {
  const turned = Math.max(-1, Math.min(1, at));
  motion[MOTION_INDEX[positive]] = Math.max(0, turned);
  motion[MOTION_INDEX[negative]] = Math.max(0, -turned);
}
