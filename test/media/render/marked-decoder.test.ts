import { expect, test } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import type { FaceDecoder } from '../../../src/media/face-codec.ts';
import { restMotion } from '../../../src/media/motion-space.ts';
import { marked } from '../../../src/media/render/marked-decoder.ts';
import {
  WATERMARK_THRESHOLD,
  WatermarkDetector,
  type LumaAndBlue,
} from '../../../src/media/render/watermark-detector.ts';
import { cbAt, lumaAt } from '../../../src/media/render/watermark.ts';
import { lumaAndBlue } from '../../support/marked-picture.ts';

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
      target.fill(128, widthPx * SIZE_PX);
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

/** What the detector says of what is drawn. */
class Film {
  readonly #detector = new WatermarkDetector('operator', 25);

  push(picture: LumaAndBlue): void {
    this.#detector.push(picture, SIZE_PX, { left: 0, top: 0, widthPx: SIZE_PX, heightPx: SIZE_PX });
  }

  get score(): number {
    return this.#detector.verdict().score;
  }
}

function ofRgba(rgba: Uint8Array, widthPx: number): LumaAndBlue {
  const pixels = Array.from({ length: SIZE_PX * SIZE_PX }, (_, i) => Math.floor(i / SIZE_PX) * widthPx + (i % SIZE_PX));
  return {
    luma: Uint8Array.from(pixels, (pixel) => lumaAt(rgba, pixel)),
    cb: Uint8Array.from(pixels, (pixel) => cbAt(rgba, pixel)),
  };
}

test.each([SIZE_PX, 2 * SIZE_PX])(
  'marked() marks the pictures of a decoder %i px wide, and not what is beside them',
  (widthPx) => {
    const decoder = marked(slope(widthPx), 'operator');
    const i420 = new Uint8Array((widthPx * SIZE_PX * 3) / 2);
    const rgba = new Uint8Array(widthPx * SIZE_PX * 4);
    const [asI420, asRgba] = [new Film(), new Film()];
    for (let frame = 0; frame < 40; frame++) {
      decoder.drawI420(restMotion(), mediaTimeUs(frame * 40_000), i420);
      decoder.drawRgba(restMotion(), mediaTimeUs(frame * 40_000), rgba);
      asI420.push(lumaAndBlue(i420, SIZE_PX, widthPx));
      asRgba.push(ofRgba(rgba, widthPx));
      if (widthPx > SIZE_PX) expect(i420.subarray(SIZE_PX, widthPx).every((value) => value === 255)).toBe(true);
    }
    expect(asI420.score).toBeGreaterThan(WATERMARK_THRESHOLD);
    expect(asRgba.score).toBeGreaterThan(WATERMARK_THRESHOLD);
  },
);

test('marked() leaves the decoder alone without a key', () => {
  const decoder = slope(SIZE_PX);
  expect(marked(decoder, undefined)).toBe(decoder);
});
