import { describe, expect, it } from 'vitest';
import type { SplitPicture } from '../../../src/media/portrait/plate.ts';
import type { HeadPose } from '../../../src/media/portrait/pose.ts';
import type { SkinTone } from '../../../src/media/portrait/skin-tone.ts';
import { throatHold } from '../../../src/media/portrait/throat.ts';

const SIZE = 128;
const SKIN = [180, 130, 100] as const;
const tone: SkinTone = { colour: SKIN, luma: 410 / 3, tint: [1, 1, 1], colourfulness: 1 };
/** Four pixels to a centimetre, the middle of the head at (64, 20). */
const pose: HeadPose = {
  rotation: Float64Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]),
  pxPerCm: 4,
  originPx: [64, -20, 0],
  yawDeg: 0,
  pitchDeg: 0,
  rollDeg: 0,
  residualCm: 0,
};

/** A neck 48 pixels wide, in the shadow of the chin, down to a white collar in row 80. */
function neck(): SplitPicture {
  const alpha = new Float32Array(SIZE * SIZE);
  const person = new Float32Array(SIZE * SIZE * 3);
  for (let y = 0, at = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, at++) {
      alpha[at] = Math.abs(x - 64) < 24 ? 1 : 0;
      for (let channel = 0; channel < 3; channel++)
        person[at * 3 + channel] = y < 80 ? SKIN[channel]! * (y < 56 ? 0.45 : 0.9) : 240;
    }
  }
  return { alpha, person, plate: { widthPx: 0, heightPx: 0, pixels: new Uint8Array() } };
}

describe('throatHold()', () => {
  const hold = throatHold(neck(), tone, pose);

  it('takes skin along with the jaw, shaded or not, less and less away from it', () => {
    expect(hold(64, 52, 0)).toBeGreaterThan(0.7);
    expect(hold(64, 60, 0)).toBeGreaterThan(0.7);
    expect(hold(64, 60, 2)).toBeLessThan(hold(64, 60, 1));
    expect(hold(64, 70, 6)).toBeLessThan(0.01);
  });

  it('leaves the collar, the cheeks and the edge of the neck where they are', () => {
    expect(hold(64, 90, 0)).toBe(0);
    expect(hold(64, 24, 0)).toBe(0);
    expect(hold(64 + 30, 60, 0)).toBe(0);
    expect(hold(64 + 23, 60, 0)).toBeLessThan(0.3);
  });
});
