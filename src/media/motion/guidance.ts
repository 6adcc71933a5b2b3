import type { ConditionSlice } from './manifest.ts';
import type { GuidanceTerm } from './motion-job.ts';

/**
 * Classifier-free guidance with a scale per condition: `full + Σ scale · (full − without)`, as VASA-1 does (Xu et al.
 * 2024, eq. 5). The full prediction is one row of a batch; every guided condition adds one without it.
 */

/** @returns rows of the batch that a job takes. */
export function guidanceRows(terms: readonly GuidanceTerm[]): number {
  return 1 + terms.length;
}

/** Takes `slice` out of `condition`, in place: zeros, "not given" among them. */
export function withhold(condition: Float32Array, slice: ConditionSlice): void {
  condition.fill(0, slice.offset, slice.offset + slice.length);
}

/**
 * @param rows - `[1 + terms, tokenDims]`: the full prediction, then one without each term's condition.
 * @param clean - `[tokenDims]`, overwritten with the guided prediction.
 */
export function guide(rows: Float32Array, terms: readonly GuidanceTerm[], clean: Float32Array): void {
  const dims = clean.length;
  const whole = terms.reduce((sum, { scale }) => sum + scale, 1);
  for (let index = 0; index < dims; index++) {
    let value = whole * rows[index]!;
    for (let term = 0; term < terms.length; term++) value -= terms[term]!.scale * rows[(term + 1) * dims + index]!;
    clean[index] = value;
  }
}
