import { US_PER_MS, type MonotonicUs } from '../base/timeline.ts';

/**
 * A picture takes 15 ms from its order to its arrival on an idle machine, and 40 ms behind those of two other calls on its
 * thread; one that takes longer had to wait for something else.
 */
const WAITED_US = 60 * US_PER_MS;
/** The shortest interval of newcomers that is slower than every frame rate, and the longest. */
const FIRST_STEP_US = 80 * US_PER_MS;
const LONGEST_US = 320 * US_PER_MS;
/** What is under way when the pace changes still shows the pace before. */
const RISE_EVERY_US = 200 * US_PER_MS;
const FALL_EVERY_US = 2000 * US_PER_MS;

/**
 * How often newcomers are drawn while established calls share the machine with them. As soon as pictures of established
 * calls have to wait, each newcomer gets fewer, down to three a second; when none has waited for two seconds, they
 * get twice as many.
 */
export class NewcomerPace {
  #intervalUs = 0;
  #changedUs: MonotonicUs | undefined;

  /** The least time between two pictures of one newcomer; 0 while there is no need to hold back. */
  get intervalUs(): number {
    return this.#intervalUs;
  }

  /**
   * A picture of an established call has arrived.
   * @param tookUs - from its order to its arrival.
   * @returns whether the pace has changed.
   */
  observe(tookUs: number, now: MonotonicUs): boolean {
    const before = this.#intervalUs;
    const sinceUs = now - (this.#changedUs ?? -Infinity);
    if (tookUs > WAITED_US) {
      if (sinceUs < RISE_EVERY_US) return false;
      this.#intervalUs = Math.min(LONGEST_US, Math.max(FIRST_STEP_US, 2 * before));
      // Where it can rise no further, the time until it falls begins anew all the same.
      this.#changedUs = now;
    } else if (sinceUs >= FALL_EVERY_US && before > 0) {
      this.#intervalUs = before <= FIRST_STEP_US ? 0 : before / 2;
      this.#changedUs = now;
    }
    return this.#intervalUs !== before;
  }

  /** No call is established any more. @returns whether the pace has changed. */
  release(): boolean {
    const changed = this.#intervalUs > 0;
    this.#intervalUs = 0;
    return changed;
  }
}
