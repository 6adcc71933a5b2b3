import { advance, type MediaTimeUs, type MonotonicUs } from '../../base/timeline.ts';
import type { MediaClock } from './media-clock.ts';

export interface PlayoutOptions {
  /** Where the delay begins, before anything is known. */
  readonly initialDelayUs: number;
  readonly leastDelayUs: number;
  /** A conversation suffers more from a longer delay than from a late frame (ITU-T G.114). */
  readonly mostDelayUs: number;
}

/** Two seconds of frames at 25 a second. */
const MEMORY = 50;
/** A frame in ten may leave late rather than all of them later. */
const QUANTILE = 0.9;
const MARGIN_US = 4_000;
/** Per second: rises as fast as an ear forgives, falls so slowly that a lull does not cost the next burst its room. */
const RISE = 0.1;
const FALL = 0.01;

/**
 * One delay for sound and picture: both leave `delayUs` after the sound of their moment was here, so they leave
 * together. The delay follows what making a picture really takes.
 */
export class Playout {
  readonly #options: PlayoutOptions;
  readonly #taken: number[] = [];
  #delayUs: number;
  #lastUs: MonotonicUs | undefined;

  constructor(options: PlayoutOptions) {
    this.#options = options;
    this.#delayUs = options.initialDelayUs;
  }

  get delayUs(): number {
    return Math.round(this.#delayUs);
  }

  /** A picture of `timeUs` is ready at `now`. */
  observe(timeUs: MediaTimeUs, now: MonotonicUs, clock: MediaClock): void {
    this.#taken.push(now - clock.when(timeUs));
    if (this.#taken.length > MEMORY) this.#taken.shift();
    const elapsed = now - (this.#lastUs ?? now);
    this.#lastUs = now;
    const { leastDelayUs, mostDelayUs } = this.#options;
    const wanted = Math.min(mostDelayUs, Math.max(leastDelayUs, quantile(this.#taken, QUANTILE) + MARGIN_US));
    const error = wanted - this.#delayUs;
    this.#delayUs += Math.min(RISE * elapsed, Math.max(-FALL * elapsed, error));
  }

  /** When what belongs to `timeUs` leaves. */
  due(timeUs: MediaTimeUs, clock: MediaClock): MonotonicUs {
    return advance(clock.when(timeUs), this.#delayUs);
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
