import type { MotionManifest } from '../../media/motion/manifest.ts';
import type { MotionJob } from '../../media/motion/motion-job.ts';
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
  async hear(jobs: readonly MotionJob[]): Promise<void> {
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
  async #hear(jobs: readonly MotionJob[], behind: number): Promise<void> {
    const mel = new Float32Array(jobs.length * this.#melLength);
    const state = new Float32Array(jobs.length * this.#stateLength);
    jobs.forEach((job, row) => {
      const end = job.mel.length - behind * this.#melLength;
      mel.set(job.mel.subarray(end - this.#melLength, end), row * this.#melLength);
      state.set(job.encoderState, row * this.#stateLength);
    });
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
