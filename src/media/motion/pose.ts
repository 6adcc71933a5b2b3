import { MOTION_INDEX, type MotionChannel } from '../motion-space.ts';

/** What some channels do together, each at its whole size. */
export type Pose = readonly (readonly [MotionChannel, number])[];

/** Adds a share of a pose to a motion frame, in place. */
export function addPose(pose: Pose, share: number, motion: Float32Array): void {
  for (const [channel, value] of pose) motion[MOTION_INDEX[channel]]! += value * share;
}

/** @returns a pose of both sides of the face, `right` being how strongly the person's own right takes part. */
export function bothSides(parts: Readonly<Record<string, number>>, right = 1): Pose {
  return Object.entries(parts).flatMap(([name, value]) => [
    [`${name}Left` as MotionChannel, value] as const,
    [`${name}Right` as MotionChannel, value * right] as const,
  ]);
}
