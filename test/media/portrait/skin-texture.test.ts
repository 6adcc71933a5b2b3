import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { PortraitAnalysis } from '../../../src/media/portrait/analysis.ts';
import { skinTexture, type SkinTexture } from '../../../src/media/portrait/skin-texture.ts';

const SIZE_PX = 64;
const AREA = { left: 10, top: 12, width: 40, height: 30 };

/** A slope from dark to bright, with grain of a tenth of its brightness on it. */
function grainyPicture(): PortraitAnalysis {
  const random = seededRandom(1, 1);
  const rgba = new Uint8Array(SIZE_PX * SIZE_PX * 4);
  for (let pixel = 0; pixel < SIZE_PX * SIZE_PX; pixel++) {
    const value = (80 + (pixel % SIZE_PX)) * (1 + 0.1 * random.normal());
    rgba.set([value, value * 0.8, value * 0.6, 255], pixel * 4);
  }
  return { rgba, sizePx: SIZE_PX, pose: { pxPerCm: 14 } } as unknown as PortraitAnalysis;
}

function spreadOf(texture: SkinTexture): { readonly mean: number; readonly deviation: number } {
  const values: number[] = [];
  for (let y = 0; y < AREA.height; y++) for (let x = 0; x < AREA.width; x++) values.push(texture(x, y, 1));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

describe('the texture of skin', () => {
  it("has the strength of the picture's, a little more for what drawing smooths, and no slope of light", () => {
    const { mean, deviation } = spreadOf(skinTexture(grainyPicture(), AREA, () => 1, 0));
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(deviation).toBeGreaterThan(0.1);
    expect(deviation).toBeLessThan(0.2);
  });

  it('takes nothing from where there is no bare skin, but grain', () => {
    expect(spreadOf(skinTexture(grainyPicture(), AREA, () => 0, 0)).deviation).toBe(0);
    expect(spreadOf(skinTexture(grainyPicture(), AREA, () => 0, 3)).deviation).toBeGreaterThan(0.02);
  });
});
