import type { ConditionName } from './manifest.ts';

/**
 * One hop's inference: plain data over a single `buffer`, so that it crosses to a worker without a copy. Whoever runs
 * it owns the buffer until the result brings it home.
 */
export interface MotionJob {
  /** Tells this job from every other of its stream. */
  readonly serial: number;
  /** Which hop of the stream this is, from 0. */
  readonly hop: number;
  /** What all the views below look at; the one transferable. */
  readonly buffer: ArrayBuffer;
  /** `[melHops, melFramesPerHop, melBins]`: this hop's sound last, before it that of hops whose inference was skipped. */
  readonly mel: Float32Array;
  readonly melHops: number;
  /** `[stateLength]`, before the first of `mel`. The run leaves the state after the last in its place. */
  readonly encoderState: Float32Array;
  /** `[contextTokens + 1, featureDims]`, oldest first. The run fills the last `melHops` rows. */
  readonly features: Float32Array;
  /** `[contextTokens, tokenDims]` standardised, oldest first. */
  readonly context: Float32Array;
  /** `[tokenDims]`: what sampling starts from. The run leaves the clean token in its place. */
  readonly token: Float32Array;
  /** `[conditionDims]`. */
  readonly condition: Float32Array;
  /** Only conditions that are given and whose scale is not 0: each costs one more row in the batch. */
  readonly guidance: readonly GuidanceTerm[];
}

export interface GuidanceTerm {
  readonly condition: ConditionName;
  readonly scale: number;
}

/** A job that has been run: the same views, with `encoderState`, `features` and `token` overwritten. */
export type MotionResult = MotionJob;
