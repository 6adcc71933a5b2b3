import { describe, expect, it } from 'vitest';
import type { AppearanceFacts } from '../../../src/media/appearance.ts';
import { ARKIT_DIMS, MOTION_INDEX } from '../../../src/media/motion-space.ts';
import { closeLids } from '../../../src/media/render/lid-seam.ts';

const SCALE_PX_PER_CM = 30;
const UPPER = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const LOWER = [0, 9, 10, 11, 12, 13, 14, 15, 8];

/** Only the right eye is looked at; the left has points of its own that lie on each other. */
const FACTS = {
  pose: { scalePxPerCm: SCALE_PX_PER_CM },
  eyes: {
    right: { upperLid: UPPER, lowerLid: LOWER },
    left: { upperLid: UPPER.map((point) => point + 16), lowerLid: LOWER.map((point) => point + 16) },
  },
} as unknown as AppearanceFacts;

/** An eye 80 px wide whose lids are `gapPx` apart in the middle, turned by `rollDeg`. */
function eye(gapPx: number, rollDeg: number): Float32Array {
  const places = new Float32Array(64);
  const [cos, sin] = [Math.cos((rollDeg * Math.PI) / 180), Math.sin((rollDeg * Math.PI) / 180)];
  for (let row = 0; row <= 8; row++) {
    const arch = 1 - ((row - 4) / 4) ** 2;
    for (const [point, y] of [
      [UPPER[row] ?? 0, (-arch * gapPx) / 2],
      [LOWER[row] ?? 0, (arch * gapPx) / 2],
    ] as const) {
      places[point * 2] = 200 + row * 10 * cos - y * sin;
      places[point * 2 + 1] = 200 + row * 10 * sin + y * cos;
    }
  }
  return places;
}

/** How far the lower lid lies under the upper, across the eye; negative where they overlap. */
function gaps(places: Float32Array, rollDeg: number): number[] {
  const [cos, sin] = [Math.cos((rollDeg * Math.PI) / 180), Math.sin((rollDeg * Math.PI) / 180)];
  const at = (index: number): number => places[index] ?? 0;
  return UPPER.slice(1, 8).map((upper, index) => {
    const lower = LOWER[index + 1] ?? 0;
    return (at(lower * 2 + 1) - at(upper * 2 + 1)) * cos - (at(lower * 2) - at(upper * 2)) * sin;
  });
}

function blinkOf(value: number): Float32Array {
  const weights = new Float32Array(ARKIT_DIMS);
  weights[MOTION_INDEX.eyeBlinkRight] = value;
  return weights;
}

describe('lids that blink', () => {
  it.each([
    [6, 0],
    [6, 20],
    [-5, 0],
    [-5, -20],
  ])('meet along the whole seam, left %f px apart by other shapes at a roll of %f°', (gapPx, rollDeg) => {
    const places = eye(gapPx, rollDeg);
    closeLids(FACTS, blinkOf(1), places);
    for (const gap of gaps(places, rollDeg)) {
      expect(gap).toBeLessThan(0);
      expect(gap).toBeGreaterThan(-2);
    }
  });

  it('keep their opening when half shut, and close without a step', () => {
    const open = eye(20, 0);
    closeLids(FACTS, blinkOf(0.5), open);
    expect(open).toEqual(eye(20, 0));
    let last = 20;
    for (let blink = 0.5; blink <= 1; blink += 0.02) {
      const places = eye(20, 0);
      closeLids(FACTS, blinkOf(blink), places);
      const middle = gaps(places, 0)[3] ?? NaN;
      expect(middle).toBeLessThanOrEqual(last);
      expect(last - middle).toBeLessThan(2.6);
      last = middle;
    }
  });

  it('leave the other eye alone', () => {
    const places = eye(6, 0);
    const before = places.slice(32);
    closeLids(FACTS, blinkOf(1), places);
    expect(places.slice(32)).toEqual(before);
  });
});
