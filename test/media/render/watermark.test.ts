import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { Watermark } from '../../../src/media/render/watermark.ts';
import { WATERMARK_THRESHOLD, WatermarkDetector } from '../../../src/media/render/watermark-detector.ts';

const SIZE_PX = 512;

/** Soft hills and an edge, with noise of a camera: not the same for two seeds. */
function picture(seed: number, sizePx = SIZE_PX): Uint8Array {
  const random = seededRandom(seed);
  const wave = (): number => 3 + 25 * random.uniform();
  const [a, b, c, d] = [wave(), wave(), wave(), wave()];
  const luma = new Uint8Array(sizePx * sizePx);
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < sizePx; x++) {
      const hills = Math.sin((x / sizePx) * a + (y / sizePx) * b) + Math.cos((x / sizePx) * c - (y / sizePx) * d);
      luma[y * sizePx + x] = 120 + 30 * hills + (x > 0.7 * sizePx ? 30 : 0) + 4 * random.normal();
    }
  }
  return luma;
}

function scoreOf(key: string, luma: Uint8Array, sizePx = SIZE_PX, frames = 1): number {
  const detector = new WatermarkDetector(key);
  for (let frame = 0; frame < frames; frame++) detector.push(luma, sizePx, sizePx);
  return detector.verdict().score;
}

/** Area mean, as a picture shown smaller would be. */
function shrink(luma: Uint8Array, fromPx: number, toPx: number): Uint8Array {
  const small = new Uint8Array(toPx * toPx);
  const ratio = fromPx / toPx;
  for (let y = 0; y < toPx; y++) {
    for (let x = 0; x < toPx; x++) {
      let sum = 0;
      for (let i = 0; i < 9; i++) {
        const fromX = Math.floor((x + (i % 3) / 3 + 1 / 6) * ratio);
        sum += luma[Math.floor((y + Math.floor(i / 3) / 3 + 1 / 6) * ratio) * fromPx + fromX]!;
      }
      small[y * toPx + x] = Math.round(sum / 9);
    }
  }
  return small;
}

describe('Watermark', () => {
  test('moves no sample by more than 4 steps and half of them not at all or by one', () => {
    const { pattern } = new Watermark('operator', SIZE_PX, SIZE_PX, picture(1));
    expect(pattern.every((steps) => Math.abs(steps) <= 4)).toBe(true);
    expect(pattern.filter((steps) => Math.abs(steps) <= 1).length).toBeGreaterThan(pattern.length / 2);
  });

  test('adds exactly its pattern, whatever the alignment, and never wraps at black or white', () => {
    const watermark = new Watermark('operator', 128, 128);
    const random = seededRandom(5);
    const luma = Uint8Array.from(
      { length: 128 * 128 },
      () => [0, 1, 3, 5, 16, 128, 235, 250, 253, 255][Math.floor(random.uniform() * 10)]!,
    );
    const expected = luma.map((value, i) => Math.max(0, Math.min(255, value + watermark.pattern[i]!)));
    const aligned = luma.slice();
    watermark.embed(aligned);
    expect(aligned).toEqual(expected);
    const shifted = new Uint8Array(128 * 128 + 1).subarray(1);
    shifted.set(luma);
    watermark.embed(shifted);
    expect(shifted).toEqual(expected);
  });

  test('leaves what follows the luma plane alone', () => {
    const i420 = new Uint8Array((128 * 128 * 3) / 2).fill(100);
    new Watermark('operator', 128, 128).embed(i420);
    expect(i420.subarray(128 * 128).every((value) => value === 100)).toBe(true);
  });

  test('is weaker on dark plain ground than in cloth', () => {
    const likeness = new Uint8Array(SIZE_PX * SIZE_PX).fill(40);
    for (let i = 0; i < likeness.length / 2; i++) likeness[i] = i % 2 === 0 ? 100 : 160;
    const { pattern } = new Watermark('operator', SIZE_PX, SIZE_PX, likeness);
    const energy = (from: number): number =>
      pattern.subarray(from, from + pattern.length / 2).reduce((sum, steps) => sum + steps * steps, 0);
    expect(energy(0)).toBeGreaterThan(4 * energy(pattern.length / 2));
  });
});

describe('WatermarkDetector', () => {
  test.each([512, 360, 256, 144])('finds the mark in a picture shown at %i px', (sizePx) => {
    const luma = picture(2);
    new Watermark('operator', SIZE_PX, SIZE_PX).embed(luma);
    expect(scoreOf('operator', shrink(luma, SIZE_PX, sizePx), sizePx)).toBeGreaterThan(WATERMARK_THRESHOLD);
  });

  test('finds nothing with another key, nor in pictures without a mark', () => {
    const scores: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const luma = picture(seed, 256);
      scores.push(scoreOf(`key ${seed}`, luma, 256));
      new Watermark('operator', 256, 256).embed(luma);
      scores.push(scoreOf(`key ${seed}`, luma, 256));
    }
    expect(Math.max(...scores)).toBeLessThan(WATERMARK_THRESHOLD);
    const meanSquare = scores.reduce((sum, score) => sum + score * score, 0) / scores.length;
    expect(meanSquare).toBeGreaterThan(0.5);
    expect(meanSquare).toBeLessThan(2);
  });

  test('says the same of one frame and of the same frame many times, and nothing of no frame', () => {
    const luma = picture(3, 256);
    expect(scoreOf('a', luma, 256, 5)).toBeCloseTo(scoreOf('a', luma, 256, 1), 6);
    expect(new WatermarkDetector('a').verdict()).toEqual({ score: 0, marked: false, frames: 0 });
  });

  test('a plain picture scores 0', () => {
    expect(scoreOf('a', new Uint8Array(256 * 256).fill(80), 256)).toBe(0);
  });
});
