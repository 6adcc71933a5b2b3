/** Taps on each side of an output sample, in units of the slower rate: with a Kaiser window of beta 9, 90 dB (Kaiser 1974). */
const HALF_WIDTH = 16;
const KAISER_BETA = 9;
/** Share of the slower rate's half that is kept; what lies above rolls off. */
const PASS_BAND = 0.92;
/** Rates whose ratio needs more filter phases than this are matched to the nearest one: far below a microsecond. */
const MAX_PHASES = 1024;

/**
 * Changes the rate of a stream of samples by a windowed sinc. Output sample `n` lies at the time of input position
 * `n * fromHz / toHz`: no delay to account for. How the input is cut does not matter.
 */
export class Resampler {
  readonly #fromHz: number;
  readonly #toHz: number;
  readonly #phaseCount: number;
  /** `[phase, tap]`. */
  readonly #filters: Float32Array;
  readonly #tapCount: number;
  readonly #halfTaps: number;
  /** Input from `#heldStart` on, before which nothing is needed any more. */
  #held: Float32Array;
  #heldStart: number;
  #heldCount: number;
  #taken = 0;
  #made = 0;

  constructor(fromHz: number, toHz: number) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.#fromHz = fromHz;
    this.#toHz = toHz;
    this.#phaseCount = Math.min(MAX_PHASES, toHz / divisor);
    const scale = Math.min(1, toHz / fromHz);
    this.#halfTaps = Math.ceil(HALF_WIDTH / scale);
    this.#tapCount = 2 * this.#halfTaps;
    this.#filters = windowedSinc(this.#phaseCount, this.#halfTaps, scale);
    // The stream is silent before its first sample.
    this.#heldStart = -this.#halfTaps;
    this.#heldCount = this.#halfTaps;
    this.#held = new Float32Array(this.#tapCount + 4096);
  }

  /** @returns what can be told now; may be empty. `samples` is only read. */
  push(samples: Float32Array): Float32Array {
    if (this.#fromHz === this.#toHz) return samples.slice();
    this.#take(samples);
    return this.#make(Math.ceil(((this.#taken - this.#halfTaps) * this.#toHz) / this.#fromHz));
  }

  /** @returns the rest, so that the output is as long as the input; then begins anew. */
  flush(): Float32Array {
    if (this.#fromHz === this.#toHz) return new Float32Array(0);
    const total = Math.ceil((this.#taken * this.#toHz) / this.#fromHz);
    this.#take(new Float32Array(this.#tapCount));
    const rest = this.#make(total);
    this.reset();
    return rest;
  }

  reset(): void {
    this.#held.fill(0);
    this.#heldStart = -this.#halfTaps;
    this.#heldCount = this.#halfTaps;
    this.#taken = 0;
    this.#made = 0;
  }

  #take(samples: Float32Array): void {
    const needed = Math.floor((this.#made * this.#fromHz) / this.#toHz) - this.#halfTaps;
    const drop = Math.min(this.#heldCount, Math.max(0, needed - this.#heldStart));
    if (this.#heldCount - drop + samples.length > this.#held.length) {
      const larger = new Float32Array(2 * (this.#heldCount - drop + samples.length));
      larger.set(this.#held.subarray(drop, this.#heldCount));
      this.#held = larger;
    } else {
      this.#held.copyWithin(0, drop, this.#heldCount);
    }
    this.#heldCount -= drop;
    this.#heldStart += drop;
    this.#held.set(samples, this.#heldCount);
    this.#heldCount += samples.length;
    this.#taken += samples.length;
  }

  #make(until: number): Float32Array {
    const output = new Float32Array(Math.max(0, until - this.#made));
    const held = this.#held;
    const filters = this.#filters;
    const tapCount = this.#tapCount;
    for (let index = 0; index < output.length; index++) {
      const position = ((this.#made + index) * this.#fromHz) / this.#toHz;
      let base = Math.floor(position);
      let phase = Math.round((position - base) * this.#phaseCount);
      if (phase === this.#phaseCount) {
        base++;
        phase = 0;
      }
      const first = base - this.#halfTaps + 1 - this.#heldStart;
      const filter = phase * tapCount;
      // Two sums, because the processor waits for one addition before the next to the same place.
      let even = 0;
      let odd = 0;
      for (let tap = 0; tap < tapCount; tap += 2) {
        even += held[first + tap]! * filters[filter + tap]!;
        odd += held[first + tap + 1]! * filters[filter + tap + 1]!;
      }
      output[index] = even + odd;
    }
    this.#made += output.length;
    return output;
  }
}

function windowedSinc(phaseCount: number, halfTaps: number, scale: number): Float32Array {
  const tapCount = 2 * halfTaps;
  const filters = new Float32Array(phaseCount * tapCount);
  const cutoff = scale * PASS_BAND;
  for (let phase = 0; phase < phaseCount; phase++) {
    let sum = 0;
    for (let tap = 0; tap < tapCount; tap++) {
      const distance = tap - halfTaps + 1 - phase / phaseCount;
      const edge = distance / halfTaps;
      const window = Math.abs(edge) < 1 ? bessel0(KAISER_BETA * Math.sqrt(1 - edge * edge)) / bessel0(KAISER_BETA) : 0;
      const angle = Math.PI * cutoff * distance;
      const value = (angle === 0 ? 1 : Math.sin(angle) / angle) * window;
      filters[phase * tapCount + tap] = value;
      sum += value;
    }
    // Each phase passes a constant unchanged, or the ripple between phases would be heard as a tone.
    for (let tap = 0; tap < tapCount; tap++) filters[phase * tapCount + tap]! /= sum;
  }
  return filters;
}

/** Modified Bessel function of order 0, by its power series. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
