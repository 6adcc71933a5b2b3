import { assert } from '../../base/errors.ts';
import { PowerSpectrum } from './fft.ts';

export interface LogMelOptions {
  readonly sampleRateHz: number;
  readonly windowSamples: number;
  readonly hopSamples: number;
  readonly fftSamples: number;
  readonly melBins: number;
  readonly lowHz: number;
  readonly highHz: number;
  /** Added to each filter's power before the logarithm. */
  readonly floor: number;
}

/** The filter's weights from bin `first` on; zero elsewhere. */
interface MelFilter {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * Causal log-mel frames of a stream of samples, as `models/README.md` defines them: one frame every `hopSamples`, of
 * the `windowSamples` that end there. Allocates nothing per frame; any cutting of the input gives the same frames.
 */
export class LogMel {
  readonly options: LogMelOptions;
  readonly #spectrum: PowerSpectrum;
  readonly #hann: Float64Array;
  readonly #filters: readonly MelFilter[];
  /** The last `windowSamples` samples, oldest at `#head`. */
  readonly #ring: Float64Array;
  readonly #windowed: Float64Array;
  readonly #power: Float64Array;
  readonly #frame: Float32Array;
  #head = 0;
  #untilFrame: number;

  constructor(options: LogMelOptions) {
    assert(options.windowSamples <= options.fftSamples, 'a window fits into its transform');
    this.options = options;
    this.#spectrum = new PowerSpectrum(options.fftSamples);
    this.#hann = periodicHann(options.windowSamples);
    this.#filters = htkMelFilters(options);
    this.#ring = new Float64Array(options.windowSamples);
    this.#windowed = new Float64Array(options.fftSamples);
    this.#power = new Float64Array(options.fftSamples / 2 + 1);
    this.#frame = new Float32Array(options.melBins);
    this.#untilFrame = options.hopSamples;
  }

  /**
   * @param samples - mono in -1..1; copied.
   * @param emit - is given each frame that became whole, `[melBins]` natural logarithms, valid during the call only.
   */
  push(samples: Float32Array, emit: (frame: Float32Array) => void): void {
    const ring = this.#ring;
    let head = this.#head;
    for (let index = 0; index < samples.length; index++) {
      const sample = samples[index]!;
      // A sample that is no number would stay in the networks' memory for ever.
      ring[head] = Number.isFinite(sample) ? sample : 0;
      head = head + 1 === ring.length ? 0 : head + 1;
      if (--this.#untilFrame > 0) continue;
      this.#untilFrame = this.options.hopSamples;
      this.#head = head;
      emit(this.#analyse());
    }
    this.#head = head;
  }

  reset(): void {
    this.#ring.fill(0);
    this.#head = 0;
    this.#untilFrame = this.options.hopSamples;
  }

  #analyse(): Float32Array {
    const ring = this.#ring;
    const tail = ring.length - this.#head;
    for (let index = 0; index < ring.length; index++) {
      const sample = index < tail ? ring[this.#head + index]! : ring[index - tail]!;
      this.#windowed[index] = sample * this.#hann[index]!;
    }
    this.#spectrum.compute(this.#windowed, this.#power);
    for (let bin = 0; bin < this.#filters.length; bin++) {
      const { first, weights } = this.#filters[bin]!;
      let power = this.options.floor;
      for (let index = 0; index < weights.length; index++) power += weights[index]! * this.#power[first + index]!;
      this.#frame[bin] = Math.log(power);
    }
    return this.#frame;
  }
}

function periodicHann(length: number): Float64Array {
  return Float64Array.from({ length }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / length));
}

/** Triangles with peak 1, evenly spaced on the mel scale of HTK (Young et al., The HTK Book, 5.6). */
function htkMelFilters({ sampleRateHz, fftSamples, melBins, lowHz, highHz }: LogMelOptions): MelFilter[] {
  const toMel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
  const toHz = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);
  const step = (toMel(highHz) - toMel(lowHz)) / (melBins + 1);
  const edgeHz = (edge: number): number => toHz(toMel(lowHz) + edge * step);
  return Array.from({ length: melBins }, (_, bin) => {
    const [low, peak, high] = [edgeHz(bin), edgeHz(bin + 1), edgeHz(bin + 2)];
    const weights: number[] = [];
    let first = 0;
    for (let index = 0; index <= fftSamples / 2; index++) {
      const hz = (index * sampleRateHz) / fftSamples;
      const weight = Math.min((hz - low) / (peak - low), (high - hz) / (high - peak));
      if (weight <= 0) continue;
      if (weights.length === 0) first = index;
      weights.push(weight);
    }
    return { first, weights: Float64Array.from(weights) };
  });
}
