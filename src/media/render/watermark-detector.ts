import { assert } from '../../base/errors.ts';
import { BLOCKS, CELLS, watermarkSigns, type WatermarkKey } from './watermark.ts';

/**
 * A score above this says "marked". Without the mark, secret signs make the score a standard normal number whatever the
 * picture shows, so 5 is passed by one clip in 3.5 million; rates on real pictures: `bench/watermark.ts`.
 */
export const WATERMARK_THRESHOLD = 5;

export interface WatermarkVerdict {
  /** In standard deviations of chance; negative or near 0 without the mark. */
  readonly score: number;
  readonly marked: boolean;
  readonly frames: number;
}

/** Looks for one key's mark in pictures of one origin; two seconds are enough after VP8 at 300 kbit/s. */
export class WatermarkDetector {
  readonly #signs: Int8Array;
  readonly #sums = new Float64Array(BLOCKS * BLOCKS);
  readonly #cells = new Float64Array(CELLS * CELLS);
  #frames = 0;

  constructor(key: WatermarkKey) {
    this.#signs = watermarkSigns(key);
  }

  /**
   * Takes the luma of one picture of any size from 128 px on: the whole marked picture, neither cropped nor turned.
   * @param luma - `[heightPx * widthPx]`, rows unpadded.
   */
  push(luma: Uint8Array, widthPx: number, heightPx: number): void {
    assert(widthPx >= 2 * CELLS && heightPx >= 2 * CELLS, 'a cell is at least two pixels');
    assert(luma.length >= widthPx * heightPx, 'the luma plane is as large as its picture');
    measureCells(luma, widthPx, heightPx, this.#cells);
    for (let row = 0; row < BLOCKS; row++) {
      for (let column = 0; column < BLOCKS; column++) {
        const at = row * 2 * CELLS + column * 2;
        const checker =
          this.#cells[at]! - this.#cells[at + 1]! - this.#cells[at + CELLS]! + this.#cells[at + CELLS + 1]!;
        this.#sums[row * BLOCKS + column]! += clamp(checker, EDGE);
      }
    }
    this.#frames++;
  }

  verdict(): WatermarkVerdict {
    // An edge that stands still outweighs a thousand marks, so blocks count by sign and a limited size.
    const sizes = this.#sums.map(Math.abs).sort();
    const limit = 2 * (sizes[sizes.length >> 1] ?? 0);
    let product = 0;
    let energy = 0;
    for (let i = 0; i < this.#sums.length; i++) {
      const value = clamp(this.#sums[i]!, limit);
      product += this.#signs[i]! * value;
      energy += value * value;
    }
    const score = energy > 0 ? product / Math.sqrt(energy) : 0;
    return { score, marked: score > WATERMARK_THRESHOLD, frames: this.#frames };
  }

  reset(): void {
    this.#sums.fill(0);
    this.#frames = 0;
  }
}

/** A block with more contrast than this shows an edge of the picture in this frame (luma steps). */
const EDGE = 12;

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

/** Weighs each pixel by the mark's own shape in its cell: a matched filter, at any scale. */
function measureCells(luma: Uint8Array, widthPx: number, heightPx: number, cells: Float64Array): void {
  cells.fill(0);
  const weights = new Float32Array(widthPx);
  const columns = new Int32Array(widthPx);
  for (let x = 0; x < widthPx; x++) {
    const across = ((x + 0.5) / widthPx) * CELLS;
    columns[x] = Math.floor(across);
    weights[x] = Math.abs(Math.sin(across * Math.PI));
  }
  const sums = new Float64Array(CELLS);
  const perCell = (4 * widthPx * heightPx) / (Math.PI * Math.PI * CELLS * CELLS);
  for (let y = 0; y < heightPx; y++) {
    const down = ((y + 0.5) / heightPx) * CELLS;
    const weight = Math.abs(Math.sin(down * Math.PI)) / perCell;
    sums.fill(0);
    const start = y * widthPx;
    for (let x = 0; x < widthPx; x++) sums[columns[x]!]! += weights[x]! * luma[start + x]!;
    const row = Math.floor(down) * CELLS;
    for (let cell = 0; cell < CELLS; cell++) cells[row + cell]! += sums[cell]! * weight;
  }
}
