import { describe, expect, it } from 'vitest';
import { spareBrows } from '../../../src/media/portrait/spare-brows.ts';

const SIZE = 128;
const CM = 10;
const Y = 60;
/** Upper and lower edge of the person's right brow, and of the left one. */
const EDGES = [
  [70, 63, 105, 66, 107, 46, 53, 52, 65, 55],
  [336, 296, 334, 293, 300, 285, 295, 282, 283, 276],
] as const;

/** A face of which the brows look like hair, with hair over the right one down to a row. */
function likelyHair(fringeEnds: number): { likely: Float32Array; landmarks: Float32Array } {
  const landmarks = new Float32Array(478 * 3);
  EDGES.forEach((points, side) => {
    points.forEach((point, index) => {
      const x = 16 + 56 * side + 10 * (index % 5);
      landmarks.set([2 * x, 2 * (Y + (index < 5 ? -2 : 2)), 0], point * 3);
    });
  });
  const likely = new Float32Array(SIZE * SIZE);
  for (let x = 0; x < SIZE; x++) {
    for (let y = Y - 2; y <= Y + 2; y++) likely[y * SIZE + x] = 1;
    if (x < 64) for (let y = 0; y < fringeEnds; y++) likely[y * SIZE + x] = 1;
  }
  return { likely, landmarks };
}

describe('spareBrows()', () => {
  it('leaves brows to the skin where skin is above them', () => {
    const { likely, landmarks } = likelyHair(40);
    spareBrows(likely, SIZE, landmarks, 2, CM);
    expect(likely[Y * SIZE + 36]).toBe(0);
    expect(likely[Y * SIZE + 92]).toBe(0);
    expect(likely[20 * SIZE + 36]).toBe(1);
  });

  it('leaves a brow under a fringe to the hair', () => {
    const { likely, landmarks } = likelyHair(Y);
    spareBrows(likely, SIZE, landmarks, 2, CM);
    expect(likely[Y * SIZE + 36]).toBe(1);
    expect(likely[Y * SIZE + 92]).toBe(0);
  });
});
