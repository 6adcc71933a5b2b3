import type { MotionManifest } from '../../media/motion/manifest.ts';
import type { Hearing } from '../../media/motion/motion-job.ts';
import type { ShapedGraph } from './shaped-graph.ts';

/** Lets the encoder hear the sound of many jobs in one batch, hop by hop where a job has more than one. */
export class EncoderBatch {
  readonly #encoder: ShapedGraph;
  readonly #melLength: number;
  readonly #stateLength: number;
  readonly #featureDims: number;

  constructor({ features, encoder }: MotionManifest, session: ShapedGraph) {
    this.#encoder = session;
    this.#melLength = encoder.melFramesPerHop * features.melBins;
    this.#stateLength = encoder.stateLength;
    this.#featureDims = encoder.featureDims;
  }

  /** Fills the last `melHops` rows of each job's `features`, and leaves the state after them in `encoderState`. */
  async hear(jobs: readonly Hearing[]): Promise<void> {
    const longest = jobs.reduce((most, { melHops }) => Math.max(most, melHops), 0);
    // The newest hop last, so that the last batch is that of all.
    for (let behind = longest - 1; behind >= 0; behind--) {
      await this.#hear(
        jobs.filter(({ melHops }) => melHops > behind),
        behind,
      );
    }
  }

  /** @param behind - hops behind the newest of each job. */
  async #hear(jobs: readonly Hearing[], behind: number): Promise<void> {
    const mel = joined(
      jobs.map((job) => {
        const end = job.mel.length - behind * this.#melLength;
        return job.mel.subarray(end - this.#melLength, end);
      }),
    );
    const state = joined(jobs.map(({ encoderState }) => encoderState));
    const outputs = await this.#encoder.run(jobs.length, { mel, state });
    const features = outputs['features']!;
    const nextState = outputs['next_state']!;
    jobs.forEach((job, row) => {
      const start = job.features.length - (behind + 1) * this.#featureDims;
      job.features.set(features.subarray(row * this.#featureDims, (row + 1) * this.#featureDims), start);
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
