import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { LumaMark } from '../../../src/media/render/luma-mark.ts';
import { Watermark } from '../../../src/media/render/watermark.ts';
import { WATERMARK_THRESHOLD, WatermarkDetector } from '../../../src/media/render/watermark-detector.ts';
import { greyI420, lumaAndBlue } from '../../support/marked-picture.ts';

const SIZE_PX = 512;
const FRAME_US = 40_000;

/** Soft hills and an edge that sways, with noise of a camera: not the same for two seeds. */
function* film(seed: number, frames: number, sizePx: number): Generator<Uint8Array> {
  const random = seededRandom(seed);
  const wave = (): number => 3 + 25 * random.uniform();
  const [a, b, c, d] = [wave(), wave(), wave(), wave()];
  const noise = Float32Array.from({ length: 4099 }, () => 4 * random.normal());
  const rowPx = sizePx + 8;
  const scene = Float32Array.from({ length: rowPx * sizePx }, (_, i) => {
    const [u, v] = [(i % rowPx) / sizePx, Math.floor(i / rowPx) / sizePx];
    return 110 + 30 * (Math.sin(u * a + v * b) + Math.cos(u * c - v * d)) + (u > 0.7 ? 30 : 0);
  });
  for (let frame = 0; frame < frames; frame++) {
    const sway = Math.round(4 + 4 * Math.sin(frame / 9));
    const luma = new Uint8Array(sizePx * sizePx);
    let grain = Math.floor(4099 * random.uniform());
    for (let at = 0, y = 0; y < sizePx; y++) {
      for (let x = y * rowPx + sway; x < y * rowPx + sway + sizePx; x++, at++) {
        luma[at] = scene[x]! + noise[grain]!;
        if (++grain === noise.length) grain = 0;
      }
    }
    yield luma;
  }
}

interface Shown {
  readonly seed?: number;
  readonly markedWith?: string;
  readonly lookedForWith?: string;
  readonly frames?: number;
  readonly drawnPx?: number;
  readonly shownPx?: number;
  readonly startUs?: number;
  readonly withoutColour?: boolean;
}

