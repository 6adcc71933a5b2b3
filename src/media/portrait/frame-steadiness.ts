/** How a drawn sequence behaves over time. Differences are means of absolute RGB differences, 0..255. */
export interface Steadiness {
  /** Largest difference of one frame to the next where nothing should move. */
  readonly stillDifference: number;
  /** Mean difference of one frame to the next over the whole picture. */
  readonly meanDifference: number;
  /** The largest ratio of a frame's difference to the median of its neighbours': a pop stands out above 4 or so. */
  readonly largestJump: number;
  readonly frameCount: number;
}

/** Frames around one that say what change is usual there. */
const NEIGHBOURS = 6;
/** Differences below this are rounding and grain, whatever their ratio. */
const NOISE_FLOOR = 0.3;

/** Takes the frames of a sequence one by one and compares each with the one before. */
export class SteadinessMeter {
  readonly #still: Uint8Array;
  readonly #differences: number[] = [];
  #previous: Uint8Array | undefined;
  #stillDifference = 0;

  /** @param still - one value a pixel, 1 where nothing should move. */
  constructor(still: Uint8Array) {
    this.#still = still;
  }

  /** @param rgba - interleaved, copied. */
  push(rgba: Uint8Array): void {
    const previous = this.#previous;
    if (previous !== undefined) {
      let [all, still, stillCount] = [0, 0, 0];
      for (let pixel = 0, at = 0; pixel < this.#still.length; pixel++, at += 4) {
        const difference =
          (Math.abs(rgba[at]! - previous[at]!) +
            Math.abs(rgba[at + 1]! - previous[at + 1]!) +
            Math.abs(rgba[at + 2]! - previous[at + 2]!)) /
          3;
        all += difference;
        if (this.#still[pixel] === 1) {
          still += difference;
          stillCount++;
        }
      }
      this.#differences.push(all / this.#still.length);
      if (stillCount > 0) this.#stillDifference = Math.max(this.#stillDifference, still / stillCount);
    }
    this.#previous = rgba.slice();
  }

  result(): Steadiness {
    const differences = this.#differences;
    const sum = differences.reduce((total, difference) => total + difference, 0);
    const jumps = differences.map((difference, index) => {
      const around = differences.slice(Math.max(0, index - NEIGHBOURS), index + NEIGHBOURS + 1);
      return difference / Math.max(NOISE_FLOOR, median(around));
    });
    return {
      stillDifference: this.#stillDifference,
      meanDifference: differences.length === 0 ? 0 : sum / differences.length,
      largestJump: Math.max(0, ...jumps),
      frameCount: differences.length + (this.#previous === undefined ? 0 : 1),
    };
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
