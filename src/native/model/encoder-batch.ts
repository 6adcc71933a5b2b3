import type { MotionManifest } from '../../media/motion/manifest.ts';
import type { Hearing } from '../../media/motion/motion-job.ts';
import type { ShapedGraph } from './shaped-graph.ts';

/** Lets the encoder hear the sound of many jobs: all the hops of all that have as many, in one run. */
export class EncoderBatch {
  readonly #encoder: ShapedGraph;
  readonly #melFramesPerHop: number;
  readonly #stateLength: number;
  readonly #featureDims: number;

  constructor({ encoder }: MotionManifest, session: ShapedGraph) {
    this.#encoder = session;
    this.#melFramesPerHop = encoder.melFramesPerHop;
    this.#stateLength = encoder.stateLength;
    this.#featureDims = encoder.featureDims;
  }

  /** Fills the last `melHops` rows of each job's `features`, and leaves the state after them in `encoderState`. */
  async hear(jobs: readonly Hearing[]): Promise<void> {
    for (const hops of new Set(jobs.map(({ melHops }) => melHops))) {
      if (hops === 0) continue;
      await this.#hear(
        jobs.filter(({ melHops }) => melHops === hops),
        hops,
      );
    }
  }

  async #hear(jobs: readonly Hearing[], hops: number): Promise<void> {
    const mel = joined(jobs.map((job) => job.mel));
    const state = joined(jobs.map(({ encoderState }) => encoderState));
    const free = { batch: jobs.length, hops, melFrames: hops * this.#melFramesPerHop };
    const outputs = await this.#encoder.run(free, { mel, state });
    const features = outputs['features']!;
    const nextState = outputs['next_state']!;
    const heard = hops * this.#featureDims;
    jobs.forEach((job, row) => {
      job.features.set(features.subarray(row * heard, (row + 1) * heard), job.features.length - heard);
      job.encoderState.set(nextState.subarray(row * this.#stateLength, (row + 1) * this.#stateLength));
    });
  }
}

/** @returns arrays of one length behind one another; one alone as it is: a state is a hundred kilobytes. */
function joined(parts: readonly Float32Array[]): Float32Array {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? new Float32Array(0);
  const whole = new Float32Array(parts.length * first.length);
  parts.forEach((part, row) => {
    whole.set(part, row * first.length);
  });
  return whole;
}
