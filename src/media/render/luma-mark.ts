import { assert } from '../../base/errors.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import { BEAT_HZ, BLOCKS, watermarkPhases, type WatermarkKey } from './watermark-key.ts';
import { LEVELS, checkerTiles, type Tiles } from './watermark-tiles.ts';

/**
 * Luma steps at the checker's peaks on a plain ground at luma 120: 0.15 % of it, which a screen's gamma of 2.2 makes
 * a contrast of 0.33 %. An eye sees about 0.4 % at 2 to 3 cycles a degree, where it sees most.
 */
const STRENGTH = 0.18;
/** A step is seen against what is around it (Weber), so strength follows brightness, within these limits. */
const REFERENCE_LUMA = 120;
const LEAST_LIGHT = 0.4;
const MOST_LIGHT = 1.3;
/** Texture that fills a block hides up to this much more. */
const MOST_TEXTURE = 2;
const LEVEL_STEP = (STRENGTH * MOST_LIGHT * MOST_TEXTURE) / LEVELS;

/** The part of one key's mark that lies in the luma of pictures of one size. */
export class LumaMark {
  readonly #phases: Float64Array;
  readonly #rowPx: number;
  readonly #blockRows: number;
  /** Where each block begins in its row, in words of four samples, and where the last one ends. */
  readonly #starts: Int32Array;
  readonly #tiles: readonly Tiles[];
  readonly #levels = new Int32Array(BLOCKS * BLOCKS);

