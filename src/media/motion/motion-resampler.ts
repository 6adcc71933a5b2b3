import { assert } from '../../base/errors.ts';
import type { MotionFrame } from '../../base/media.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import { MOTION_DIMS, restMotion } from '../motion-space.ts';

/**
 * Motion at any media time from frames at the model's rate, for pictures at 25 to 60 a second. Straight lines between
 * frames: a curve would overshoot, and lips that meet would not.
 */
export class MotionResampler {
  readonly #frames: MotionFrame[] = [];
  readonly #capacity: number;

  /** @param capacity - frames that are remembered; older ones are asked for no more. */
  constructor(capacity = 100) {
    this.#capacity = capacity;
  }

  /** @param frame - later than those before; kept, and only read. */
  push(frame: MotionFrame): void {
    const newest = this.#frames.at(-1);
    assert(newest === undefined || frame.timeUs > newest.timeUs, 'motion frames come in order');
    this.#frames.push(frame);
    if (this.#frames.length > this.#capacity) this.#frames.shift();
  }

  /**
   * @param target - `[MOTION_DIMS]`, overwritten. Beyond the frames that are known with the nearest, and with rest if
   * there are none.
   * @returns whether motion up to `timeUs` is available.
   */
  sample(timeUs: MediaTimeUs, target: Float32Array): boolean {
    const newest = this.#frames.at(-1);
    if (newest === undefined) {
      target.set(restMotion());
      return false;
    }
    if (timeUs >= newest.timeUs) {
      target.set(newest.motion);
      return timeUs === newest.timeUs;
    }
    let after = this.#frames.length - 1;
    while (after > 0 && this.#frames[after - 1]!.timeUs > timeUs) after--;
    const later = this.#frames[after]!;
    const earlier = this.#frames[Math.max(0, after - 1)]!;
    const spanUs = later.timeUs - earlier.timeUs;
    const share = spanUs > 0 ? Math.max(0, (timeUs - earlier.timeUs) / spanUs) : 1;
    for (let index = 0; index < MOTION_DIMS; index++) {
      target[index] = earlier.motion[index]! + share * (later.motion[index]! - earlier.motion[index]!);
    }
    return true;
  }

  /** Time of the newest frame. */
  get newestUs(): MediaTimeUs | undefined {
    return this.#frames.at(-1)?.timeUs;
  }

  reset(): void {
    this.#frames.length = 0;
  }
}
