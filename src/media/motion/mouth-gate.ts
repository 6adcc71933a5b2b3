import { Course, Eased } from '../../base/easing.ts';
import { advance, type MediaTimeUs } from '../../base/timeline.ts';

/** An interruption must have closed the mouth within 150 ms; jaws close in about 100 ms in speech. */
const CLOSE_US = 120_000;
const OPEN_US = 160_000;

/** How much of the speech movement is let through: all, or none after an interruption, and smoothly between. */
export class MouthGate {
  readonly #open = new Eased<MediaTimeUs>(1);
  readonly #shut = new Course<MediaTimeUs, boolean>(false);
  #earliestResume: MediaTimeUs | undefined;

  /** Whether an interruption holds the mouth shut, or is about to, and nobody has ended it yet. */
  get interrupted(): boolean {
    return this.#earliestResume !== undefined;
  }

  interrupt(at: MediaTimeUs): void {
    if (this.interrupted) return;
    this.#open.moveTo(0, at, CLOSE_US);
    this.#shut.set(true, at);
    this.#earliestResume = advance(at, CLOSE_US);
  }

  /** Lets the mouth speak again from `at` on, but never before it has closed. */
  resume(at: MediaTimeUs): void {
    if (this.#earliestResume === undefined) return;
    const start = at > this.#earliestResume ? at : this.#earliestResume;
    this.#open.moveTo(1, start, OPEN_US);
    this.#shut.set(false, start);
    this.#earliestResume = undefined;
  }

  /** @returns 1 open .. 0 shut. */
  openAt(time: MediaTimeUs): number {
    return this.#open.at(time);
  }

  /** @returns whether an interruption is in force: the sound is off too. */
  shutAt(time: MediaTimeUs): boolean {
    return this.#shut.at(time);
  }

  /** Drops what is of no use to those who ask for `time` and later. */
  forget(time: MediaTimeUs): void {
    this.#open.forget(time);
    this.#shut.forget(time);
  }
}
