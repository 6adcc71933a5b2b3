import type { ConditionName } from './manifest.ts';

/** What the encoder needs and gives for sound that it has not heard. */
export interface Hearing {
  /** `[melHops, melFramesPerHop, melBins]`: the newest last; before that of `hops`, the sound of hops that were skipped. */
  readonly mel: Float32Array;
  readonly melHops: number;
  /** `[stateLength]`, before the first of `mel`. The run leaves the state after the last in its place. */
  readonly encoderState: Float32Array;
  /** `[contextTokens + hops, featureDims]`, oldest first. The run fills the last `melHops` rows. */
  readonly features: Float32Array;
}

/**
 * The inference of one hop, or of some that follow one another: plain data over a single `buffer`, so that it crosses to a
 * worker without a copy. Whoever runs it owns the buffer until the result brings it home.
 */
export interface MotionJob extends Hearing {
  /** Tells this job from every other of its stream. */
  readonly serial: number;
  /** Which hop of the stream is the first, from 0. */
  readonly hop: number;
  /** How many hops' tokens are to be made. */
  readonly hops: number;
  /** What all the views below look at; the one transferable. */
  readonly buffer: ArrayBuffer;
  /** `[contextTokens, tokenDims]` standardised, oldest first; `token` follows it in memory. */
  readonly context: Float32Array;
  /** `[hops, tokenDims]`: what sampling starts from. The run leaves the clean tokens in its place. */
  readonly token: Float32Array;
  /** `[hops, conditionDims]`. */
  readonly condition: Float32Array;
  /** Only conditions that are given and whose scale is not 0: each costs one more row in the batch. */
  readonly guidance: readonly GuidanceTerm[];
}

export interface GuidanceTerm {
  readonly condition: ConditionName;
  readonly scale: number;
}

/** What the denoiser needs for one token. */
export type TokenJob = Pick<MotionJob, 'features' | 'context' | 'token' | 'condition' | 'guidance'>;

/** @returns one hop of a job, looking at the same memory: its context ends with the tokens of the hops before. */
export function hopOf(job: MotionJob, hop: number): TokenJob {
  if (job.hops === 1) return job;
  const { buffer, hops, guidance } = job;
  const dims = job.token.length / hops;
  const context = new Float32Array(buffer, job.context.byteOffset + bytesOf(hop * dims), job.context.length);
  const token = job.token.subarray(hop * dims, (hop + 1) * dims);
  const rows = job.context.length / dims + 1;
  const featureDims = job.features.length / (rows - 1 + hops);
  const features = job.features.subarray(hop * featureDims, (hop + rows) * featureDims);
  const conditionDims = job.condition.length / hops;
  const condition = job.condition.subarray(hop * conditionDims, (hop + 1) * conditionDims);
  return { context, token, features, condition, guidance };
}

function bytesOf(floats: number): number {
  return floats * Float32Array.BYTES_PER_ELEMENT;
}

/** A job that has been run: the same views, with `encoderState`, `features` and `token` overwritten. */
export type MotionResult = MotionJob;
