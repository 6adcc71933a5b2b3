import type { Closable } from '../../base/lifecycle.ts';
import type { MotionManifest } from '../../media/motion/manifest.ts';
import type { MotionJob, MotionResult } from '../../media/motion/motion-job.ts';

/** Runs the networks of one bundle, for any number of sessions. */
export interface MotionEngine extends Closable {
  readonly manifest: MotionManifest;
  /**
   * Runs each job, in one batch; the buffers of `jobs` come home in the results, in the same order.
   * @throws AvatarError `WORKER_CRASHED` when there is nobody left to run them, or `CAPACITY_FULL` when too many wait.
   */
  run(jobs: readonly MotionJob[]): Promise<MotionResult[]>;
  close(): Promise<void>;
}
