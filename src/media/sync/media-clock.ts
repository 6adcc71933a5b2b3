import { advance, mediaTimeUs, type MediaTimeUs, type MonotonicUs } from '../../base/timeline.ts';

/** Long enough to hold a packet that was not delayed, short enough to follow a sender's clock. */
const WINDOW_US = 2_000_000;
/** 2 %: nobody hears or sees time stretched that little, and it outruns any quartz. */
const SLEW = 0.02;
/** Further off than this, creeping would take longer than jumping is disturbing. */
const JUMP_US = 250_000;

/**
 * Audio is master: media time runs as packets come. This says when, on our own clock, the sound of a moment is here: the
 * least delay seen in the last seconds, approached slowly. While nothing comes, time goes on at our own pace.
 */
export class MediaClock {
  #offsetUs: number;
  #lastUs: MonotonicUs;
  #windowEndUs: number;
  #previousLeast: number | undefined;
  #currentLeast: number | undefined;

  /** @param startUs - the media time that is here at `now`. */
  constructor(startUs: MediaTimeUs, now: MonotonicUs) {
    this.#offsetUs = now - startUs;
    this.#lastUs = now;
    this.#windowEndUs = now + WINDOW_US;
  }

  /** Sound up to `endUs` has arrived. */
  observe(endUs: MediaTimeUs, now: MonotonicUs): void {
    if (now >= this.#windowEndUs) {
      // After a pause both windows are of another time.
      this.#previousLeast = now >= this.#windowEndUs + WINDOW_US ? undefined : this.#currentLeast;
      this.#currentLeast = undefined;
      this.#windowEndUs = now + WINDOW_US;
    }
    this.#currentLeast = Math.min(this.#currentLeast ?? Infinity, now - endUs);
    const target = Math.min(this.#currentLeast, this.#previousLeast ?? Infinity);
    const room = SLEW * Math.max(0, now - this.#lastUs);
    this.#lastUs = now;
    const error = target - this.#offsetUs;
    this.#offsetUs += Math.abs(error) > JUMP_US ? error : Math.min(room, Math.max(-room, error));
  }

  /** The media time whose sound is just here. */
  at(now: MonotonicUs): MediaTimeUs {
    return mediaTimeUs(now - this.#offsetUs);
  }

  /** When the sound of `timeUs` is here. */
  when(timeUs: MediaTimeUs): MonotonicUs {
    return advance(timeUs as number as MonotonicUs, this.#offsetUs);
  }
}
