import { assert } from '../../base/errors.ts';

/** One Euler step, from noise level `from` to the lower `to`. */
export interface NoiseStep {
  readonly from: number;
  readonly to: number;
}

/** @param noiseLevels - from 1 down to 0. @returns the steps between them. */
export function noiseSteps(noiseLevels: readonly number[]): readonly NoiseStep[] {
  assert(noiseLevels[0] === 1 && noiseLevels.at(-1) === 0, 'noise levels go from 1 to 0');
  return noiseLevels.slice(1).map((to, index) => {
    const from = noiseLevels[index]!;
    assert(from > to, 'noise levels fall');
    return { from, to };
  });
}

/**
 * Moves `noisy` one step along the straight line to `clean`, in place: with `noisy = (1 - s) clean + s noise`, its
 * velocity in `s` is `noise - clean = (noisy - clean) / s`.
 */
export function eulerStep(noisy: Float32Array, clean: Float32Array, { from, to }: NoiseStep): void {
  const share = (to - from) / from;
  for (let index = 0; index < noisy.length; index++)
    noisy[index] = noisy[index]! + share * (noisy[index]! - clean[index]!);
}
