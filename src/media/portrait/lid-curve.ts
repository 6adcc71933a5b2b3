import { clamp } from '../../base/ramp.ts';

/** @returns a coordinate of the point at `t` (0..8) along a row of nine landmarks, on a Catmull-Rom curve. */
export function alongLid(landmarks: Float32Array, points: readonly number[], t: number, axis: number): number {
  const low = clamp(Math.floor(t), 0, 7);
  const s = t - low;
  const [a, b, c, d] = [-1, 0, 1, 2].map((step) => landmarks[points[clamp(low + step, 0, 8)]! * 3 + axis]!) as [
    number,
    number,
    number,
    number,
  ];
  return b + 0.5 * s * (c - a + s * (2 * a - 5 * b + 4 * c - d + s * (3 * (b - c) + d - a)));
}
