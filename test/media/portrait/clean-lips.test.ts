import { describe, expect, it } from 'vitest';
import { cleanLips } from '../../../src/media/portrait/clean-lips.ts';
import { LIP_INNER_LOWER, LIP_INNER_UPPER } from '../../../src/media/portrait/landmark-groups.ts';
import type { HeadPose } from '../../../src/media/portrait/pose.ts';

const SIZE = 120;
const POSE = { pxPerCm: 20 } as HeadPose;
const LIP = [190, 110, 100] as const;
const DARK = [40, 25, 20] as const;
const TEETH = [240, 235, 220] as const;
const MIDDLE = 60;

/** Lips without anything between them, their landmarks open by `gapPx`. */
function lips(gapPx: number): { colours: Float32Array; landmarks: Float32Array } {
  const landmarks = new Float32Array(478 * 3);
  const put = (point: number, x: number, y: number): void => {
    landmarks.set([x, y], point * 3);
  };
  for (let index = 0; index <= 10; index++) {
    const along = index / 5 - 1;
    const half = (gapPx / 2) * (1 - along * along);
    put(LIP_INNER_LOWER[index]!, MIDDLE + 40 * along, MIDDLE + half);
    put(LIP_INNER_UPPER[index]!, MIDDLE + 40 * along, MIDDLE - half);
  }
  put(61, MIDDLE - 46, MIDDLE);
  put(291, MIDDLE + 46, MIDDLE);
  const colours = new Float32Array(SIZE * SIZE * 3);
  for (let at = 0; at < colours.length; at += 3) colours.set(LIP, at);
  return { colours, landmarks };
}

describe('cleanLips()', () => {
  it.each([-3, 0, 3])('takes the dark line away when it lies %i px beside the landmarks', (aside) => {
    const { colours, landmarks } = lips(0);
    for (let x = 22; x < 98; x++) {
      for (const y of [MIDDLE - 1, MIDDLE]) colours.set(DARK, ((y + aside) * SIZE + x) * 3);
    }
    cleanLips(colours, landmarks, POSE, SIZE);
    for (let y = 50; y < 70; y++) {
      for (let x = 30; x < 90; x++) expect(colours[(y * SIZE + x) * 3]).toBeGreaterThan(LIP[0] - 12);
    }
  });

  it('takes teeth away and leaves the lips as they are', () => {
    const { colours, landmarks } = lips(10);
    for (let y = MIDDLE - 3; y <= MIDDLE + 3; y++) {
      for (let x = 30; x < 90; x++) colours.set(TEETH, (y * SIZE + x) * 3);
    }
    const before = colours.slice();
    cleanLips(colours, landmarks, POSE, SIZE);
    for (let x = 40; x < 80; x++) expect(colours[(MIDDLE * SIZE + x) * 3 + 1]).toBeLessThan(LIP[1] + 10);
    for (const y of [MIDDLE - 14, MIDDLE + 14]) {
      for (let x = 30; x < 90; x++) expect(colours[(y * SIZE + x) * 3]).toBe(before[(y * SIZE + x) * 3]);
    }
  });
});
