import type { MonotonicUs } from './timeline.ts';

/** Lets `burst` things pass at once and `perSecond` in the long run; all else is refused. */
export class TokenBucket {
  readonly #perUs: number;
  readonly #burst: number;
  #tokens: number;
  #refilledUs: MonotonicUs | undefined;

  constructor(perSecond: number, burst: number) {
    this.#perUs = perSecond / 1_000_000;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** @returns whether one more may pass now. */
  take(now: MonotonicUs): boolean {
    const elapsedUs = now - (this.#refilledUs ?? now);
    this.#refilledUs = now;
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsedUs * this.#perUs);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
