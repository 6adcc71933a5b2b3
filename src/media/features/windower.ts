import { LogMel, type LogMelOptions } from './log-mel.ts';

/**
 * Gathers log-mel frames into hops: what the audio encoder hears in one run. Holds those that nobody has taken yet; who
 * cannot keep up takes and skips them.
 */
export class Windower {
  readonly #logMel: LogMel;
  readonly #hopLength: number;
  readonly #hops: Float32Array[] = [];
  #taken = 0;
  #filling: Float32Array;
  #filled = 0;

  constructor(options: LogMelOptions, melFramesPerHop: number) {
    this.#logMel = new LogMel(options);
    this.#hopLength = melFramesPerHop * options.melBins;
    this.#filling = new Float32Array(this.#hopLength);
  }

  /** Whole hops that wait. */
  get depth(): number {
    return this.#hops.length - this.#taken;
  }

  /** @param samples - mono in -1..1, any number of them; copied. */
  push(samples: Float32Array): void {
    this.#logMel.push(samples, (frame) => {
      this.#filling.set(frame, this.#filled);
      this.#filled += frame.length;
      if (this.#filled < this.#hopLength) return;
      this.#hops.push(this.#filling);
      this.#filling = new Float32Array(this.#hopLength);
      this.#filled = 0;
    });
  }

  /** @returns the oldest whole hop, `[melFramesPerHop, melBins]`, now the caller's. */
  take(): Float32Array | undefined {
    const hop = this.#hops[this.#taken];
    if (hop === undefined) return undefined;
    this.#taken++;
    // Shifting would be quadratic for a whole file pushed at once.
    if (this.#taken === this.#hops.length || this.#taken >= 1024) this.#hops.splice(0, this.#taken);
    if (this.#hops.length === 0 || this.#taken >= 1024) this.#taken = 0;
    return hop;
  }

  /** @returns all whole hops, `[depth, melFramesPerHop, melBins]`, oldest first, now the caller's. */
  takeAll(): Float32Array {
    const all = new Float32Array(this.depth * this.#hopLength);
    let at = 0;
    for (let hop = this.take(); hop !== undefined; hop = this.take()) {
      all.set(hop, at);
      at += hop.length;
    }
    return all;
  }

  reset(): void {
    this.#logMel.reset();
    this.#hops.length = 0;
    this.#taken = 0;
    this.#filled = 0;
  }
}
