import type { MonotonicUs } from './timeline.ts';

/**
 * Tells how long this process did not run at all: it was stopped by a signal, or the machine slept. Whoever waits for a sign of
 * life from somebody else must not count that time, in which nobody here could have heard one.
 */
export class Standstill {
  readonly #intervalUs: number;
  #lastUs: MonotonicUs;

  /**
   * @param intervalUs - how often `take` is called while the process runs.
   * @param now - the first call comes one interval later.
   */
  constructor(intervalUs: number, now: MonotonicUs) {
    this.#intervalUs = intervalUs;
    this.#lastUs = now;
  }

  /** @returns µs of standstill since the last call; 0 while calls come at most one interval late. */
  take(now: MonotonicUs): number {
    const passedUs = now - this.#lastUs;
    this.#lastUs = now;
    return passedUs > 2 * this.#intervalUs ? passedUs - this.#intervalUs : 0;
  }
}
