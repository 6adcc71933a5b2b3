import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { Watermark } from '../../../src/media/render/watermark.ts';
import type { LumaAndBlue } from '../../../src/media/render/watermark-detector.ts';
import { WatermarkSearch, pictureBoxes } from '../../../src/media/render/watermark-search.ts';
import { greyI420, lumaAndBlue } from '../../support/marked-picture.ts';

const FRAME_PX = 256;
const PICTURE_PX = 144;

/** A grainy picture of `base` luma in the middle of a black frame. */
function framed(base: number, frame: number, key?: string): LumaAndBlue {
  const random = seededRandom(frame);
  const picture = new Uint8Array(PICTURE_PX * PICTURE_PX);
  for (let i = 0; i < picture.length; i++) picture[i] = base + (i % PICTURE_PX) / 4 + 3 * random.normal();
  const i420 = greyI420(picture);
  if (key !== undefined) new Watermark(key, PICTURE_PX, PICTURE_PX).embed(i420, mediaTimeUs(frame * 40_000));
  const marked = lumaAndBlue(i420, PICTURE_PX);
  const luma = new Uint8Array(FRAME_PX * FRAME_PX).fill(2);
  const cb = new Uint8Array(FRAME_PX * FRAME_PX).fill(128);
  const left = (FRAME_PX - PICTURE_PX) / 2;
  for (let y = 0; y < PICTURE_PX; y++) {
    const row = [y * PICTURE_PX, (y + 1) * PICTURE_PX] as const;
    const at = (left + y) * FRAME_PX + left;
    luma.set(marked.luma.subarray(...row), at);
    cb.set(marked.cb.subarray(...row), at);
  }
  return { luma, cb };
}

function verdictOf(key: string | undefined): ReturnType<WatermarkSearch['verdict']> {
  const search = new WatermarkSearch('operator', 25, FRAME_PX, FRAME_PX);
  for (let frame = 0; frame < 75; frame++) search.push(framed(90, frame, key));
  return search.verdict();
}

describe('WatermarkSearch', () => {
  test('finds the mark of a picture with black bars on all sides, and none where there is none', () => {
    expect(verdictOf('operator')).toMatchObject({ marked: true, frames: 75 });
    expect(verdictOf('other').marked).toBe(false);
    expect(verdictOf(undefined).marked).toBe(false);
  });

  test('says of no picture and of few pictures that there is too little', () => {
    const search = new WatermarkSearch('operator', 25, FRAME_PX, FRAME_PX);
    expect(search.verdict()).toMatchObject({ tooShort: true, marked: false });
  });
});

describe('pictureBoxes()', () => {
  const whole = { left: 0, top: 0, widthPx: FRAME_PX, heightPx: FRAME_PX };

  test('takes bars off, and keeps the whole frame as a possibility', () => {
    const lit = { left: 56, top: 56, widthPx: PICTURE_PX, heightPx: PICTURE_PX };
    expect(pictureBoxes([framed(90, 1).luma, framed(90, 2).luma], FRAME_PX, FRAME_PX)).toEqual([whole, lit]);
  });

  test('adds the squares around and within a picture that is not square', () => {
    const luma = new Uint8Array(FRAME_PX * FRAME_PX);
    for (let y = 0; y < FRAME_PX; y++) luma.fill(100, y * FRAME_PX + 60, y * FRAME_PX + 200);
    luma.fill(0, 0, 40 * FRAME_PX);
    luma.fill(0, 216 * FRAME_PX);
    const lit = { left: 60, top: 40, widthPx: 140, heightPx: 176 };
    expect(pictureBoxes([luma], FRAME_PX, FRAME_PX)).toEqual([
      whole,
      lit,
      { left: 40, top: 40, widthPx: 176, heightPx: 176 },
      { left: 60, top: 58, widthPx: 140, heightPx: 140 },
    ]);
  });

  test('adds each of two pictures side by side', () => {
    const luma = new Uint8Array(FRAME_PX * FRAME_PX);
    luma.fill(100, 64 * FRAME_PX, 192 * FRAME_PX);
    const [half, top] = [128, 64];
    expect(pictureBoxes([luma], FRAME_PX, FRAME_PX).slice(-2)).toEqual([
      { left: 0, top, widthPx: half, heightPx: half },
      { left: FRAME_PX - half, top, widthPx: half, heightPx: half },
    ]);
  });

  test('finds only the frame in a black film', () => {
    expect(pictureBoxes([new Uint8Array(FRAME_PX * FRAME_PX)], FRAME_PX, FRAME_PX)).toEqual([whole]);
  });
});
