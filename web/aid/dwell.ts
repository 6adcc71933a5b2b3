/** A pointer may leave its target for this long without losing its dwell, because gaze jumps and heads tremble. */
const SLIP_MS = 200;

/** Chooses by resting: a target on which the pointer has stayed for the dwell is chosen, and not again before the pointer has left it. */
export class DwellClock<T> {
  #target: T | undefined;
  #stayedMs = 0;
  #leftMs = 0;
  #atMs: number | undefined;
  #isSpent = false;

  /**
   * The pointer is on `target`, or on nothing that can be chosen, at `nowMs`.
   * @returns the target that is chosen by that.
   */
  move(target: T | undefined, nowMs: number, dwellMs: number): T | undefined {
    const passedMs = this.#atMs === undefined ? 0 : Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    if (target !== this.#target) {
      this.#leftMs += passedMs;
      // Another target ends the dwell at once, a gap between targets after a while.
      if (target === undefined && this.#target !== undefined && this.#leftMs <= SLIP_MS) return undefined;
      this.#target = target;
      this.#stayedMs = 0;
      this.#leftMs = 0;
      this.#isSpent = false;
      return undefined;
    }
    this.#leftMs = 0;
    if (target === undefined || this.#isSpent) return undefined;
    this.#stayedMs += passedMs;
    if (this.#stayedMs < dwellMs) return undefined;
    this.#isSpent = true;
    return target;
  }

  /** How much of the dwell is over, 0 to 1; 0 once it was chosen. */
  progress(dwellMs: number): number {
    return this.#target === undefined || this.#isSpent ? 0 : Math.min(1, this.#stayedMs / dwellMs);
  }
}
