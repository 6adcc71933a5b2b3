import { MOTION_INDEX } from '../motion-space.ts';

/**
 * People who speak keep their lips apart between syllables and open them less at the peaks than the training data does, so
 * the opening (jaw less `mouthClose`) bends: what is added to a small opening, the opening that earns most of it, and how much
 * is kept of a large one. All in the networks' sizes, fitted to the gaps that `visavis measure` reads in people's films.
 */
const APART_JAW = 0.057;
const APART_LOWER_LIP = 0.27;
const APART_UPPER_LIP = 0.22;
const EARNED_AT = 0.033;
const KEPT_JAW = 0.93;
const KEPT_LIP = 0.45;
/** A jaw alone narrows the mouth as it drops. People's corners stay where they are or part, but where lips round. */
const WIDENS = 0.85;
const LIFTS = 2.3;
/** How much of it pucker and funnel take away. */
const PUCKER_NARROWS = 6.5;
const FUNNEL_NARROWS = 3;

const { jawOpen, mouthClose, mouthPucker, mouthFunnel } = MOTION_INDEX;
const LOWER_LIP = [MOTION_INDEX.mouthLowerDownLeft, MOTION_INDEX.mouthLowerDownRight];
const UPPER_LIP = [MOTION_INDEX.mouthUpperUpLeft, MOTION_INDEX.mouthUpperUpRight];
const STRETCH = [MOTION_INDEX.mouthStretchLeft, MOTION_INDEX.mouthStretchRight];
const SMILE = [MOTION_INDEX.mouthSmileLeft, MOTION_INDEX.mouthSmileRight];

/**
 * Opens a mouth as people open theirs, in place. Lips that are closed stay closed.
 * @param speaks - 0..1: whether it is speech that opens the mouth.
 * @param lifts - 0..1: how much the corners may rise; a feeling that is asked for has its own.
 */
export function partLips(motion: Float32Array, speaks: number, lifts: number): void {
  const opening = Math.max(0, motion[jawOpen]! - motion[mouthClose]!);
  const apart = speaks * (1 - Math.exp(-opening / EARNED_AT));
  motion[jawOpen]! += speaks * (KEPT_JAW - 1) * opening + APART_JAW * apart;
  const keptLip = 1 + speaks * (KEPT_LIP - 1);
  for (const index of LOWER_LIP) motion[index] = keptLip * motion[index]! + APART_LOWER_LIP * apart;
  for (const index of UPPER_LIP) motion[index] = keptLip * motion[index]! + APART_UPPER_LIP * apart;
  const rounded = PUCKER_NARROWS * motion[mouthPucker]! + FUNNEL_NARROWS * motion[mouthFunnel]!;
  const spread = opening * Math.max(0, 1 - Math.max(0, rounded));
  for (const index of STRETCH) motion[index]! += WIDENS * spread;
  for (const index of SMILE) motion[index]! += LIFTS * lifts * spread;
}
