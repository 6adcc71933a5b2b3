/** Long enough to hold a period of the lowest voices, short enough to follow a change of the mix. */
const BLOCK_SAMPLES = 960;
/** The mean of both sides has lost more than 10 dB against the louder side: they cancel each other. */
const CANCELLING = 0.1;
/** Less than -60 dBFS decides nothing. */
const SILENT_ENERGY = 1e-6;

/**
 * Mixes two channels to one. Where the two cancel each other, as when the wires of one side were swapped, the louder
 * side is taken alone, so that a voice is not lost. How the sound is cut into pieces does not matter.
 */
export class MonoMixer {
  readonly #left = new Float32Array(BLOCK_SAMPLES);
  readonly #right = new Float32Array(BLOCK_SAMPLES);
  #filled = 0;
  /** Share of the left channel at the end of the last block; the right one has the rest. */
  #leftShare = 0.5;
  #cancelled = false;

  /** Whether the two channels have cancelled each other at some time. */
  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** @param stereo - interleaved, in -1..1. @returns mono, in -1..1; the last block stays until `flush`. */
  push(stereo: Float32Array): Float32Array {
    const frames = stereo.length >> 1;
    const mono = new Float32Array(BLOCK_SAMPLES * Math.floor((this.#filled + frames) / BLOCK_SAMPLES));
    let written = 0;
    for (let frame = 0; frame < frames; frame++) {
      this.#left[this.#filled] = stereo[2 * frame]!;
      this.#right[this.#filled] = stereo[2 * frame + 1]!;
      this.#filled++;
      if (this.#filled < BLOCK_SAMPLES) continue;
      this.#mix(mono.subarray(written, written + BLOCK_SAMPLES));
      written += BLOCK_SAMPLES;
      this.#filled = 0;
    }
    return mono;
  }

  /** @returns the rest. */
  flush(): Float32Array {
    const mono = new Float32Array(this.#filled);
    this.#mix(mono);
    this.#filled = 0;
    return mono;
  }

  #mix(mono: Float32Array): void {
    const before = this.#leftShare;
    const after = this.#shareOfLeft(mono.length);
    this.#leftShare = after;
    for (let index = 0; index < mono.length; index++) {
      // The share moves over the block, so that a change is not heard as a click.
      const share = before + ((after - before) * (index + 1)) / mono.length;
      mono[index] = share * this.#left[index]! + (1 - share) * this.#right[index]!;
    }
  }

  #shareOfLeft(count: number): number {
    let left = 0;
    let right = 0;
    let mean = 0;
    for (let index = 0; index < count; index++) {
      left += this.#left[index]! ** 2;
      right += this.#right[index]! ** 2;
      mean += ((this.#left[index]! + this.#right[index]!) / 2) ** 2;
    }
    const louder = Math.max(left, right);
    if (louder <= SILENT_ENERGY * count) return this.#leftShare;
    // A sound on one side alone keeps a quarter of its energy in the mean, and is no cancellation.
    if (mean > CANCELLING * louder) return 0.5;
    this.#cancelled = true;
    if (this.#leftShare !== 0.5) return this.#leftShare;
    return left >= right ? 1 : 0;
  }
}
