import { smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts } from '../appearance.ts';
import { MOTION_INDEX } from '../motion-space.ts';

/** Lids that are shut lie over each other by this much, cm. */
const OVERLAP_CM = 0.06;
/** The upper lid does more of the way than the lower. */
const UPPER_SHARE = 0.6;
/** Blink coefficients between which lids come to be shut for certain. */
const CLOSING = 0.65;
const CLOSED = 0.95;
const BLINK = { Left: MOTION_INDEX.eyeBlinkLeft, Right: MOTION_INDEX.eyeBlinkRight } as const;

/**
 * Brings the edges of lids that blink together all along the seam, whatever a smile, a squint or a turned head did to
 * the sum of shapes.
 * @param places - `[v, 2]` pixels of the picture, changed in place.
 */
export function closeLids(facts: AppearanceFacts, weights: Float32Array, places: Float32Array): void {
  closeEye(facts, 'Right', weights, places);
  closeEye(facts, 'Left', weights, places);
}

function closeEye(facts: AppearanceFacts, side: 'Left' | 'Right', weights: Float32Array, places: Float32Array): void {
  const { lowerLid, upperLid } = side === 'Left' ? facts.eyes.left : facts.eyes.right;
  const overlap = OVERLAP_CM * facts.pose.scalePxPerCm;
  const shut = smoothstep(CLOSING, CLOSED, weights[BLINK[side]]!);
  if (shut === 0) return;
  // Along a line from corner to corner the edges keep what is between them; across it they meet.
  const from = upperLid[0]! * 2;
  const to = upperLid[8]! * 2;
  let acrossX = places[from + 1]! - places[to + 1]!;
  let acrossY = places[to]! - places[from]!;
  const length = Math.sqrt(acrossX * acrossX + acrossY * acrossY) || 1;
  const sign = acrossY < 0 ? -1 : 1;
  acrossX *= sign / length;
  acrossY *= sign / length;
  for (let row = 1; row < 8; row++) {
    const upper = upperLid[row]! * 2;
    const lower = lowerLid[row]! * 2;
    const gap = (places[lower]! - places[upper]!) * acrossX + (places[lower + 1]! - places[upper + 1]!) * acrossY;
    const change = shut * (gap + overlap);
    places[upper]! += UPPER_SHARE * change * acrossX;
    places[upper + 1]! += UPPER_SHARE * change * acrossY;
    places[lower]! -= (1 - UPPER_SHARE) * change * acrossX;
    places[lower + 1]! -= (1 - UPPER_SHARE) * change * acrossY;
  }
}