  /**
   * @param widthPx - a multiple of 4, at least 128.
   * @param heightPx - a multiple of `BLOCKS`, at least 128.
   * @param rowPx - samples of a row of the plane, a multiple of 4: the picture's, and those of what is drawn beside it.
   */
  constructor(key: WatermarkKey, widthPx: number, heightPx: number, rowPx = widthPx) {
    assert(widthPx % 4 === 0 && rowPx % 4 === 0 && widthPx >= 128, 'a row of the watermark is whole words');
    assert(heightPx % BLOCKS === 0 && heightPx >= 128, 'the rows of the watermark fill its blocks');
    this.#phases = watermarkPhases(key, 'luma');
    this.#rowPx = rowPx;
    this.#blockRows = heightPx / BLOCKS;
    this.#starts = Int32Array.from({ length: BLOCKS + 1 }, (_, block) => Math.round((block * widthPx) / 4 / BLOCKS));
    const made = new Map<number, Tiles>();
    this.#tiles = Array.from({ length: BLOCKS }, (_, block) => {
      const words = this.#starts[block + 1]! - this.#starts[block]!;
      const tiles = made.get(words) ?? checkerTiles(4 * words, this.#blockRows, LEVEL_STEP);
      made.set(words, tiles);
      return tiles;
    });
  }

  /**
   * Marks one picture in place; no sample moves by more than one step.
   * @param luma - starts with the plane, `[heightPx * rowPx]`.
   * @param timeUs - when the picture is shown.
   */
  embed(luma: Uint8Array, timeUs: MediaTimeUs): void {
    const rows = this.#blockRows;
    const rowWords = this.#rowPx / 4;
    assert(luma.length >= BLOCKS * rows * this.#rowPx, 'the luma plane is as large as its watermark');
    this.#choose(luma, timeUs);
    if (luma.byteOffset % 4 !== 0) {
      this.#each((at, step) => {
        luma[at] = Math.max(0, Math.min(255, luma[at]! + step));
      });
      return;
    }
    const samples = new Int32Array(luma.buffer, luma.byteOffset, BLOCKS * rows * rowWords);
    for (let block = 0; block < this.#levels.length; block++) {
      const level = this.#levels[block]!;
      if (level === 0) continue;
      const column = block % BLOCKS;
      const { words, steps } = this.#tiles[column]!;
      const start = this.#starts[column]!;
      const width = this.#starts[column + 1]! - start;
      let from = (level + LEVELS) * rows * width;
      let to = ((block - column) / BLOCKS) * rows * rowWords + start;
      for (let row = 0; row < rows; row++, to += rowWords - width) {
        for (const end = to + width; to < end; to++, from++) {
          const four = samples[to]!;
          // Four samples at once, where none of them is so near to black or white that it would carry into the next.
          const edge = ((four - ONES) & ~four) | ((~four - ONES) & four);
          if ((edge & HIGH_BITS) === 0) samples[to] = (four + words[from]!) | 0;
          else
            for (let i = 0; i < 4; i++)
              luma[4 * to + i] = Math.max(0, Math.min(255, luma[4 * to + i]! + steps[4 * from + i]!));
        }
      }
    }
  }

  /**
   * @param luma - of the unmarked picture, `[heightPx * rowPx]`, only read.
   * @returns what the mark adds to each of its samples: `[heightPx * rowPx]`, -1, 0 or 1.
   */
  pattern(luma: Uint8Array, timeUs: MediaTimeUs): Int8Array {
    const pattern = new Int8Array(BLOCKS * this.#blockRows * this.#rowPx);
    this.#choose(luma, timeUs);
    this.#each((at, step) => (pattern[at] = step));
    return pattern;
  }

  #each(visit: (at: number, step: number) => void): void {
    const rows = this.#blockRows;
    for (let block = 0; block < this.#levels.length; block++) {
      const column = block % BLOCKS;
      const start = 4 * this.#starts[column]!;
      const width = 4 * this.#starts[column + 1]! - start;
      const top = ((block - column) / BLOCKS) * rows;
      const from = (this.#levels[block]! + LEVELS) * rows * width;
      const { steps } = this.#tiles[column]!;
      for (let i = 0; i < rows * width; i++) {
        visit((top + Math.floor(i / width)) * this.#rowPx + start + (i % width), steps[from + i]!);
      }
    }
  }

  /** Decides how strong each block of this picture is marked, by what the picture shows there. */
  #choose(luma: Uint8Array, timeUs: MediaTimeUs): void {
    const angle = (2 * Math.PI * BEAT_HZ * timeUs) / 1e6;
    const { rowPx, rows } = { rowPx: this.#rowPx, rows: this.#blockRows };
    for (let block = 0; block < this.#levels.length; block++) {
      const column = block % BLOCKS;
      const start = 4 * this.#starts[column]!;
      const width = 4 * this.#starts[column + 1]! - start;
      const at = ((block - column) / BLOCKS) * rows * rowPx + start;
      const beat = Math.cos(angle + this.#phases[block]!);
      this.#levels[block] = Math.round((STRENGTH / LEVEL_STEP) * beat * hiding(luma, at, rowPx, width >> 3, rows >> 3));
    }
  }
}

const ONES = 0x01010101;
const HIGH_BITS = 0x80808080;

/**
 * Looks at 8 x 8 samples of a block.
 * @returns how strong the mark may be there: 1 on plain ground at `REFERENCE_LUMA`.
 */
function hiding(luma: Uint8Array, at: number, rowPx: number, stepX: number, stepY: number): number {
  let sum = 0;
  let texture = 0;
  const down = stepY * rowPx;
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      const first = at + 2 * (y * down + x * stepX);
      const a = luma[first]!;
      const b = luma[first + stepX]!;
      const c = luma[first + down]!;
      const d = luma[first + down + stepX]!;
      sum += a + b + c + d;
      // Neither a slope nor an outline that crosses a part of the block hides a mark, so slopes cancel and edges are capped.
      texture += Math.min(TEXTURE_CAP, Math.abs(a - b - c + d));
    }
  }
  const light = Math.max(LEAST_LIGHT, Math.min(MOST_LIGHT, sum / 64 / REFERENCE_LUMA));
  const busy = Math.max(0, texture / 16 - TEXTURE_CAP / 3) / (TEXTURE_CAP / 2);
  return light * Math.min(MOST_TEXTURE, 1 + busy);
}

/** Luma steps of contrast above which a place counts as textured and no more. */
const TEXTURE_CAP = 9;
