import { advance, type MediaTimeUs, type MonotonicUs } from '../../base/timeline.ts';
import type { MediaClock } from './media-clock.ts';

export interface PlayoutOptions {
  /** Where the delay begins, before anything is known. */
  readonly initialDelayUs: number;
  readonly leastDelayUs: number;
  /** A conversation suffers more from a longer delay than from a late frame (ITU-T G.114). */
  readonly mostDelayUs: number;
}

/** Two seconds of frames at 25 a second; fewer than half of them say little. */
const MEMORY = 50;
const ENOUGH = 25;
/** One frame in five may leave late, which the viewer's own buffer hides, rather than all of them later. */
const QUANTILE = 0.8;
const MARGIN_US = 3_000;
/** The delay goes where it should in about this time; up sooner, because a late picture is seen and an early one not. */
const RISE_US = 500_000;
const FALL_US = 3_000_000;
/** But never faster than this: time stretched by 5 % is not heard. */
const SLEW = 0.05;

/**
 * A browser holds sound for longer than pictures: packets against jitter, and the loudspeaker's own buffer. It corrects what
 * it knows of by holding pictures, to within 30 ms; so much was left (`bench/call`).
 */
const SOUND_LEAD_US = 30_000;

/**
 * One delay for sound and picture: a picture leaves `delayUs` after the sound of its moment was here, and the sound so much
 * sooner that both are there together. The delay follows what making a picture really takes.
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
    if (this.#taken.length < ENOUGH) return;
    const { leastDelayUs, mostDelayUs } = this.#options;
    const wanted = Math.min(mostDelayUs, Math.max(leastDelayUs, quantile(this.#taken, QUANTILE) + MARGIN_US));
    const error = wanted - this.#delayUs;
    const step = (error * elapsed) / (error > 0 ? RISE_US : FALL_US);
    this.#delayUs += Math.min(SLEW * elapsed, Math.max(-SLEW * elapsed, step));
  }

  /** When the picture of `timeUs` leaves. */
  due(timeUs: MediaTimeUs, clock: MediaClock): MonotonicUs {
    return advance(clock.when(timeUs), this.#delayUs);
  }

  /** When the sound that begins at `timeUs` leaves. */
  soundDue(timeUs: MediaTimeUs, clock: MediaClock): MonotonicUs {
    return advance(clock.when(timeUs), this.soundDelayUs);
  }

  get soundDelayUs(): number {
    return this.delayUs - SOUND_LEAD_US;
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
