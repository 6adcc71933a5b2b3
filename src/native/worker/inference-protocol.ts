import type { MotionManifest } from '../../media/motion/manifest.ts';
import type { MotionJob, MotionResult } from '../../media/motion/motion-job.ts';
import type { OnnxMotionEngineOptions } from '../model/motion-engine.ts';

/** What the inference worker is asked; `run` takes the jobs' buffers along and sends them home in its reply. */
export type InferenceRequest =
  ({ readonly type: 'open' } & OnnxMotionEngineOptions) | { readonly type: 'run'; readonly jobs: readonly MotionJob[] };

export type InferenceReply =
  | { readonly type: 'opened'; readonly manifest: MotionManifest }
  | { readonly type: 'ran'; readonly results: readonly MotionResult[]; readonly computeUs: number };
