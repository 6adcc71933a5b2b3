/**
 * Groups of points in the 478-point topology. Lists run from the left of the picture to the right (the person's right
 * to left) unless said otherwise.
 */
export const INNER_UPPER_LIP = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308] as const;
export const INNER_LOWER_LIP = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308] as const;
export const OUTER_UPPER_LIP = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291] as const;
export const OUTER_LOWER_LIP = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291] as const;

/** Rows of one eye, outer corner first. */
export interface EyePoints {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  readonly upperSecond: readonly number[];
  readonly upperThird: readonly number[];
  readonly lowerSecond: readonly number[];
  /** Iris centre; four points of its edge follow. */
  readonly iris: number;
}

export const RIGHT_EYE: EyePoints = {
  upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
  lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
  upperSecond: [130, 247, 30, 29, 27, 28, 56, 190, 243],
  upperThird: [226, 113, 225, 224, 223, 222, 221, 189, 244],
  lowerSecond: [130, 25, 110, 24, 23, 22, 26, 112, 243],
  iris: 468,
};
export const LEFT_EYE: EyePoints = {
  upper: [263, 466, 388, 387, 386, 385, 384, 398, 362],
  lower: [263, 249, 390, 373, 374, 380, 381, 382, 362],
  upperSecond: [359, 467, 260, 259, 257, 258, 286, 414, 463],
  upperThird: [446, 342, 445, 444, 443, 442, 441, 413, 464],
  lowerSecond: [359, 255, 339, 254, 253, 252, 256, 341, 463],
  iris: 473,
};

/** The outline of the face, from the top of the forehead clockwise in the picture. */
export const FACE_OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
  172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
] as const;

export const RIGHT_BROW = [70, 63, 105, 66, 107, 46, 53, 52, 65, 55] as const;

/** @returns the triangles that do not fill the mouth or an eye. */
export function openTriangles(triangles: Uint16Array): Uint16Array {
  const holes = [
    [...INNER_UPPER_LIP, ...INNER_LOWER_LIP],
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