function verdictOf(shown: Shown): ReturnType<WatermarkDetector['verdict']> {
  const { seed = 1, markedWith, lookedForWith = 'operator', frames = 60, drawnPx = 256, startUs = 0 } = shown;
  const { shownPx = drawnPx, withoutColour = false } = shown;
  const watermark = markedWith === undefined ? undefined : new Watermark(markedWith, drawnPx, drawnPx);
  const detector = new WatermarkDetector(lookedForWith, 25);
  const box = { left: 0, top: 0, widthPx: shownPx, heightPx: shownPx };
  let timeUs = startUs;
  for (const grey of film(seed, frames, drawnPx)) {
    const i420 = greyI420(grey);
    watermark?.embed(i420, mediaTimeUs(timeUs));
    timeUs += FRAME_US;
    const { luma, cb } = lumaAndBlue(i420, drawnPx);
    const seen = (plane: Uint8Array): Uint8Array => (shownPx === drawnPx ? plane : shrink(plane, drawnPx, shownPx));
    detector.push({ luma: seen(luma), cb: seen(withoutColour ? new Uint8Array(cb.length) : cb) }, shownPx, box);
  }
  return detector.verdict();
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

/** @returns the largest share of samples from one to another that the mark moves at any time. */
function strengthIn(watermark: LumaMark, luma: Uint8Array, from: number, to: number): number {
  let most = 0;
  for (let frame = 0; frame < 5; frame++) {
    const pattern = watermark.pattern(luma, mediaTimeUs(frame * FRAME_US));
    let changed = 0;
    for (let i = from; i < to; i++) changed += Math.abs(pattern[i]!);
    most = Math.max(most, changed / (to - from));
  }
  return most;
}

describe('LumaMark', () => {
  test('moves no sample by more than one step, and changes plain ground by less than an eye sees', () => {
    const plain = new Uint8Array(SIZE_PX * SIZE_PX).fill(120);
    const watermark = new LumaMark('operator', SIZE_PX, SIZE_PX, SIZE_PX);
    for (let frame = 0; frame < 5; frame++) {
      const pattern = watermark.pattern(plain, mediaTimeUs(frame * FRAME_US));
      expect(pattern.every((step) => Math.abs(step) <= 1)).toBe(true);
      // The middle of a checker field, where the mark is strongest: 8 px of 32.
      let strongest = 0;
      for (let block = 0; block < 256; block++) {
        let sum = 0;
        for (let i = 0; i < 64; i++) {
          const x = (block % 16) * 32 + 4 + (i % 8);
          sum += pattern[(Math.floor(block / 16) * 32 + 4 + Math.floor(i / 8)) * SIZE_PX + x]!;
        }
        strongest = Math.max(strongest, Math.abs(sum / 64));
      }
      // A screen's gamma of 2.2 makes of a share of the luma 2.2 times that share of the light; 0.4 % is seen.
      expect((2.2 * strongest) / 120).toBeLessThan(0.004);
      expect(strongest / 120).toBeGreaterThan(0.0008);
    }
  });

  test('beats: over a second it adds nothing to the picture', () => {
    const plain = new Uint8Array(SIZE_PX * SIZE_PX).fill(120);
    const watermark = new LumaMark('operator', SIZE_PX, SIZE_PX, SIZE_PX);
    const sums = new Float64Array(SIZE_PX * SIZE_PX);
    const frames = 100;
    for (let frame = 0; frame < frames; frame++) {
      const pattern = watermark.pattern(plain, mediaTimeUs(frame * 10_000));
      for (let i = 0; i < sums.length; i++) sums[i]! += pattern[i]! / frames;
    }
    // The mean over a field of 8 x 8 px, in luma steps: the dither itself leaves single samples up or down.
    for (let y = 0; y < SIZE_PX; y += 8) {
      for (let x = 0; x < SIZE_PX; x += 8) {
        let mean = 0;
        for (let i = 0; i < 64; i++) mean += sums[(y + (i >> 3)) * SIZE_PX + x + (i & 7)]! / 64;
        expect(Math.abs(mean)).toBeLessThan(0.04);
      }
    }
  });

  test.each([128, 256, 720])('adds exactly its pattern at %i px, and never wraps at black or white', (sizePx) => {
    const watermark = new LumaMark('operator', sizePx, sizePx, sizePx);
    const random = seededRandom(5);
    const luma = Uint8Array.from(
      { length: sizePx * sizePx },
      () => [0, 1, 3, 16, 128, 235, 250, 254, 255][Math.floor(random.uniform() * 9)]!,
    );
    const time = mediaTimeUs(123_456);
    const pattern = watermark.pattern(luma, time);
    expect(pattern.some((step) => step > 0) && pattern.some((step) => step < 0)).toBe(true);
    const expected = luma.map((value, i) => Math.max(0, Math.min(255, value + pattern[i]!)));
    const aligned = luma.slice();
    watermark.embed(aligned, time);
    expect(aligned.every((value, i) => value === expected[i])).toBe(true);
    const shifted = new Uint8Array(sizePx * sizePx + 1).subarray(1);
    shifted.set(luma);
    watermark.embed(shifted, time);
    expect(shifted.every((value, i) => value === expected[i])).toBe(true);
  });

  test('is weaker on dark plain ground, and stronger only where texture fills a place in this very picture', () => {
    const watermark = new LumaMark('operator', SIZE_PX, SIZE_PX, SIZE_PX);
    const all = SIZE_PX * SIZE_PX;
    const plain = new Uint8Array(all).fill(120);
    const onPlain = strengthIn(watermark, plain, 0, all);
    expect(strengthIn(watermark, plain.slice().fill(40), 0, all)).toBeLessThan(0.5 * onPlain);
    const random = seededRandom(3);
    const cloth = plain.map(() => 105 + 30 * random.uniform());
    expect(strengthIn(watermark, cloth, 0, all)).toBeGreaterThan(1.5 * onPlain);
    const slope = plain.map((_, i) => 70 + (i % SIZE_PX) / 5);
    expect(strengthIn(watermark, slope, 0, all)).toBeLessThan(1.1 * onPlain);
    const outline = plain.map((_, i) => (i % 32 < 15 ? 60 : 180));
    expect(strengthIn(watermark, outline, 0, all)).toBeLessThan(1.1 * onPlain);
    // The cloth has moved on: the ground is plain again.
    expect(strengthIn(watermark, plain, 0, all)).toBe(onPlain);
  });
});

describe('Watermark', () => {
  const sidePx = 720;
  const samples = sidePx * sidePx;
  const watermark = new Watermark('operator', sidePx, sidePx);

  test('moves blue by no more than two steps, takes it back within a second, and leaves Cr alone', () => {
    const plain = greyI420(new Uint8Array(samples).fill(120));
    const sums = new Float64Array(samples / 4);
    const frames = 50;
    for (let frame = 0; frame < frames; frame++) {
      const i420 = plain.slice();
      watermark.embed(i420, mediaTimeUs(frame * 20_000));
      expect(i420.subarray(samples * 1.25).every((value) => value === 128)).toBe(true);
      let most = 0;
      for (let at = 0; at < sums.length; at++) {
        const step = i420[samples + at]! - 128;
        most = Math.max(most, Math.abs(step));
        sums[at]! += step / frames;
      }
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(2);
    }
    expect(Math.abs(sums.reduce((sum, one) => sum + one, 0) / sums.length)).toBeLessThan(0.01);
  });

  test('hides in blue where an eye does not see: less than 5 % of its light, and less than 1 % of the luma', () => {
    const rgba = new Uint8Array(4 * samples).fill(120);
    watermark.embedRgba(rgba, mediaTimeUs(0));
    // The middle of a checker field, where the mark is strongest.
    let [blue, luma] = [0, 0];
    for (let block = 0; block < 256; block++) {
      const sums = [0, 0, 0];
      for (let i = 0; i < 100; i++) {
        const x = (block % 16) * 45 + 6 + (i % 10);
        const at = 4 * ((Math.floor(block / 16) * 45 + 6 + Math.floor(i / 10)) * sidePx + x);
        for (let colour = 0; colour < 3; colour++) sums[colour]! += (rgba[at + colour]! - 120) / 100;
      }
      blue = Math.max(blue, Math.abs(sums[2]!));
      luma = Math.max(luma, Math.abs(0.299 * sums[0]! + 0.587 * sums[1]! + 0.114 * sums[2]!));
    }
    // A screen's gamma of 2.2 makes of a share of the signal 2.2 times that share of the light.
    expect((2.2 * blue) / 120).toBeLessThan(0.05);
    expect((2.2 * blue) / 120).toBeGreaterThan(0.02);
    expect((2.2 * luma) / 120).toBeLessThan(0.01);
  });
});

describe('WatermarkDetector', () => {
  test.each([512, 360, 256, 144])('finds the mark in a film drawn at 512 px and shown at %i px', (shownPx) => {
    const { score } = verdictOf({ markedWith: 'operator', drawnPx: SIZE_PX, shownPx, frames: 45 });
    expect(score).toBeGreaterThan(WATERMARK_THRESHOLD);
  });

  test.each([0, 7_654_321])('finds the mark in a film that begins %i us after the call', (startUs) => {
    expect(verdictOf({ markedWith: 'operator', startUs }).marked).toBe(true);
  });

  test('finds the mark in a film whose colours were taken away', () => {
    expect(verdictOf({ markedWith: 'operator', drawnPx: 512, withoutColour: true }).marked).toBe(true);
  });

  test('finds the mark of a film that was cut: its stretches need not fit together', () => {
    const detector = new WatermarkDetector('operator', 25);
    const watermark = new Watermark('operator', 128, 128);
    const box = { left: 0, top: 0, widthPx: 128, heightPx: 128 };
    for (const startUs of [0, 94_000]) {
      let timeUs = startUs;
      for (const luma of film(4, 125, 128)) {
        const i420 = greyI420(luma);
        watermark.embed(i420, mediaTimeUs(timeUs));
        timeUs += FRAME_US;
        detector.push(lumaAndBlue(i420, 128), 128, box);
      }
    }
    expect(detector.verdict().marked).toBe(true);
  });

  test('finds nothing with another key, nor in pictures without a mark: the score is that of chance', () => {
    const scores: number[] = [];
    for (let seed = 0; seed < 30; seed++) {
      scores.push(verdictOf({ seed, lookedForWith: `key ${seed}`, drawnPx: 128, frames: 40 }).score);
      const marked = { seed, markedWith: 'operator', lookedForWith: `key ${seed}`, drawnPx: 128, frames: 40 };
      scores.push(verdictOf(marked).score);
    }
    expect(Math.max(...scores)).toBeLessThan(WATERMARK_THRESHOLD);
    // -2 ln of a probability has the mean 2.
    const meanSquare = scores.reduce((sum, score) => sum + score * score, 0) / scores.length;
    expect(meanSquare).toBeGreaterThan(1.2);
    expect(meanSquare).toBeLessThan(3.2);
  });

  test('says that a picture or a second of film is too short to tell', () => {
    const still = verdictOf({ markedWith: 'operator', drawnPx: 128, frames: 1 });
    expect(still).toEqual({ score: 0, marked: false, frames: 1, tooShort: true });
    expect(verdictOf({ markedWith: 'operator', drawnPx: 128, frames: 25 }).tooShort).toBe(true);
    expect(verdictOf({ markedWith: 'operator', drawnPx: 128, frames: 50 }).tooShort).toBe(false);
  });

  test('a picture that stands still and plain scores 0', () => {
    const detector = new WatermarkDetector('a', 25);
    const box = { left: 0, top: 0, widthPx: 128, heightPx: 128 };
    const plain = new Uint8Array(128 * 128).fill(80);
    for (let frame = 0; frame < 60; frame++) detector.push({ luma: plain, cb: plain }, 128, box);
    expect(detector.verdict()).toEqual({ score: 0, marked: false, frames: 60, tooShort: false });
  });
});
