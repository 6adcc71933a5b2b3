import { assert } from '../../base/errors.ts';
import { seededRandom, type Random } from '../../base/random.ts';

/**
 * A keyed mark in the luma that says "this picture was generated". The picture is divided into `CELLS` x `CELLS` cells;
 * a 2 x 2 block of cells carries one secret sign as the checker + - / - +, so that neither brightness nor a slope of
 * the picture below resembles it. The mark lives in the picture's own coordinates: scaling the picture scales it.
 */

/** Cells along each side. 8 px at 512: coarse enough for VP8 at 300 kbit/s and 360 px (`bench/watermark.ts`). */
export const CELLS = 64;
export const BLOCKS = CELLS / 2;
/** Luma steps at a cell's centre on a plain, light ground: an eye close to the screen begins to see cloth at 2. */
export const STRENGTH = 1.4;
/** No sample is moved by more, however busy its place. */
const MAX_STEPS = 4;

/** Any secret text; the operator's, not the caller's. */
export type WatermarkKey = string;

/** @returns the secret signs, `[BLOCKS * BLOCKS]` of 1 or -1, row by row. */
export function watermarkSigns(key: WatermarkKey): Int8Array {
  const random = keyedRandom(key, 1);
  return Int8Array.from({ length: BLOCKS * BLOCKS }, () => (random.uniform() < 0.5 ? -1 : 1));
}

/** A mark laid out for one size of picture, to be added to every frame. */
export class Watermark {
  /** Samples of a row of the plane: the picture's, and those of what is drawn beside it. */
  readonly rowPx: number;
  /** What is added to each luma sample: `[heightPx * rowPx]`, at most 4 steps up or down; only read. */
  readonly pattern: Int8Array;
  readonly #words: Int32Array;

  /**
   * @param widthPx - a multiple of 4, as is `rowPx`.
   * @param likeness - luma of a picture like those to come, `[heightPx * rowPx]`, only read: the mark is then stronger in
   * hair and cloth, where it hides, and weaker on dark plain ground, where it would be seen.
   */
  constructor(key: WatermarkKey, widthPx: number, heightPx: number, likeness?: Uint8Array, rowPx = widthPx) {
    assert(widthPx % 4 === 0 && rowPx % 4 === 0 && heightPx > 0, 'a row of the watermark is whole words');
    const place = { widthPx, heightPx, rowPx };
    this.rowPx = rowPx;
    const gains = likeness === undefined ? new Float32Array(CELLS * CELLS).fill(1) : hide(likeness, place);
    this.pattern = layOut(key, place, gains);
    this.#words = asWords(this.pattern);
  }

  /**
   * Marks one picture in place.
   * @param luma - starts with the plane, `[heightPx * rowPx]`.
   */
  embed(luma: Uint8Array): void {
    const { pattern } = this;
    const words = this.#words;
    assert(luma.length >= pattern.length, 'the luma plane is as large as its watermark');
    if (luma.byteOffset % 4 !== 0) {
      addClamped(luma, pattern, 0, pattern.length);
      return;
    }
    // Four samples at once, where none of them is so near to black or white that its byte would carry into the next.
    const samples = new Int32Array(luma.buffer, luma.byteOffset, words.length);
    for (let i = 0; i < words.length; i++) {
      const four = samples[i]!;
      const edge = ((four - MARGIN) & ~four) | ((~four - MARGIN) & four);
      if ((edge & HIGH_BITS) === 0) samples[i] = (four + words[i]!) | 0;
      else addClamped(luma, pattern, i * 4, i * 4 + 4);
    }
  }
}

interface Place {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rowPx: number;
}

const MARGIN = 0x05050505;
const HIGH_BITS = 0x80808080;

function addClamped(luma: Uint8Array, pattern: Int8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) luma[i] = Math.max(0, Math.min(255, luma[i]! + pattern[i]!));
}

/** @returns how strong the mark may be in each cell, `[CELLS * CELLS]` around 1. */
function hide(luma: Uint8Array, { widthPx, heightPx, rowPx }: Place): Float32Array {
  const counts = new Float32Array(CELLS * CELLS);
  const sums = new Float32Array(CELLS * CELLS);
  const changes = new Float32Array(CELLS * CELLS);
  for (let y = 1; y < heightPx; y++) {
    const row = Math.floor((y / heightPx) * CELLS) * CELLS;
    for (let x = 1; x < widthPx; x++) {
      const at = y * rowPx + x;
      const cell = row + Math.floor((x / widthPx) * CELLS);
      counts[cell]! += 1;
      sums[cell]! += luma[at]!;
      changes[cell]! += Math.abs(luma[at]! - luma[at - 1]!) + Math.abs(luma[at]! - luma[at - rowPx]!);
    }
  }
  return counts.map((count, cell) => {
    const brightness = sums[cell]! / count;
    const busyness = changes[cell]! / count;
    // A step is seen against what is around it (Weber): half the strength is as visible at luma 40 as the whole at 120.
    const light = Math.max(0.55, Math.min(1, brightness / 120));
    return light * (1 + Math.min(1.8, busyness / 6));
  });
}

/** @returns the mark in the picture's own coordinates, with smooth borders, rounded by a keyed dither. */
function layOut(key: WatermarkKey, { widthPx, heightPx, rowPx }: Place, gains: Float32Array): Int8Array {
  const signs = watermarkSigns(key);
  const dither = keyedRandom(key, 2);
  const pattern = new Int8Array(rowPx * heightPx);
  // A sine across each cell has no edges that an eye or an encoder could hold on to.
  const columns = Float32Array.from({ length: widthPx }, (_, x) => Math.sin(((x + 0.5) / widthPx) * CELLS * Math.PI));
  const rows = Float32Array.from({ length: heightPx }, (_, y) => Math.sin(((y + 0.5) / heightPx) * CELLS * Math.PI));
  for (let y = 0; y < heightPx; y++) {
    const cellRow = Math.floor((y / heightPx) * CELLS);
    for (let x = 0; x < widthPx; x++) {
      const cellColumn = Math.floor((x / widthPx) * CELLS);
      const sign = signs[(cellRow >> 1) * BLOCKS + (cellColumn >> 1)]!;
      const gain = STRENGTH * sign * gains[cellRow * CELLS + cellColumn]!;
      const steps = Math.floor(gain * columns[x]! * rows[y]! + dither.uniform());
      pattern[y * rowPx + x] = Math.max(-MAX_STEPS, Math.min(MAX_STEPS, steps));
    }
  }
  return pattern;
}

/** @returns the pattern as sums for four little-endian bytes at a time. */
function asWords(pattern: Int8Array): Int32Array {
  return Int32Array.from({ length: pattern.length / 4 }, (_, word) => {
    let sum = 0;
    for (let byte = 3; byte >= 0; byte--) sum = (Math.imul(sum, 256) + pattern[word * 4 + byte]!) | 0;
    return sum;
  });
}

/** Spreads a text over a seed and a stream (FNV-1a, twice), so that every key has a pattern of its own. */
function keyedRandom(key: WatermarkKey, purpose: number): Random {
  return seededRandom(hash(key, 0x811c9dc5), (hash(key, 0x9747b28c) << 2) | purpose);
}

function hash(text: string, start: number): number {
  let state = start;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state >>> 0;
}
