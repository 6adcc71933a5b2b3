import { assert } from '../../base/errors.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import { BlueMark } from './blue-mark.ts';
import { LumaMark } from './luma-mark.ts';
import type { WatermarkKey } from './watermark-key.ts';

/**
 * A keyed mark that says "this picture was generated". The picture is divided into `BLOCKS` x `BLOCKS` blocks. Each
 * carries the checker + - / - +, so that neither brightness nor a slope of the picture resembles it, once in its
 * brightness and once in how blue it is; and each checker beats at `BEAT_HZ` with a secret phase of its own. What beats
 * is told from a picture that stands still or moves slowly, so the mark can stay below what an eye sees. It lives in
 * the picture's own coordinates: scaling the picture scales it. It holds no state: a picture's mark depends on that
 * picture alone.
 */
export class Watermark {
  readonly #luma: LumaMark;
  readonly #blue: BlueMark;
  readonly #heightPx: number;
  readonly #rowPx: number;

  /**
   * @param widthPx - a multiple of 8, at least 128.
   * @param heightPx - a multiple of `BLOCKS`, at least 128.
   * @param rowPx - samples of a row of the luma, a multiple of 8: the picture's, and those of what is drawn beside it.
   */
  constructor(key: WatermarkKey, widthPx: number, heightPx: number, rowPx = widthPx) {
    assert(widthPx % 8 === 0 && rowPx % 8 === 0, 'a row of the watermark is whole words of Cb');
    this.#luma = new LumaMark(key, widthPx, heightPx, rowPx);
    this.#blue = new BlueMark(key, widthPx, heightPx, rowPx);
    this.#heightPx = heightPx;
    this.#rowPx = rowPx;
  }

  /**
   * Marks one picture in place.
   * @param i420 - the planes Y, Cb and Cr, `[heightPx * rowPx * 3 / 2]`.
   * @param timeUs - when the picture is shown.
   */
  embed(i420: Uint8Array, timeUs: MediaTimeUs): void {
    const samples = this.#heightPx * this.#rowPx;
    assert(i420.length >= samples * 1.5, 'a picture has all its planes');
    const cb = i420.subarray(samples, samples * 1.25);
    this.#blue.embed(i420, cb, timeUs);
    this.#luma.embed(i420, timeUs);
  }

  /**
   * Marks one picture in place.
   * @param rgba - `[heightPx, rowPx, 4]`.
   * @param timeUs - when the picture is shown.
   */
  embedRgba(rgba: Uint8Array, timeUs: MediaTimeUs): void {
    const { luma, cb } = readPlanes(rgba, this.#rowPx, this.#heightPx);
    const add = (at: number, step: number): void => {
      rgba[at] = Math.max(0, Math.min(255, rgba[at]! + step));
    };
    this.#luma.pattern(luma, timeUs).forEach((step, pixel) => {
      // A step of all three colours is a step of luma, and of nothing else.
      if (step !== 0) for (let at = pixel * 4; at < pixel * 4 + 3; at++) add(at, step);
    });
    const rowSamples = this.#rowPx / 2;
    this.#blue.pattern(luma, cb, timeUs).forEach((step, sample) => {
      if (step === 0) return;
      const pixel = 2 * (Math.floor(sample / rowSamples) * this.#rowPx + (sample % rowSamples));
      for (const place of [pixel, pixel + 1, pixel + this.#rowPx, pixel + this.#rowPx + 1])
        add(4 * place + 2, 2 * step);
      // Two of blue weigh as much in the luma as half a step of green, which two of four pixels take away.
      for (const place of [pixel, pixel + this.#rowPx + 1]) add(4 * place + 1, -step);
    });
  }
}

/** @returns the luma, `[heightPx * widthPx]`, and every other sample of Cb, `[heightPx / 2 * widthPx / 2]`. */
function readPlanes(rgba: Uint8Array, widthPx: number, heightPx: number): { luma: Uint8Array; cb: Uint8Array } {
  const luma = new Uint8Array(widthPx * heightPx);
  for (let pixel = 0; pixel < luma.length; pixel++) luma[pixel] = lumaAt(rgba, pixel);
  const cb = new Uint8Array(luma.length / 4);
  for (let at = 0; at < cb.length; at++) {
    const pixel = 2 * (Math.floor(at / (widthPx / 2)) * widthPx + (at % (widthPx / 2)));
    cb[at] = cbAt(rgba, pixel);
  }
  return { luma, cb };
}

/** @returns the luma of one pixel, 0 to 255, by the weights of ITU-R BT.601. */
export function lumaAt(rgba: Uint8Array, pixel: number): number {
  return 0.299 * rgba[4 * pixel]! + 0.587 * rgba[4 * pixel + 1]! + 0.114 * rgba[4 * pixel + 2]!;
}

/** @returns how blue one pixel is, 0 to 255 with grey at 128 (Cb of ITU-R BT.601, full range). */
export function cbAt(rgba: Uint8Array, pixel: number): number {
  return 128 + (rgba[4 * pixel + 2]! - lumaAt(rgba, pixel)) / 1.772;
}
