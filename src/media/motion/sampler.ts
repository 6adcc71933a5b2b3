import { assert } from '../../base/errors.ts';
import { guidanceRows, guide, withhold } from './guidance.ts';
import { conditionDims, tokenDims, type ConditionSlice, type MotionManifest } from './manifest.ts';
import type { TokenJob } from './motion-job.ts';
import { eulerStep, noiseSteps, type NoiseStep } from './schedule.ts';

/** One call of the denoiser. All float32, standardised; shapes as in `models/README.md`. */
export interface DenoiserBatch {
  readonly rows: number;
  /** `[rows, contextTokens, tokenDims]`. */
  readonly context: Float32Array;
  /** `[rows, 1, tokenDims]`. */
  readonly noisy: Float32Array;
  /** `[rows, contextTokens + 1, featureDims]`. */
  readonly features: Float32Array;
  /** `[rows, conditionDims]`. */
  readonly condition: Float32Array;
  /** `[rows]`. */
  readonly noiseLevel: Float32Array;
}

/** @returns the x0 prediction, `[rows, 1, tokenDims]`. */
export type Denoise = (batch: DenoiserBatch) => Promise<Float32Array>;

/** Takes a token from noise to motion in a few Euler steps, for the jobs of many sessions in one batch. */
export class Sampler {
  readonly #steps: readonly NoiseStep[];
  readonly #slices: ReadonlyMap<string, ConditionSlice>;
  readonly #lengths: { context: number; token: number; features: number; condition: number };
  #capacity = 0;
  #context = new Float32Array(0);
  #noisy = new Float32Array(0);
  #features = new Float32Array(0);
  #condition = new Float32Array(0);
  #noiseLevel = new Float32Array(0);

  constructor(manifest: MotionManifest) {
    const { motion, encoder, denoiser, sampler } = manifest;
    this.#steps = noiseSteps(sampler.noiseLevels);
    this.#slices = new Map(denoiser.condition.map((slice) => [slice.name, slice]));
    this.#lengths = {
      context: motion.contextTokens * tokenDims(manifest),
      token: tokenDims(manifest),
      features: (motion.contextTokens + 1) * encoder.featureDims,
      condition: conditionDims(manifest),
    };
  }

  /** Turns each job's `token` from noise into the clean token, in place; `features` must be whole. */
  async sample(jobs: readonly TokenJob[], denoise: Denoise): Promise<void> {
    const rows = jobs.reduce((sum, job) => sum + guidanceRows(job.guidance), 0);
    if (rows === 0) return;
    const batch = this.#fill(jobs, rows);
    const { token } = this.#lengths;
    for (const step of this.#steps) {
      batch.noiseLevel.fill(step.from);
      let row = 0;
      for (const job of jobs) {
        for (let copy = 0; copy < guidanceRows(job.guidance); copy++) batch.noisy.set(job.token, row++ * token);
      }
      const predictions = await denoise(batch);
      assert(predictions.length === rows * token, 'a denoiser answers every row');
      row = 0;
      for (const job of jobs) {
        const taken = guidanceRows(job.guidance);
        const own = predictions.subarray(row * token, (row + taken) * token);
        // The first row is read to its end before it is written.
        const clean = own.subarray(0, token);
        if (taken > 1) guide(own, job.guidance, clean);
        eulerStep(job.token, clean, step);
        row += taken;
      }
    }
  }

  /** Copies what does not change from step to step; the views are as long as the batch. */
  #fill(jobs: readonly TokenJob[], rows: number): DenoiserBatch {
    const { context, token, features, condition } = this.#lengths;
    if (rows > this.#capacity) {
      this.#capacity = rows;
      this.#context = new Float32Array(rows * context);
      this.#noisy = new Float32Array(rows * token);
      this.#features = new Float32Array(rows * features);
      this.#condition = new Float32Array(rows * condition);
      this.#noiseLevel = new Float32Array(rows);
    }
    let row = 0;
    for (const job of jobs) {
      for (const term of [undefined, ...job.guidance]) {
        this.#context.set(job.context, row * context);
        this.#features.set(job.features, row * features);
        const given = this.#condition.subarray(row * condition, (row + 1) * condition);
        given.set(job.condition);
        const slice = term && this.#slices.get(term.condition);
        if (slice !== undefined) withhold(given, slice);
        row++;
      }
    }
    return {
      rows,
      context: this.#context.subarray(0, rows * context),
      noisy: this.#noisy.subarray(0, rows * token),
      features: this.#features.subarray(0, rows * features),
      condition: this.#condition.subarray(0, rows * condition),
      noiseLevel: this.#noiseLevel.subarray(0, rows),
    };
  }
}
