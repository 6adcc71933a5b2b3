import { ARKIT_DIMS, ARKIT_SHAPES, type ArkitShape } from '../motion-space.ts';

/**
 * The unit of each coefficient that the motion network makes, in ARKit's units. The network learned on the sizes of an
 * earlier rig and of a teacher that hardly moved lips and corners, so these are fitted: films drawn with them and read back
 * by `bench/life.ts` move as far as those of people do, in the median. What is not named here is the same in both.
 */
const SIZES: Readonly<Partial<Record<ArkitShape, number>>> = {
  jawForward: 0.77,
  jawLeft: 0.85,
  jawRight: 0.85,
  jawOpen: 0.9,
  // As the jaw's, or lips that the network closes would part again.
  mouthClose: 0.9,
  mouthFunnel: 1.2,
  // The earlier rig narrowed the mouth where people push their lips forward.
  mouthPucker: 2.3,
  mouthLeft: 0.45,
  mouthRight: 0.45,
  mouthSmileLeft: 0.87,
  mouthSmileRight: 0.87,
  mouthFrownLeft: 0.95,
  mouthFrownRight: 0.95,
  mouthDimpleLeft: 0.68,
  mouthDimpleRight: 0.68,
  mouthStretchLeft: 2.2,
  mouthStretchRight: 2.2,
  mouthRollLower: 0.38,
  mouthRollUpper: 0.55,
  mouthShrugLower: 0.43,
  mouthShrugUpper: 0.55,
  mouthPressLeft: 0.35,
  mouthPressRight: 0.35,
  mouthLowerDownLeft: 1.6,
  mouthLowerDownRight: 1.6,
  mouthUpperUpLeft: 1.3,
  mouthUpperUpRight: 1.3,
  browDownLeft: 0.75,
  browDownRight: 0.75,
  browInnerUp: 0.7,
  browOuterUpLeft: 0.62,
  browOuterUpRight: 0.62,
  cheekPuff: 0.35,
  cheekSquintLeft: 0.45,
  cheekSquintRight: 0.45,
  noseSneerLeft: 0.25,
  noseSneerRight: 0.25,
};

/** `[ARKIT_DIMS]`: ARKit coefficient over network coefficient. */
export const CHANNEL_SIZES: readonly number[] = ARKIT_SHAPES.map((shape) => SIZES[shape] ?? 1);

/** Turns the network's coefficients into ARKit's, in place; head and distance have units of their own. */
export function toArkitSizes(motion: Float32Array): void {
  for (let index = 0; index < ARKIT_DIMS; index++) motion[index]! *= CHANNEL_SIZES[index]!;
}
