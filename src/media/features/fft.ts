import { assert } from '../../base/errors.ts';

/**
 * Power spectrum of real signals of one size, without allocating: a complex transform of half the size on the even and
 * odd samples, then one pass that takes them apart (Sorensen et al. 1987).
 */
export class PowerSpectrum {
  readonly size: number;
  readonly #half: number;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  /** cos and sin of 2πk / size for k below size / 2. */
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint16Array;

  /** @param size - a power of two, 4..65536. */
  constructor(size: number) {
    assert(size >= 4 && size <= 65_536 && (size & (size - 1)) === 0, 'an FFT size is a power of two');
    this.size = size;
    const half = size / 2;
    this.#half = half;
    this.#real = new Float64Array(half);
    this.#imaginary = new Float64Array(half);
    this.#cos = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: half }, (_, k) => Math.sin((2 * Math.PI * k) / size));
    this.#reversed = new Uint16Array(half);
    const bits = Math.log2(half);
    for (let index = 0; index < half; index++) {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit++) reversed |= ((index >> bit) & 1) << (bits - 1 - bit);
      this.#reversed[index] = reversed;
    }
  }

  /**
   * @param signal - `[size]`, only read.
   * @param power - `[size / 2 + 1]`, overwritten with |X|² of each bin.
   */
  compute(signal: Float64Array, power: Float64Array): void {
    const half = this.#half;
    const [real, imaginary, cos, sin] = [this.#real, this.#imaginary, this.#cos, this.#sin];
    for (let index = 0; index < half; index++) {
      const from = this.#reversed[index]! * 2;
      real[index] = signal[from]!;
      imaginary[index] = signal[from + 1]!;
    }
    this.#transform();
    const first = real[0]! + imaginary[0]!;
    const last = real[0]! - imaginary[0]!;
    power[0] = first * first;
    power[half] = last * last;
    for (let k = 1; k < half; k++) {
      const mirror = half - k;
      const evenReal = (real[k]! + real[mirror]!) / 2;
      const evenImaginary = (imaginary[k]! - imaginary[mirror]!) / 2;
      const oddReal = (imaginary[k]! + imaginary[mirror]!) / 2;
      const oddImaginary = (real[mirror]! - real[k]!) / 2;
      const x = evenReal + cos[k]! * oddReal + sin[k]! * oddImaginary;
      const y = evenImaginary + cos[k]! * oddImaginary - sin[k]! * oddReal;
      power[k] = x * x + y * y;
    }
  }

  /** In-place radix-2 transform of `half` complex values in bit-reversed order. */
  #transform(): void {
    const half = this.#half;
    const [real, imaginary, cos, sin] = [this.#real, this.#imaginary, this.#cos, this.#sin];
    for (let span = 1; span < half; span *= 2) {
      // The tables turn once in `size` steps; this pass turns once in `2 * span`.
      const stride = half / span;
      for (let start = 0; start < half; start += 2 * span) {
        for (let k = 0; k < span; k++) {
          const c = cos[k * stride]!;
          const s = sin[k * stride]!;
          const upper = start + k;
          const lower = upper + span;
          const turnedReal = real[lower]! * c + imaginary[lower]! * s;
          const turnedImaginary = imaginary[lower]! * c - real[lower]! * s;
          real[lower] = real[upper]! - turnedReal;
          imaginary[lower] = imaginary[upper]! - turnedImaginary;
          real[upper] = real[upper]! + turnedReal;
          imaginary[upper] = imaginary[upper]! + turnedImaginary;
        }
      }
    }
  }
}
