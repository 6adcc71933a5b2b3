import type { MotionManifest } from './manifest.ts';

/** What the encoder has heard: its tokens for the context and the newest hops, and the state to go on from. */
export class FeatureWindow {
  readonly #dims: number;
  readonly #features: Float32Array;
  readonly #state: Float32Array;

  constructor({ motion, encoder }: MotionManifest) {
    this.#dims = encoder.featureDims;
    this.#features = new Float32Array((motion.contextTokens + 1) * this.#dims);
    this.#state = new Float32Array(encoder.stateLength);
  }

  /**
   * Prepares a run that hears `hops` more.
   * @param features - `[contextTokens + hops to make, featureDims]`, overwritten; its last `hops` rows with zeros.
   * @param state - `[stateLength]`, overwritten.
   */
  prepare(hops: number, features: Float32Array, state: Float32Array): void {
    const kept = Math.max(0, features.length - hops * this.#dims);
    features.set(this.#features.subarray(this.#features.length - kept));
    features.fill(0, kept);
    state.set(this.#state);
  }

  /** `[stateLength]`, for an encoder that hears ahead and leaves its next state there. */
  get state(): Float32Array {
    if (!allFinite(this.#state)) this.#state.fill(0);
    return this.#state;
  }

  /** Takes over one hop that was heard ahead. @param token - `[featureDims]`. */
  append(token: Float32Array): void {
    this.#features.copyWithin(0, this.#dims);
    this.#features.fill(0, this.#features.length - this.#dims);
    if (allFinite(token)) this.#features.set(token, this.#features.length - this.#dims);
  }

  /** Takes over what a run has heard. What is no number is not taken: it would never leave the encoder's memory. */
  accept(features: Float32Array, state: Float32Array): void {
    const newest = features.subarray(-this.#features.length);
    if (allFinite(newest)) this.#features.set(newest);
    else this.#features.fill(0);
    if (allFinite(state)) this.#state.set(state);
    else this.#state.fill(0);
  }

  reset(): void {
    this.#features.fill(0);
    this.#state.fill(0);
  }
}

/** What is no number times 0 is no number: no call and no branch for each of the fifteen thousand values of a hop. */
function allFinite(values: Float32Array): boolean {
  let probe = 0;
  for (let index = 0; index < values.length; index++) probe += values[index]! * 0;
  return probe === 0;
}
