import type { RgbaImage } from '../appearance.ts';
import type { Texture } from './scene-plan.ts';

/** A row takes about 0.08 ms. */
const ROWS_PER_PIECE = 64;

/**
 * Premultiplies an image and brings it to another size by averaging areas (or between pixels, to enlarge). Rows stream
 * through, so that nothing as large as the image is allocated but the result.
 */
export function loadTexture(image: RgbaImage, widthPx: number, heightPx: number): Texture {
  const pieces = loadTextureInPieces(image, widthPx, heightPx);
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return value;
  }
}

/** As `loadTexture`, in pieces of about 5 ms, between which a thread may do what is more urgent. */
export function* loadTextureInPieces(image: RgbaImage, widthPx: number, heightPx: number): Generator<void, Texture> {
  const columns = spread(image.widthPx, widthPx);
  const rows = spread(image.heightPx, heightPx);
  const pixels = new Uint8Array(widthPx * heightPx * 4);
  const source = new Float32Array(image.widthPx * 4);
  const narrow = new Float32Array(widthPx * 4);
  const sums = new Float32Array(widthPx * 4);
  let loadedRow = -1;
  for (let y = 0; y < heightPx; y++) {
    sums.fill(0);
    for (let row = rows.first[y]!, at = rows.start[y]!; at < rows.start[y + 1]!; row++, at++) {
      if (row !== loadedRow) {
        premultiplyRow(image, row, source);
        resampleRow(source, columns, narrow);
        loadedRow = row;
      }
      const weight = rows.weights[at]!;
      for (let index = 0; index < sums.length; index++) sums[index]! += weight * narrow[index]!;
    }
    const to = y * widthPx * 4;
    for (let index = 0; index < sums.length; index++) pixels[to + index] = Math.min(255, sums[index]! + 0.5);
    if (y % ROWS_PER_PIECE === ROWS_PER_PIECE - 1) yield;
  }
  return { widthPx, heightPx, pixels };
}

/**
 * Gives back the detail that drawing between texels takes away, or warped skin would be smoother than what stands still.
 * @param amount - share of each texel's difference from its neighbours that is added to it.
 * @returns a new texture; alpha stays, and no colour exceeds it.
 */
export function sharpened({ heightPx, pixels, widthPx }: Texture, amount: number): Texture {
  const out = pixels.slice();
  const row = widthPx * 4;
  for (let y = 1; y + 1 < heightPx; y++) {
    for (let x = 1; x + 1 < widthPx; x++) {
      const at = y * row + x * 4;
      const alpha = pixels[at + 3]!;
      // At soft edges a difference is the edge's own.
      if (alpha < 250) continue;
      for (let index = at; index < at + 3; index++) {
        const value = pixels[index]!;
        const around = pixels[index - 4]! + pixels[index + 4]! + pixels[index - row]! + pixels[index + row]!;
        const sharp = value + amount * (value - around / 4) + 0.5;
        out[index] = sharp < 0 ? 0 : sharp > alpha ? alpha : sharp;
      }
    }
  }
  return { widthPx, heightPx, pixels: out };
}

function premultiplyRow({ widthPx, pixels }: RgbaImage, row: number, out: Float32Array): void {
  const from = row * widthPx * 4;
  for (let at = 0; at < out.length; at += 4) {
    const alpha = pixels[from + at + 3]!;
    const share = alpha / 255;
    out[at] = pixels[from + at]! * share;
    out[at + 1] = pixels[from + at + 1]! * share;
    out[at + 2] = pixels[from + at + 2]! * share;
    out[at + 3] = alpha;
  }
}

function resampleRow(source: Float32Array, { first, start, weights }: Spread, out: Float32Array): void {
  for (let x = 0, to = 0; to < out.length; x++, to += 4) {
    let [red, green, blue, alpha] = [0, 0, 0, 0];
    for (let at = start[x]!, from = first[x]! * 4; at < start[x + 1]!; at++, from += 4) {
      const weight = weights[at]!;
      red += weight * source[from]!;
      green += weight * source[from + 1]!;
      blue += weight * source[from + 2]!;
      alpha += weight * source[from + 3]!;
    }
    out[to] = red;
    out[to + 1] = green;
    out[to + 2] = blue;
    out[to + 3] = alpha;
  }
}

/** Which source pixels make a target pixel: from `first`, with the weights from `start` to the next one's. */
interface Spread {
  readonly first: Int32Array;
  readonly start: Int32Array;
  readonly weights: Float32Array;
}

function spread(from: number, to: number): Spread {
  const step = from / to;
  // A box of one target pixel, at least one source pixel wide, with parts of pixels at both ends.
  const reach = Math.max(step, 1) / 2;
  const first = new Int32Array(to);
  const start = new Int32Array(to + 1);
  const weights: number[] = [];
  for (let x = 0; x < to; x++) {
    const middle = (x + 0.5) * step;
    const low = Math.max(0, Math.floor(middle - reach));
    const high = Math.min(from - 1, Math.ceil(middle + reach) - 1);
    const shares: number[] = [];
    for (let at = low; at <= high; at++) shares.push(Math.min(at + 1, middle + reach) - Math.max(at, middle - reach));
    const total = shares.reduce((sum, share) => sum + share, 0);
    first[x] = low;
    weights.push(...shares.map((share) => share / total));
    start[x + 1] = weights.length;
  }
  return { first, start, weights: Float32Array.from(weights) };
}
