import { Resampler } from '../../media/audio/resampler.ts';
import { PcmQueue } from './pcm-queue.ts';

/** Opus takes 20 ms at 48 kHz. */
export const FRAME_RATE_HZ = 48_000;
export const FRAME_SAMPLES = 960;
export const FRAME_US = 20_000;

/** One stretch of speech: from its first PCM to `end`. */
export class Turn {
  readonly number: number;
  /** No more PCM will come. */
  ended = false;
  /** Where it begins in the sound that was given to the avatar, µs; known once its first frame was given. */
  startUs: number | undefined;
  /** How much of it was given to the avatar, µs, with the silence that fills its last frame. */
  givenUs = 0;
  started = false;
  readonly #rateHz: number;
  readonly #resampler: Resampler;
  readonly #pcm = new PcmQueue();
  #pushedSamples = 0;
  #ready = new Float32Array(0);
  #isFlushed = false;

  /** @param resampler - from `rateHz` to `FRAME_RATE_HZ`; turns that follow each other share one. */
  constructor(number: number, rateHz: number, resampler: Resampler) {
    this.number = number;
    this.#rateHz = rateHz;
    this.#resampler = resampler;
  }

  /** Of all its PCM, µs. */
  get lengthUs(): number {
    return (this.#pushedSamples / this.#rateHz) * 1e6;
  }

  /** What was not given to the avatar yet, µs. */
  get waitingUs(): number {
    return Math.max(0, this.lengthUs - this.givenUs);
  }

  /** Whether all of it was given to the avatar. */
  get isGiven(): boolean {
    return this.ended && this.#isFlushed && this.#ready.length === 0;
  }

  get isOdd(): boolean {
    return this.#pcm.isOdd;
  }

  /** What comes next begins with a whole sample. */
  align(): void {
    this.#pcm.align();
  }

  push(bytes: Uint8Array): void {
    const before = this.#pcm.samples;
    this.#pcm.push(bytes);
    this.#pushedSamples += this.#pcm.samples - before;
  }

  /** @returns the next 20 ms at `FRAME_RATE_HZ`; the last is filled with silence. Nothing until there is enough. */
  nextFrame(): Float32Array | undefined {
    while (this.#ready.length < FRAME_SAMPLES && this.#pcm.samples > 0) {
      // 20 ms of input at a time: a long message is not resampled in one go, which would hold up every call.
      this.#append(this.#resampler.push(this.#pcm.take(Math.ceil(this.#rateHz / 50))));
    }
    if (this.ended && this.#pcm.samples === 0 && !this.#isFlushed) {
      this.#append(this.#resampler.flush());
      this.#isFlushed = true;
    }
    if (this.#ready.length < FRAME_SAMPLES && !(this.#isFlushed && this.#ready.length > 0)) return undefined;
    const frame = new Float32Array(FRAME_SAMPLES);
    frame.set(this.#ready.subarray(0, FRAME_SAMPLES));
    this.#ready = this.#ready.slice(FRAME_SAMPLES);
    this.givenUs += FRAME_US;
    return frame;
  }

  #append(samples: Float32Array): void {
    const both = new Float32Array(this.#ready.length + samples.length);
    both.set(this.#ready);
    both.set(samples, this.#ready.length);
    this.#ready = both;
  }
}
