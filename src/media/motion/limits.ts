import { ARKIT_DIMS, HEAD_CHANNELS, MOTION_INDEX, type HeadChannel } from '../motion-space.ts';

/** Half of each range, around rest: what a drawn head can do before the picture gives it away. */
const HEAD_RANGE: Readonly<Record<HeadChannel, number>> = {
  headYaw: 28,
  headPitch: 20,
  headRoll: 18,
  headX: 5,
  headY: 4,
  headDistance: 0.3,
};
/** Up to here a limit is not felt; beyond, it bends without a corner. */
const KNEE = 0.7;

/**
 * Makes any motion frame one that can be drawn, in place: coefficients within 0..1, the head softly within its range,
 * and where there is no number, rest.
 */
export function limit(motion: Float32Array): void {
  for (let index = 0; index < ARKIT_DIMS; index++) {
    const value = motion[index]!;
    // Written so that NaN becomes 0.
    motion[index] = value > 0 ? Math.min(value, 1) : 0;
  }
  for (const channel of HEAD_CHANNELS) {
    const index = MOTION_INDEX[channel];
    const rest = channel === 'headDistance' ? 1 : 0;
    const offset = motion[index]! - rest;
    motion[index] = Number.isFinite(offset) ? rest + softly(offset, HEAD_RANGE[channel]) : rest;
  }
}

/** @returns `value` bent so that it stays within ±`range`; the same below the knee, and smooth there. */
function softly(value: number, range: number): number {
  const size = Math.abs(value) / range;
  if (size <= KNEE) return value;
  const bent = KNEE + (1 - KNEE) * Math.tanh((size - KNEE) / (1 - KNEE));
  return Math.sign(value) * range * bent;
}
