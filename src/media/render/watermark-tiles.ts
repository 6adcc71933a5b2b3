/** Strengths are rounded to `LEVELS` steps up or down. */
export const LEVELS = 16;

/** The checker of one size at each strength from the lowest to the highest: as steps, and four of them as one sum. */
export interface Tiles {
  /** `[2 * LEVELS + 1, rows, widthPx]`. */
  readonly steps: Int8Array;
  /** Steps of four little-endian bytes at a time: added as a whole, right where no byte wraps. */
  readonly words: Int32Array;
}

/**
 * Lays one block's checker out at each strength from the lowest to the highest.
 * @param widthPx - a multiple of 4.
 * @param levelStep - what one level more adds at the checker's peak, in steps of the samples.
 */
export function checkerTiles(widthPx: number, rows: number, levelStep: number): Tiles {
  const steps = new Int8Array((2 * LEVELS + 1) * rows * widthPx);
  for (let level = -LEVELS, at = 0; level <= LEVELS; level++) {
    for (let y = 0; y < rows; y++) {
      // A sine has no edges that an eye or an encoder could hold on to.
      const row = level * levelStep * Math.sin(((y + 0.5) / rows) * 2 * Math.PI);
      for (let x = 0; x < widthPx; x++, at++) {
        // A dither that spreads evenly (R2 sequence, M. Roberts 2018): the same at each strength, so samples do not boil.
        const dither = (0.7548776662 * x + 0.569840291 * y + 0.5) % 1;
        steps[at] = Math.floor(row * Math.sin(((x + 0.5) / widthPx) * 2 * Math.PI) + dither);
      }
    }
  }
  const words = Int32Array.from({ length: steps.length / 4 }, (_, word) => {
    let sum = 0;
    for (let byte = 3; byte >= 0; byte--) sum = (Math.imul(sum, 256) + steps[word * 4 + byte]!) | 0;
    return sum;
  });
  return { steps, words };
}
