import type { MotionFrame } from '../base/media.ts';
import type { MediaTimeUs } from '../base/timeline.ts';
import type { ControlMessage } from './control/control-message.ts';
import type { MotionManifest } from './motion/manifest.ts';
import type { MotionJob, MotionResult } from './motion/motion-job.ts';

export interface MotionStreamOptions {
  readonly manifest: MotionManifest;
  /** With the sound and the controls, decides everything that comes out. */
  readonly seed: number;
}

/** What was not as it should be, counted since the stream was made. */
export interface MotionStreamCounts {
  readonly skippedHops: number;
  /** Results that held a value that is no number; a plausible frame stood in. */
  readonly invalidHops: number;
  /** Results that came after their hop had been skipped, or twice. */
  readonly lateResults: number;
}

/**
 * Sound in, motion out, without clock or thread: asks for one inference per hop and is given its result. How the sound
 * is cut does not matter. Sound is 16 kHz mono (`manifest.features.sampleRateHz`), its first sample at media time 0.
 */
export class MotionStream {
  constructor(options: MotionStreamOptions) {
    void options;
  }

  /** @param samples - mono in -1..1; copied. */
  push(samples: Float32Array): void {
    void samples;
  }

  /** `message` takes effect, eased, on frames from media time `at` on. */
  control(message: ControlMessage, at: MediaTimeUs): void {
    void [message, at];
  }

  /**
   * @returns the next hop that has its sound, to be run at most once, or nothing while one is being run or no sound
   * is waiting. The stream forgets the job's buffer until `accept` brings it home.
   */
  due(): MotionJob | undefined {
    return undefined;
  }

  /** @returns the hop's frames, composed with the controls; none before media time 0, or if the hop was skipped. */
  accept(result: MotionResult): MotionFrame[] {
    void result;
    return [];
  }

  /**
   * Gives up on the hop that is being run or is due: it is too late.
   * @returns plausible frames in its place; none if no hop has its sound. The sound itself is not lost: the next job hears it.
   */
  skip(): MotionFrame[] {
    return [];
  }

  /**
   * Interpolates the motion made so far and composes it with the controls as they are now, so that a gesture or an
   * interruption shows at once, not a hop later. For a live call, ask when the picture is drawn.
   * @param target - `[MOTION_DIMS]`, overwritten: beyond the newest frame with the newest held.
   * @returns whether motion up to `timeUs` is available.
   */
  motionAt(timeUs: MediaTimeUs, target: Float32Array): boolean {
    void [timeUs, target];
    return false;
  }

  /** End of the newest frame that was made, or 0. */
  get madeUntilUs(): MediaTimeUs {
    return 0 as MediaTimeUs;
  }

  get counts(): MotionStreamCounts {
    return { skippedHops: 0, invalidHops: 0, lateResults: 0 };
  }

  /** Back to media time 0, with the same seed; controls keep their targets. */
  reset(): void {
    return;
  }
}
