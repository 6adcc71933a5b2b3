import { describe, expect, it } from 'vitest';
import { measureFaceLight } from '../../../src/media/portrait/face-light.ts';
import { likeness, type FaceTexture } from '../../../src/media/portrait/face-likeness.ts';
import { SteadinessMeter } from '../../../src/media/portrait/frame-steadiness.ts';
import { guidedFilter } from '../../../src/media/portrait/guided-filter.ts';
import { boxBlur } from '../../../src/media/portrait/inpaint.ts';
import { keepPersonOf } from '../../../src/media/portrait/matte-islands.ts';

const SIDE = 64;

function rgbaOf(value: (x: number, y: number) => number): Uint8Array {
  const rgba = new Uint8Array(SIDE * SIDE * 4).fill(255);
  for (let at = 0; at < SIDE * SIDE; at++) rgba.fill(value(at % SIDE, Math.floor(at / SIDE)), 4 * at, 4 * at + 3);
  return rgba;
}

/** All points in the middle, but for the corners of the eyes. */
function landmarksAt(x: number, y: number): Float32Array {
  const landmarks = new Float32Array(478 * 3);
  for (let at = 0; at < landmarks.length; at += 3) landmarks.set([x, y, 0], at);
  landmarks[33 * 3] = x - 6;
  landmarks[263 * 3] = x + 6;
  return landmarks;
}

describe('guidedFilter()', () => {
  it.each([SIDE, SIDE / 2])('moves a blurred edge to where the picture has its own (at %i pixels)', (reduced) => {
    const picture = rgbaOf((x) => (x < 32 ? 30 : 220));
    const matte = Float32Array.from({ length: SIDE * SIDE }, (_, at) =>
      Math.max(0, Math.min(1, ((at % SIDE) - 26) / 12)),
    );
    const refined = guidedFilter(picture, matte, SIDE, reduced, { radiusPx: 6, epsilon: 1e-4 });
    const row = refined.subarray(30 * SIDE, 31 * SIDE);
    expect(row[28]).toBeLessThan(0.25);
    expect(row[36]).toBeGreaterThan(0.75);
    expect((row[33] ?? 0) - (row[30] ?? 0)).toBeGreaterThan(0.5);
  });

  it('leaves a matte without edges alone', () => {
    const refined = guidedFilter(
      rgbaOf((x, y) => (x * 7 + y * 13) % 200),
      new Float32Array(SIDE * SIDE).fill(1),
      SIDE,
      SIDE,
      {
        radiusPx: 4,
        epsilon: 1e-4,
      },
    );
    for (const value of refined) expect(value).toBeCloseTo(1, 3);
  });
});

describe('boxBlur()', () => {
  it('is the mean of the window, cut at the edge', () => {
    const plane = Float32Array.from({ length: 25 }, (_, at) => at);
    const blurred = boxBlur(plane, 5, 5, 1);
    expect(blurred[12]).toBeCloseTo(12, 5);
    expect(blurred[0]).toBeCloseTo((0 + 1 + 5 + 6) / 4, 5);
    expect(blurred[24]).toBeCloseTo((18 + 19 + 23 + 24) / 4, 5);
    expect(boxBlur(plane, 5, 5, 9)[7]).toBeCloseTo(12, 4);
  });
});

describe('keepPersonOf()', () => {
  it('removes what does not hang together with the face, and keeps its soft edge', () => {
    const matte = new Uint8Array(SIDE * SIDE);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        if (x > 5 && x < 30) matte[y * SIDE + x] = 255;
        if (x === 30) matte[y * SIDE + x] = 60;
        if (x > 50) matte[y * SIDE + x] = 255;
      }
    }
    keepPersonOf(matte, SIDE, landmarksAt(18, 32));
    expect(matte[32 * SIDE + 18]).toBe(255);
    expect(matte[32 * SIDE + 30]).toBe(60);
    expect(matte[32 * SIDE + 55]).toBe(0);
  });
});

describe('measureFaceLight()', () => {
  it('measures inside the outline alone', () => {
    const landmarks = new Float32Array(478 * 3);
    const square = [1, 2, 3, 4];
    [
      [16, 16],
      [48, 16],
      [48, 48],
      [16, 48],
    ].forEach(([x = 0, y = 0], index) => {
      landmarks.set([x, y, 0], 3 * (square[index] ?? 0));
    });
    const rgba = rgbaOf((x, y) => (x < 16 || x >= 48 || y < 16 || y >= 48 ? 255 : x < 32 ? 50 : 90));
    const light = measureFaceLight({ widthPx: SIDE, heightPx: SIDE, rgba }, landmarks, square, 1);
    expect(light.luma).toBeCloseTo(70, 0);
    expect(light.contrast).toBe(40);
  });
});

describe('likeness()', () => {
  it('is one for the same face in another light and less for another', () => {
    const texture = (value: (at: number) => number): FaceTexture => ({
      colours: Float32Array.from({ length: 300 }, (_, at) => value(Math.floor(at / 3))),
      visible: new Uint8Array(100).fill(1),
    });
    const face = texture((at) => 100 + 50 * Math.sin(at));
    expect(
      likeness(
        face,
        texture((at) => 60 + 25 * Math.sin(at)),
      ).correlation,
    ).toBeCloseTo(1, 5);
    expect(
      likeness(
        face,
        texture((at) => 100 + 50 * Math.sin(at * 3.3)),
      ).correlation,
    ).toBeLessThan(0.5);
    expect(likeness(face, face).difference).toBe(0);
  });
});

describe('SteadinessMeter', () => {
  const still = new Uint8Array(SIDE * SIDE).map((_, at) => (at % SIDE < 16 ? 1 : 0));

  it('finds a pop and what moves where nothing should', () => {
    const smooth = new SteadinessMeter(still);
    const popping = new SteadinessMeter(still);
    for (let frame = 0; frame < 30; frame++) {
      const moving = (x: number): number => (x < 16 ? 90 : 100 + frame * 2);
      smooth.push(rgbaOf(moving));
      popping.push(rgbaOf((x) => (frame === 15 ? 200 : moving(x))));
    }
    expect(smooth.result().stillDifference).toBe(0);
    expect(smooth.result().largestJump).toBeCloseTo(1, 5);
    expect(smooth.result().frameCount).toBe(30);
    expect(popping.result().largestJump).toBeGreaterThan(10);
    expect(popping.result().stillDifference).toBe(110);
  });
});
