import { describe, expect, it } from 'vitest';
import {
  archHeightCm,
  archLines,
  BEYOND_CM,
  LOWER_TEETH,
  UPPER_TEETH,
} from '../../../src/media/portrait/dental-arch.ts';
import type { MouthTone } from '../../../src/media/portrait/mouth-tone.ts';
import type { Sprite } from '../../../src/media/portrait/parts-atlas.ts';
import { drawTeeth } from '../../../src/media/portrait/tooth-sprites.ts';

const TONE: MouthTone = {
  teeth: [190, 176, 156],
  gum: [150, 80, 76],
  tongue: [160, 92, 90],
  cavity: [100, 44, 40],
  shade: [30, 11, 9],
  blurPx: 0.6,
  detail: 1,
};
const PX_PER_CM = 24;
const ROWS = [
  ['upper', UPPER_TEETH, 2.3],
  ['lower', LOWER_TEETH, 2.1],
] as const;

/** Green along a row of teeth, a little above their edges. */
function profile(sprite: Sprite, heightCm: number): number[] {
  const y = Math.round(sprite.height - (BEYOND_CM + 0.4) * (sprite.height / heightCm));
  return Array.from({ length: sprite.width }, (_, x) => sprite.pixels[(y * sprite.width + x) * 4 + 1]!);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.each(ROWS)('the %s row of teeth', (_, row, halfWidthCm) => {
  const sprite = drawTeeth({ row, halfWidthCm, pxPerCm: PX_PER_CM, tone: TONE });
  const greens = profile(sprite, archHeightCm(row));

  it('gets darker towards both corners of the mouth', () => {
    const sixth = greens.length / 6;
    const parts = [0, 1, 2, 3, 4, 5].map((part) => mean(greens.slice(part * sixth, (part + 1) * sixth)));
    expect(parts[0]).toBeLessThan(parts[1]! - 8);
    expect(parts[1]).toBeLessThan(parts[2]! - 8);
    expect(parts[4]).toBeLessThan(parts[3]! - 8);
    expect(parts[5]).toBeLessThan(parts[4]! - 8);
  });

  it('is made of single teeth with shadows between them', () => {
    const middle = greens.slice(greens.length / 4, (greens.length * 3) / 4);
    const gaps = middle.filter((value, x) => {
      const around = middle.slice(Math.max(0, x - 6), x + 7);
      return value === Math.min(...around) && value < 0.94 * Math.max(...around) && x > 3 && x < middle.length - 4;
    });
    expect(gaps.length).toBeGreaterThanOrEqual(3);
  });

  it('is nowhere brighter than its enamel', () => {
    let most = 0;
    sprite.pixels.forEach((value, at) => {
      if (at % 4 !== 3) most = Math.max(most, value / TONE.teeth[at % 4]!);
    });
    expect(most).toBeLessThan(1.06);
  });

  it('has soft edges and gum at its roots', () => {
    const column = sprite.width >> 1;
    const alphas = Array.from(
      { length: sprite.height },
      (__, y) => sprite.pixels[(y * sprite.width + column + 3) * 4 + 3]!,
    );
    expect(alphas[0]).toBe(255);
    expect(alphas.at(-1)).toBeLessThan(30);
    expect(alphas.filter((alpha) => alpha > 20 && alpha < 235).length).toBeGreaterThanOrEqual(1);
    expect(sprite.pixels[column * 4 + 1]! / sprite.pixels[column * 4]!).toBeLessThan(0.6);
  });
});

describe('the dental arch', () => {
  it('recedes from the incisors to the molars, the same on both sides', () => {
    const place = { halfWidthCm: 2.4, edgeYCm: -4.4, frontZCm: 4.6, tilt: 0, levelZCm: 5.2, up: 1 } as const;
    const { edgeCm, rootCm } = archLines(UPPER_TEETH, place);
    const point = (column: number): number[] => edgeCm.slice(column * 3, column * 3 + 3);
    for (let column = 1; column <= 8; column++) {
      expect(point(column)[2]).toBeGreaterThan(point(column - 1)[2]!);
      expect(point(column)[0]).toBeCloseTo(-point(16 - column)[0]!, 6);
      expect(point(column)[2]).toBeCloseTo(point(16 - column)[2]!, 6);
    }
    // Measured: first molars 2.8 cm behind the central incisors (ICT-FaceKit).
    expect(point(8)[2]! - point(0)[2]!).toBeGreaterThan(2.3);
    expect(point(8)[2]! - point(0)[2]!).toBeLessThan(3.3);
    expect(rootCm[8 * 3 + 1]! - edgeCm[8 * 3 + 1]!).toBeCloseTo(archHeightCm(UPPER_TEETH), 6);
  });
});
