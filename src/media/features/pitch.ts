/** Voices from a deep man's to a child's (Titze 1994). */
const LOWEST_HZ = 75;
const HIGHEST_HZ = 500;
const WINDOW_S = 0.03;
/** Correlation with itself a period later above which a sound has a pitch. */
const VOICED = 0.55;
/** A period must be this much better than its half, or the octave above is taken. */
const OCTAVE_MARGIN = 0.92;

/** Finds the pitch of the newest sound by normalised autocorrelation at half the rate. Any cutting gives the same. */
export class PitchTracker {
  readonly #rateHz: number;
  readonly #window: number;
  readonly #shortest: number;
  readonly #longest: number;
  readonly #samples: Float32Array;
  /** The samples in order, oldest first. */
  readonly #line: Float32Array;
  readonly #likeness: Float32Array;
  #next = 0;
  #half: number | undefined;

  constructor(sampleRateHz: number) {
    this.#rateHz = sampleRateHz / 2;
    this.#window = Math.round(WINDOW_S * this.#rateHz);
    this.#shortest = Math.floor(this.#rateHz / HIGHEST_HZ);
    this.#longest = Math.ceil(this.#rateHz / LOWEST_HZ);
    this.#samples = new Float32Array(this.#window + this.#longest);
    this.#line = new Float32Array(this.#samples.length);
    this.#likeness = new Float32Array(this.#longest + 1);
  }

  push(sample: number): void {
    if (this.#half === undefined) {
      this.#half = sample;
      return;
    }
    const { length } = this.#samples;
    this.#samples[this.#next] = (this.#half + sample) / 2;
    this.#next = this.#next + 1 === length ? 0 : this.#next + 1;
    this.#half = undefined;
  }

  /** @returns Hz, or nothing where the newest sound has no pitch. */
  pitchHz(): number | undefined {
    const { length } = this.#samples;
    const [line, likeness] = [this.#line, this.#likeness];
    line.set(this.#samples.subarray(this.#next));
    line.set(this.#samples.subarray(0, this.#next), length - this.#next);
    const start = this.#longest;
    let energy = 0;
    for (let at = start; at < length; at++) energy += line[at]! * line[at]!;
    if (energy < 1e-7) return undefined;
    let [best, bestLag] = [0, 0];
    // The energy of the shifted window changes by one sample at either end.
    let shifted = energy;
    for (let lag = 1; lag <= this.#longest; lag++) {
      shifted += line[start - lag]! ** 2 - line[length - lag]! ** 2;
      if (lag < this.#shortest) continue;
      let product = 0;
      for (let at = start; at < length; at++) product += line[at]! * line[at - lag]!;
      const alike = product / Math.sqrt(energy * Math.max(0, shifted) + 1e-12);
      likeness[lag] = alike;
      if (alike > best) [best, bestLag] = [alike, lag];
    }
    if (best < VOICED) return undefined;
    // The shortest period that is nearly as good: a multiple of it fits as well.
    for (let lag = this.#shortest + 1; lag < bestLag; lag++) {
      const value = likeness[lag]!;
      if (value > OCTAVE_MARGIN * best && value >= likeness[lag - 1]! && value >= likeness[lag + 1]!) {
        return this.#rateHz / lag;
      }
    }
    return this.#rateHz / bestLag;
  }

  reset(): void {
    this.#samples.fill(0);
    this.#next = 0;
    this.#half = undefined;
  }
}
