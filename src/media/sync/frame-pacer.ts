import { advance, mediaTimeUs, US_PER_S, type MediaTimeUs, type MonotonicUs } from '../../base/timeline.ts';

/** Frame rates, highest first: what overload steps down through. */
export const FRAME_RATES = [40, 30, 25] as const;
export type FrameRate = (typeof FRAME_RATES)[number];

const OBSERVE_US = 2 * US_PER_S;
/** One frame in ten missing is a stutter that a lower, steady rate would not have. */
const STEP_DOWN_SHARE = 0.1;
const STEP_UP_SHARE = 0.01;
/** After a step, what was late before it is still on its way. */
const SETTLE_US = US_PER_S;
/** Long enough that a burst of load does not make the rate flutter. */
const CALM_US = 10 * US_PER_S;

/**
 * Which frame is drawn next. Frames stand on a grid of the media timeline; those that cannot be in time are skipped
 * while fresher ones can, and when many are skipped the grid gets wider.
 */
export class FramePacer {
  #asked: FrameRate;
  #favoured: FrameRate | undefined;
  #rate: FrameRate;
  #nextUs = mediaTimeUs(0);
  #windowStartUs: MonotonicUs | undefined;
  #calmSinceUs: MonotonicUs | undefined;
  #shown = 0;
  #missed = 0;
  #lastShare = 0;
  #skippedInAll = 0;

  constructor(framesPerSecond: FrameRate) {
    this.#asked = framesPerSecond;
    this.#rate = framesPerSecond;
  }

  /** The rate now; at most the one that was asked for or favoured. */
  get framesPerSecond(): FrameRate {
    return this.#rate;
  }

  get intervalUs(): number {
    return US_PER_S / this.#rate;
  }

  /** Media time of the next frame to draw. */
  get nextUs(): MediaTimeUs {
    return this.#nextUs;
  }

  /** Share of late and skipped frames in the last whole window, 0..1. */
  get missedShare(): number {
    return this.#lastShare;
  }

  get skipped(): number {
    return this.#skippedInAll;
  }

  /** The caller wants another rate, from the next frame on. */
  ask(framesPerSecond: FrameRate): void {
    this.#asked = framesPerSecond;
    this.#rate = framesPerSecond;
    this.#calmSinceUs = undefined;
  }

  /**
   * @param framesPerSecond - what viewers need at least, or `undefined` once none does. Where overload has lowered the
   *   rate, it stays until there is room.
   */
  favour(framesPerSecond: FrameRate | undefined): void {
    const before = this.#target;
    this.#favoured = framesPerSecond;
    if (this.#rate === before || this.#rate > this.#target) this.#rate = this.#target;
  }

  /** Goes on from the first grid point at or after `timeUs`, without counting what lies between as missed. */
  startAt(timeUs: MediaTimeUs): void {
    this.#nextUs = this.#gridAt(timeUs);
  }

  /** The next frame is being drawn. */
  take(): MediaTimeUs {
    const taken = this.#nextUs;
    this.#nextUs = this.#gridAt(advance(taken, 1));
    return taken;
  }

  /** Gives up frames before `timeUs`: the newest that can still be in time. @returns how many. */
  skipTo(timeUs: MediaTimeUs): number {
    let count = 0;
    while (advance(this.#nextUs, this.intervalUs) <= timeUs) {
      this.take();
      count++;
    }
    this.#missed += count;
    this.#skippedInAll += count;
    return count;
  }

  /** A frame left. @param late - more than half an interval after it was due. @returns whether the rate changed. */
  sent(late: boolean, now: MonotonicUs): boolean {
    this.#windowStartUs ??= now;
    if (now < this.#windowStartUs) {
      this.#missed = 0;
      return false;
    }
    if (late) this.#missed++;
    else this.#shown++;
    if (now - this.#windowStartUs < OBSERVE_US) return false;
    this.#lastShare = this.#missed / Math.max(1, this.#missed + this.#shown);
    this.#windowStartUs = now;
    this.#missed = 0;
    this.#shown = 0;
    if (!this.#adapt(now)) return false;
    this.#windowStartUs = advance(now, SETTLE_US);
    return true;
  }

  get #target(): FrameRate {
    return this.#favoured !== undefined && this.#favoured > this.#asked ? this.#favoured : this.#asked;
  }

  #adapt(now: MonotonicUs): boolean {
    const step = FRAME_RATES.indexOf(this.#rate);
    if (this.#lastShare > STEP_UP_SHARE) this.#calmSinceUs = undefined;
    else this.#calmSinceUs ??= now;
    const lower = FRAME_RATES[step + 1];
    if (this.#lastShare > STEP_DOWN_SHARE && lower !== undefined) {
      this.#rate = lower;
      return true;
    }
    const higher = FRAME_RATES[step - 1];
    const calm = this.#calmSinceUs !== undefined && now - this.#calmSinceUs >= CALM_US;
    if (calm && higher !== undefined && higher <= this.#target) {
      this.#rate = higher;
      this.#calmSinceUs = now;
      return true;
    }
    return false;
  }

  #gridAt(timeUs: MediaTimeUs): MediaTimeUs {
    // Every rate divides a second, so the grid of one rate never drifts against another's.
    return mediaTimeUs(Math.ceil((timeUs * this.#rate) / US_PER_S - 1e-6) * (US_PER_S / this.#rate));
  }
}
