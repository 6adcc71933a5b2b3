import {
  LEFT_EYE_LOWER,
  LEFT_EYE_UPPER,
  LIP_INNER_LOWER,
  LIP_INNER_UPPER,
  RIGHT_EYE_LOWER,
  RIGHT_EYE_UPPER,
} from './landmark-groups.ts';

/** Rows of one eye, nine points each, outer corner first. */
export interface EyePoints {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  /** The crease above the upper lid, and the skin above that. */
  readonly upperSecond: readonly number[];
  readonly upperThird: readonly number[];
  /** Where the skin of a lid begins that a blink unrolls: the row above the crease, from corner to corner. */
  readonly lidTop: readonly number[];
  readonly lowerSecond: readonly number[];
  /** The edge of the orbit, where lid becomes cheek. */
  readonly lowerThird: readonly number[];
  /** Iris centre; four points of its edge follow. */
  readonly iris: number;
}

export const RIGHT_EYE: EyePoints = {
  upper: RIGHT_EYE_UPPER,
  lower: RIGHT_EYE_LOWER,
  upperSecond: [130, 247, 30, 29, 27, 28, 56, 190, 243],
  upperThird: [226, 113, 225, 224, 223, 222, 221, 189, 244],
  lidTop: [130, 247, 225, 224, 223, 222, 221, 190, 243],
  lowerSecond: [130, 25, 110, 24, 23, 22, 26, 112, 243],
  lowerThird: [226, 31, 228, 229, 230, 231, 232, 233, 244],
  iris: 468,
};
export const LEFT_EYE: EyePoints = {
  upper: [...LEFT_EYE_UPPER].reverse(),
  lower: [...LEFT_EYE_LOWER].reverse(),
  upperSecond: [359, 467, 260, 259, 257, 258, 286, 414, 463],
  upperThird: [446, 342, 445, 444, 443, 442, 441, 413, 464],
  lidTop: [359, 467, 445, 444, 443, 442, 441, 414, 463],
  lowerSecond: [359, 255, 339, 254, 253, 252, 256, 341, 463],
  lowerThird: [446, 261, 448, 449, 450, 451, 452, 453, 464],
  iris: 473,
};

/** @returns the triangles that do not fill the mouth or an eye. */
export function openTriangles(triangles: Uint16Array): Uint16Array {
  const holes = [
    [...LIP_INNER_UPPER, ...LIP_INNER_LOWER],
    [...RIGHT_EYE.upper, ...RIGHT_EYE.lower],
    [...LEFT_EYE.upper, ...LEFT_EYE.lower],
  ].map((points) => new Set<number>(points));
  const kept: number[] = [];
  for (let at = 0; at < triangles.length; at += 3) {
    const corners = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    if (!holes.some((hole) => corners.every((corner) => hole.has(corner)))) kept.push(...corners);
  }
  return Uint16Array.from(kept);
}

/** @returns for each point of the canonical face the point on the other side of the nose. */
export function mirrorPoints(positions: Float32Array): Uint16Array {
  const count = positions.length / 3;
  const mirror = new Uint16Array(count);
  for (let point = 0; point < count; point++) {
    let nearest = Infinity;
    for (let other = 0; other < count; other++) {
      const dx = positions[point * 3]! + positions[other * 3]!;
      const dy = positions[point * 3 + 1]! - positions[other * 3 + 1]!;
      const dz = positions[point * 3 + 2]! - positions[other * 3 + 2]!;
      const distance = dx * dx + dy * dy + dz * dz;
      if (distance < nearest) {
        nearest = distance;
        mirror[point] = other;
      }
    }
  }
  return mirror;
}
