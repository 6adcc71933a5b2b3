import { expect, it } from 'vitest';
import type { PortraitAnalysis } from '../../../src/media/portrait/analysis.ts';
import { narrowedAtSkin } from '../../../src/media/portrait/skin-edges.ts';

const SIZE = 64;
const SKIN = [210, 165, 140] as const;
const WALL = [150, 180, 220] as const;
const RIM = [255, 255, 250] as const;

/** Skin up to column 32, then three columns of something that the matte takes for the person, then a wall. */
function edgeOf(between: readonly number[]): Float32Array {
  const colours = new Float32Array(SIZE * SIZE * 3);
  const plate = new Float32Array(SIZE * SIZE * 3);
  for (let at = 0; at < SIZE * SIZE; at++) {
    const x = at % SIZE;
    colours.set(x < 32 ? SKIN : x < 35 ? between : WALL, at * 3);
    plate.set(WALL, at * 3);
  }
  const alpha = Float32Array.from({ length: SIZE * SIZE }, (_, at) => (at % SIZE < 35 ? 1 : 0));
  const rgba = new Uint8Array(SIZE * SIZE * 4).fill(255);
  for (let at = 0; at < SIZE * SIZE; at++) rgba.set(SKIN, at * 4);
  const landmarks = new Float32Array(478 * 3).fill(16);
  const analysis = {
    sizePx: SIZE,
    rgba,
    landmarks,
    pose: { pxPerCm: 20, originPx: [32, -32, 0], rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
  } as unknown as PortraitAnalysis;
  return narrowedAtSkin(analysis, alpha, colours, plate);
}

it('takes background out of the edge of skin, and leaves skin and a rim light', () => {
  const wall = edgeOf(WALL);
  expect(wall[32 * SIZE + 33]).toBeLessThan(0.05);
  expect(wall[32 * SIZE + 30]).toBe(1);
  expect(edgeOf(RIM)[32 * SIZE + 33]).toBeGreaterThan(0.9);
});
