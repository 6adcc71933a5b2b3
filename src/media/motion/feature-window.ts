import type { MotionManifest } from './manifest.ts';

/** What the encoder has heard: its tokens for the context and the newest hop, and the state to go on from. */
export class FeatureWindow {
  readonly #rows: number;
  readonly #dims: number;
  readonly #features: Float32Array;
  readonly #state: Float32Array;

  constructor({ motion, encoder }: MotionManifest) {
    this.#rows = motion.contextTokens + 1;
    this.#dims = encoder.featureDims;
    this.#features = new Float32Array(this.#rows * this.#dims);
    this.#state = new Float32Array(encoder.stateLength);
  }

  /**
   * Prepares a run that hears `hops` more.
   * @param features - `[contextTokens + 1, featureDims]`, overwritten; its last `hops` rows with zeros.
   * @param state - `[stateLength]`, overwritten.
   */
  prepare(hops: number, features: Float32Array, state: Float32Array): void {
    const kept = Math.max(0, this.#rows - hops) * this.#dims;
    features.set(this.#features.subarray(this.#features.length - kept));
    features.fill(0, kept);
    state.set(this.#state);
  }

  /** Takes over what a run has heard. What is no number is not taken: it would never leave the encoder's memory. */
  accept(features: Float32Array, state: Float32Array): void {
    if (allFinite(features)) this.#features.set(features);
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
