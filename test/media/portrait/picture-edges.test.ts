import { describe, expect, test } from 'vitest';
import { freedomAt, pictureEdges } from '../../../src/media/portrait/mesh-edges.ts';
import { patchFill } from '../../../src/media/portrait/patch-fill.ts';

const SIZE = 128;

describe('freedomAt()', () => {
  const outline = [
    [40, 40],
    [90, 40],
    [64, 110],
  ] as const;

  test('holds hair that reaches the upper edge, less and less down to the face', () => {
    const edges = pictureEdges(SIZE, outline, 5, (x) => (x > 30 && x < 100 ? 1 : 0));
    const held = [-4, 0, 15, 30, 38.5, 39, 60].map((y) => freedomAt(64, y, 1, edges));
    expect(held.slice(0, 2)).toEqual([2, 2]);
    expect(held.slice(4)).toEqual([1, 1, 1]);
    expect(held.every((freedom, index) => index === 0 || freedom <= held[index - 1]!)).toBe(true);
  });

  test('leaves a head alone that ends below the edge, and one whose face begins at it', () => {
    const below = pictureEdges(SIZE, outline, 5, (_, y) => (y > 10 ? 1 : 0));
    expect(freedomAt(64, 0, 1, below)).toBe(1);
    const tight = pictureEdges(
      SIZE,
      outline.map(([x, y]) => [x, y - 36] as const),
      5,
      () => 1,
    );
    expect(freedomAt(64, 0, 1, tight)).toBe(1);
  });
});

describe('patchFill()', () => {
  /** Fine stripes beside an unknown half that was filled with their mean. */
  function striped(): { colours: Float32Array; known: Float32Array } {
    const known = Float32Array.from({ length: SIZE * SIZE }, (_, at) => (at % SIZE < 64 ? 1 : 0));
    const colours = Float32Array.from({ length: SIZE * SIZE * 3 }, (_, index) => {
      const x = Math.floor(index / 3) % SIZE;
      return x < 64 && x % 2 === 0 ? 150 : x < 64 ? 90 : 120;
    });
    return { colours, known };
  }

  test('carries texture on at its own contrast, and changes nothing that is known', () => {
    const { colours, known } = striped();
    const before = colours.slice();
    patchFill(colours, known, SIZE);
    const at = (x: number): number => colours[(64 * SIZE + x) * 3]!;
    for (let x = 0; x < 64; x++) expect(at(x)).toBe(before[(64 * SIZE + x) * 3]);
    for (let x = 66; x < 72; x++) expect(Math.abs(at(x) - at(x + 1))).toBeGreaterThan(40);
  });

  test('leaves the smooth fill deep inside, and everything where nothing is known', () => {
    const { colours, known } = striped();
    patchFill(colours, known, SIZE);
    expect(colours[(64 * SIZE + 100) * 3]).toBe(120);
    const blank = new Float32Array(SIZE * SIZE * 3).fill(77);
    patchFill(blank, new Float32Array(SIZE * SIZE), SIZE);
    expect(blank.every((value) => value === 77)).toBe(true);
  });

  test('carries a horizon on', () => {
    const { colours, known } = striped();
    for (let at = 0; at < SIZE * SIZE; at++) {
      const value = at % SIZE >= 64 ? 120 : at < (SIZE * SIZE) / 2 ? 200 : 40;
      colours.fill(value, at * 3, at * 3 + 3);
    }
    patchFill(colours, known, SIZE);
    for (let x = 66; x < 72; x++) {
      expect(colours[(56 * SIZE + x) * 3]).toBeGreaterThan(180);
      expect(colours[(72 * SIZE + x) * 3]).toBeLessThan(60);
    }
  });
});
