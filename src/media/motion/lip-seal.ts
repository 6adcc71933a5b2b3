import { MOTION_INDEX } from '../motion-space.ts';

/** What the lips do at a whole p, b or m in the training data: both are small, and only together do they mean a closure. */
const WHOLE_ROLL = 0.18;
const WHOLE_PRESS = 0.32;
/** Less than this share of a closure is chance, more than that is meant. */
const CHANCE = 0.35;
const MEANT = 0.75;

const { jawOpen, mouthClose, mouthRollUpper, mouthPressLeft, mouthPressRight } = MOTION_INDEX;
const PARTING = [
  MOTION_INDEX.mouthLowerDownLeft,
  MOTION_INDEX.mouthLowerDownRight,
  MOTION_INDEX.mouthUpperUpLeft,
  MOTION_INDEX.mouthUpperUpRight,
];

/**
 * Lips that roll in and press touch: closes what gap is left between them, in place. A network's closures come out a
 * little soft, most of all under a feeling that opens the mouth, and a p that does not close is seen at once.
 */
export function sealLips(motion: Float32Array): void {
  const seal = closureOf(motion);
  if (seal === 0) return;
  motion[mouthClose]! += seal * Math.max(0, motion[jawOpen]! - motion[mouthClose]!);
  for (const index of PARTING) motion[index] = motion[index]! * (1 - seal);
}

/** @returns 0..1: how far a sound closes the lips, as the networks mean it. */
export function closureOf(motion: Float32Array): number {
  const share = Math.max(0, Math.min(1, (closingOf(motion) - CHANCE) / (MEANT - CHANCE)));
  return share * share * (3 - 2 * share);
}

/** @returns how far the lips have rolled in and press: 1 at a whole closure, less than a third by chance. */
export function closingOf(motion: Float32Array): number {
  const press = (motion[mouthPressLeft]! + motion[mouthPressRight]!) / 2;
  return Math.min(motion[mouthRollUpper]! / WHOLE_ROLL, press / WHOLE_PRESS);
}
