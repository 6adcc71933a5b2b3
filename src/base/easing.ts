/** @returns the minimum-jerk course (Flash and Hogan 1985) at `progress` 0..1: how a limb, or a jaw, gets from 0 to 1. */
export function minimumJerk(progress: number): number {
  const x = Math.min(1, Math.max(0, progress));
  return x * x * x * (10 + x * (6 * x - 15));
}

/**
 * A number on its way to a target: a function of time alone, so that asking twice, or asking late, changes nothing.
 * `T` is the timeline it moves on.
 */
export class Eased<T extends number> {
  #from: number;
  #to: number;
  #startUs: T | undefined;
  #durationUs = 0;

  constructor(value: number) {
    this.#from = value;
    this.#to = value;
  }

  get target(): number {
    return this.#to;
  }

  /** Leaves for `target` at `startUs` from wherever it is then, and arrives `durationUs` later. */
  moveTo(target: number, startUs: T, durationUs: number): void {
    this.#from = this.at(startUs);
    this.#to = target;
    this.#startUs = startUs;
    this.#durationUs = durationUs;
  }

  at(timeUs: T): number {
    if (this.#startUs === undefined) return this.#to;
    const progress =
      this.#durationUs > 0 ? (timeUs - this.#startUs) / this.#durationUs : timeUs >= this.#startUs ? 1 : 0;
    return this.#from + (this.#to - this.#from) * minimumJerk(progress);
  }
}
