import type { MonotonicUs } from '../../base/timeline.ts';

/**
 * When the next frame must stand alone. Requests of any number of viewers (PLI, FIR, a viewer that joins) merge: one
 * keyframe answers all that came before it was begun.
 */
export class KeyframePolicy {
  readonly #restUs: number;
  #wanted = true;
  #lastUs: MonotonicUs | undefined;
  #merged = 0;

  /**
   * @param restUs - after a keyframe, requests wait this long: what a viewer asks while that keyframe is still on its way
   *   to it is answered already, and a flood of requests cannot fill the link with keyframes.
   */
  constructor(restUs: number) {
    this.#restUs = restUs;
  }

  /** Requests that another one's keyframe answered. */
  get merged(): number {
    return this.#merged;
  }

  request(): void {
    if (this.#wanted) this.#merged++;
    this.#wanted = true;
  }

  /** A frame begins now. @returns whether it must be a keyframe. */
  take(now: MonotonicUs): boolean {
    if (!this.#wanted) return false;
    if (this.#lastUs !== undefined && now - this.#lastUs < this.#restUs) return false;
    this.#wanted = false;
    this.#lastUs = now;
    return true;
  }

  /** The keyframe came to nothing: the encoder dropped it, or failed. */
  failed(): void {
    this.#wanted = true;
    this.#lastUs = undefined;
  }
}
