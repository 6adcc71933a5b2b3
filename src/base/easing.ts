/** @returns the minimum-jerk course (Flash and Hogan 1985) at `progress` 0..1: how a limb, or a jaw, gets from 0 to 1. */
export function minimumJerk(progress: number): number {
  const x = Math.min(1, Math.max(0, progress));
  return x * x * x * (10 + x * (6 * x - 15));
}

/**
 * What was said over time, `T` being its timeline. It remembers, so that the past can be asked while the future is
 * already written, and asking changes nothing.
 */
export class Course<T extends number, V> {
  readonly #before: V;
  #steps: { readonly from: T; readonly value: V }[] = [];

  /** @param before - the value until the first that is set. */
  constructor(before: V) {
    this.#before = before;
  }

  /** From `from` on it is `value`; what was set for later is taken back. */
  set(value: V, from: T): void {
    while ((this.#steps.at(-1)?.from ?? -Infinity) > from) this.#steps.pop();
    this.#steps.push({ from, value });
  }

  at(time: T): V {
    for (let index = this.#steps.length - 1; index >= 0; index--) {
      const { from, value } = this.#steps[index]!;
      if (from <= time) return value;
    }
    return this.#before;
  }

  /** Drops what is of no use to those who ask for `time` and later. */
  forget(time: T): void {
    const kept = this.#steps.findLastIndex(({ from }) => from <= time);
    if (kept > 0) this.#steps = this.#steps.slice(kept);
  }
}

interface Move<T> {
  readonly fromValue: number;
  readonly toValue: number;
  readonly start: T;
  readonly durationUs: number;
}

/** A number on its way from target to target, without a jump: `T` is the timeline it moves on, in µs. */
export class Eased<T extends number> {
  readonly #initial: number;
  readonly #moves: Course<T, Move<T> | undefined>;
  #target: number;

  constructor(value: number) {
    this.#initial = value;
    this.#target = value;
    this.#moves = new Course<T, Move<T> | undefined>(undefined);
  }

  /** Where it is going in the end. */
  get target(): number {
    return this.#target;
  }

  /** Leaves for `target` at `start` from wherever it is then, and arrives `durationUs` later. */
  moveTo(target: number, start: T, durationUs: number): void {
    this.#moves.set({ fromValue: this.at(start), toValue: target, start, durationUs }, start);
    this.#target = target;
  }

  at(time: T): number {
    const move = this.#moves.at(time);
    if (move === undefined) return this.#initial;
    const { fromValue, toValue, start, durationUs } = move;
    const progress = durationUs > 0 ? (time - start) / durationUs : 1;
    return fromValue + (toValue - fromValue) * minimumJerk(progress);
  }

  /** Drops what is of no use to those who ask for `time` and later. */
  forget(time: T): void {
    this.#moves.forget(time);
  }
}
