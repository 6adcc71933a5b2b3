import type { MediaTimeUs } from '../../base/timeline.ts';
import { BEAT_HZ, BLOCKS, watermarkPhases, type WatermarkKey } from './watermark-key.ts';
import { LEVELS, checkerTiles, type Tiles } from './watermark-tiles.ts';

/**
 * Steps of Cb at the checker's peaks where blue is 120 of 255. A step of Cb moves blue by 1.77, which a screen's gamma
 * of 2.2 makes 3.2 % of its light, so the mark has 4.5 %. At its 1 cycle a degree an eye needs nearly that much to see a blue
 * and yellow grating that stands still (K. T. Mullen, "The contrast sensitivity of human colour vision", 1985), and
 * more where it beats five times a second; encoders keep colours that no eye sees.
 */
const STRENGTH = 1.4;
/** Steps of blue for one of Cb (ITU-R BT.601). */
const BLUE_OF_CB = 1.772;
const REFERENCE_BLUE = 120;
/** Strength follows the amount of blue, within these limits. */
const LEAST_LIGHT = 0.4;
const MOST_LIGHT = 1.3;
const LEVEL_STEP = (STRENGTH * MOST_LIGHT) / LEVELS;

/** Where a block lies in the Cb plane, in samples. */
interface Place {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/** The part of one key's mark that lies in how blue pictures of one size are; their brightness stays as it is. */
export class BlueMark {
  readonly #phases: Float64Array;
  readonly #lumaRowPx: number;
  readonly #places: readonly Place[];
  readonly #tiles: readonly Tiles[];

  /**
   * @param widthPx - of the picture, a multiple of 8.
   * @param heightPx - of the picture, even.
   * @param rowPx - samples of a row of the luma plane, a multiple of 8.
   */
  constructor(key: WatermarkKey, widthPx: number, heightPx: number, rowPx: number) {
    this.#phases = watermarkPhases(key, 'blue');
    this.#lumaRowPx = rowPx;
    const edge = (samples: number, block: number): number => Math.round((block * samples) / BLOCKS);
    const edgeOfWords = (samples: number, block: number): number => 4 * edge(samples / 4, block);
    this.#places = Array.from({ length: BLOCKS * BLOCKS }, (_, block) => {
      const column = block % BLOCKS;
      const row = (block - column) / BLOCKS;
      const [left, right] = [edgeOfWords(widthPx / 2, column), edgeOfWords(widthPx / 2, column + 1)];
      const [top, bottom] = [edge(heightPx / 2, row), edge(heightPx / 2, row + 1)];
      return { left, top, columns: right - left, rows: bottom - top };
    });
    const made = new Map<string, Tiles>();
    this.#tiles = this.#places.map(({ columns, rows }) => {
      const size = `${columns} ${rows}`;
      const tile = made.get(size) ?? checkerTiles(columns, rows, LEVEL_STEP);
      made.set(size, tile);
      return tile;
    });
  }

  /**
   * Marks one picture in place; no sample moves by more than two steps.
   * @param luma - `[heightPx * rowPx]`, only read.
   * @param cb - `[heightPx / 2 * rowPx / 2]`.
   */
  embed(luma: Uint8Array, cb: Uint8Array, timeUs: MediaTimeUs): void {
    const inWords = cb.byteOffset % 4 === 0;
    // Cb lies between 16 and 240, so no step wraps, and four samples are stepped at once.
    const samples = inWords ? new Int32Array(cb.buffer, cb.byteOffset, cb.length >> 2) : cb;
    const each = inWords ? 4 : 1;
    const rowLength = this.#lumaRowPx / 2 / each;
    for (let block = 0; block < this.#phases.length; block++) {
      const { left, top, columns, rows } = this.#places[block]!;
      const steps = inWords ? this.#tiles[block]!.words : this.#tiles[block]!.steps;
      const width = columns / each;
      let from = this.#tileRow(luma, cb, timeUs, block) * width;
      for (let row = top; row < top + rows; row++) {
        const start = row * rowLength + left / each;
        for (let at = start; at < start + width; at++, from++) samples[at]! += steps[from]!;
      }
    }
  }

  /**
   * @param luma - `[heightPx * rowPx]`, only read.
   * @param cb - `[heightPx / 2 * rowPx / 2]`, only read.
   * @returns what the mark adds to each sample of Cb, `[heightPx / 2 * rowPx / 2]`, -2 to 2.
   */
  pattern(luma: Uint8Array, cb: Uint8Array, timeUs: MediaTimeUs): Int8Array {
    const marked = cb.slice();
    this.embed(luma, marked, timeUs);
    return Int8Array.from(marked, (value, at) => value - cb[at]!);
  }

  /** @returns the row of the block's tiles at which the strength begins that this picture gets there. */
  #tileRow(luma: Uint8Array, cb: Uint8Array, timeUs: MediaTimeUs, block: number): number {
    const beat = Math.cos((2 * Math.PI * BEAT_HZ * timeUs) / 1e6 + this.#phases[block]!);
    const light = Math.max(LEAST_LIGHT, Math.min(MOST_LIGHT, this.#blueAt(luma, cb, block) / REFERENCE_BLUE));
    const level = Math.round((STRENGTH / LEVEL_STEP) * beat * light);
    return (level + LEVELS) * this.#places[block]!.rows;
  }

  /** @returns how blue the block is, 0 to 255, by 16 samples of it. */
  #blueAt(luma: Uint8Array, cb: Uint8Array, block: number): number {
    const { left, top, columns, rows } = this.#places[block]!;
    let sum = 0;
    for (let i = 0; i < 16; i++) {
      const x = left + Math.floor((((i & 3) + 0.5) * columns) / 4);
      const y = top + Math.floor((((i >> 2) + 0.5) * rows) / 4);
      const blueness = cb[(y * this.#lumaRowPx) / 2 + x]! - 128;
      sum += luma[2 * (y * this.#lumaRowPx + x)]! + BLUE_OF_CB * blueness;
    }
    return sum / 16;
  }
}
