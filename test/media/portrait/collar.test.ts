import { expect, it } from 'vitest';
import { collarAtJaw } from '../../../src/media/portrait/collar.ts';
import { FACE_OVAL } from '../../../src/media/portrait/landmark-groups.ts';
import type { HeadPose } from '../../../src/media/portrait/pose.ts';
import type { SkinTone } from '../../../src/media/portrait/skin-tone.ts';

const SIZE = 128;
const tone: SkinTone = { colour: [180, 130, 100], luma: 137, tint: [1, 1, 1], colourfulness: 1 };
/** Eight pixels to a centimetre, the middle of the head at (64, 30). */
const pose: HeadPose = {
  rotation: Float64Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]),
  pxPerCm: 8,
  originPx: [64, -30, 0],
  yawDeg: 0,
  pitchDeg: 0,
  rollDeg: 0,
  residualCm: 0,
};

it('a collar that touches the jaw belongs to the body, a rim of light on the jaw to the face', () => {
  const landmarks = new Float32Array(478 * 3);
  FACE_OVAL.forEach((point, index) => {
    const angle = (2 * Math.PI * index) / FACE_OVAL.length;
    landmarks[point * 3] = 64 + 34 * Math.sin(angle);
    landmarks[point * 3 + 1] = 50 - 44 * Math.cos(angle);
  });
  const alpha = new Float32Array(SIZE * SIZE);
  const person = new Float32Array(SIZE * SIZE * 3);
  const within = (x: number, y: number, by: number): boolean =>
    ((x - 64) / (34 + by)) ** 2 + ((y - 50) / (44 + by)) ** 2 < 1;
  for (let y = 0, at = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, at++) {
      const collar = x > 74 && y > 72 && !within(x, y, -3);
      const rim = x < 64 && within(x, y, 0) && !within(x, y, -3);
      alpha[at] = within(x, y, 0) || collar ? 1 : 0;
      for (let channel = 0; channel < 3; channel++)
        person[at * 3 + channel] = collar || rim ? 240 : tone.colour[channel]!;
    }
  }
  const plate = { widthPx: 0, heightPx: 0, pixels: new Uint8Array() };
  const collars = collarAtJaw({ alpha, person, plate }, landmarks, tone, pose);
  const at = (angle: number, by: number): number =>
    collars[Math.round(50 - (44 + by) * Math.cos(angle)) * SIZE + Math.round(64 + (34 + by) * Math.sin(angle))]!;
  expect(at(2.4, 4)).toBe(1);
  expect(at(2.4, -1)).toBe(1);
  expect(at(2.4, -7)).toBe(0);
  expect(at(-2.4, -1)).toBe(0);
});
