import { FACE_POINT_COUNT, LIP_INNER_LOWER, LIP_INNER_UPPER } from './landmark-groups.ts';

/** How landmarks of the same face differ between looks at it, in % of the distance between the outer eye corners. */
export interface LandmarkSpread {
  readonly allPercent: number;
  readonly mouthPercent: number;
}

const MOUTH: readonly number[] = [...LIP_INNER_UPPER, ...LIP_INNER_LOWER];
const FACE: readonly number[] = Array.from({ length: FACE_POINT_COUNT }, (_, point) => point);

/** @returns the mean of several looks, `[478, 3]`. */
export function meanLandmarks(looks: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(looks[0]?.length ?? 0);
  for (const look of looks) for (let at = 0; at < mean.length; at++) mean[at]! += look[at]! / looks.length;
  return mean;
}

/** @returns how far the looks lie from `mean` on average. */
export function landmarkSpread(looks: readonly Float32Array[], mean: Float32Array): LandmarkSpread {
  const scale = 100 / eyeDistancePx(mean);
  return { allPercent: scale * distance(looks, mean, FACE), mouthPercent: scale * distance(looks, mean, MOUTH) };
}

/** @returns pixels between the outer corners of the eyes. */
export function eyeDistancePx(landmarks: Float32Array): number {
  const along = (axis: number): number => landmarks[3 * 263 + axis]! - landmarks[3 * 33 + axis]!;
  return Math.hypot(along(0), along(1));
}

function distance(looks: readonly Float32Array[], mean: Float32Array, points: readonly number[]): number {
  let sum = 0;
  for (const look of looks) {
    for (const point of points) {
      sum += Math.hypot(look[3 * point]! - mean[3 * point]!, look[3 * point + 1]! - mean[3 * point + 1]!);
    }
  }
  return sum / (looks.length * points.length);
}
