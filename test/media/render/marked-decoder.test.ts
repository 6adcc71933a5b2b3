import { expect, test } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import type { FaceDecoder } from '../../../src/media/face-codec.ts';
import { restMotion } from '../../../src/media/motion-space.ts';
import { marked } from '../../../src/media/render/marked-decoder.ts';
import { WATERMARK_THRESHOLD, WatermarkDetector } from '../../../src/media/render/watermark-detector.ts';

const SIZE_PX = 256;

/** Draws a grey slope, and beside it a white matte where it is twice as wide. */
function slope(widthPx: number): FaceDecoder {
  const value = (x: number, y: number): number => (x < SIZE_PX ? 60 + Math.floor((x + y) / 4) : 255);
  const each = (paint: (pixel: number, grey: number) => void): void => {
    for (let y = 0; y < SIZE_PX; y++) for (let x = 0; x < widthPx; x++) paint(y * widthPx + x, value(x, y));
  };
  return {
    widthPx,
    heightPx: SIZE_PX,
    drawI420(_motion, _timeUs, target) {
      each((pixel, grey) => (target[pixel] = grey));
    },
    drawRgba(_motion, _timeUs, target) {
      each((pixel, grey) => {
        target.set([grey, grey, grey, 255], pixel * 4);
      });
    },
    close: () => undefined,
  };
}

function scoreOf(luma: (x: number, y: number) => number): number {
  const picture = new Uint8Array(SIZE_PX * SIZE_PX);
  for (let i = 0; i < picture.length; i++) picture[i] = luma(i % SIZE_PX, Math.floor(i / SIZE_PX));
  const detector = new WatermarkDetector('operator');
  detector.push(picture, SIZE_PX, SIZE_PX);
  return detector.verdict().score;
}

test.each([SIZE_PX, 2 * SIZE_PX])(
  'marked() marks the picture of a decoder %i px wide, and not what is beside it',
  (widthPx) => {
    const decoder = marked(slope(widthPx), 'operator');
    const i420 = new Uint8Array((widthPx * SIZE_PX * 3) / 2);
    const rgba = new Uint8Array(widthPx * SIZE_PX * 4);
    for (let frame = 0; frame < 2; frame++) {
      decoder.drawI420(restMotion(), mediaTimeUs(frame), i420);
      decoder.drawRgba(restMotion(), mediaTimeUs(frame), rgba);
      expect(scoreOf((x, y) => i420[y * widthPx + x]!)).toBeGreaterThan(WATERMARK_THRESHOLD);
      expect(scoreOf((x, y) => rgba[(y * widthPx + x) * 4]!)).toBeGreaterThan(WATERMARK_THRESHOLD);
    }
    if (widthPx > SIZE_PX) expect(i420[SIZE_PX + 3]).toBe(255);
  },
);

test('marked() leaves the decoder alone without a key', () => {
  const decoder = slope(SIZE_PX);
  expect(marked(decoder, undefined)).toBe(decoder);
});
