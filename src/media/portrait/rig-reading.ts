import type { Appearance } from '../appearance.ts';
import { MOTION_INDEX, type ArkitShape } from '../motion-space.ts';
import { FACE_POINT_COUNT } from './landmark-groups.ts';

/** How a field of displacements agrees with another. */
export interface RigAgreement {
  /** Root mean square length over the other's. */
  readonly size: number;
  /** Cosine between the two, all points and axes as one vector. */
  readonly direction: number;
}

/** @returns `[468, 3]` cm in head axes: what a shape at 1 does to the points of an enrolled face. */
export function shapeField({ arrays, facts }: Pick<Appearance, 'arrays' | 'facts'>, shape: ArkitShape): Float32Array {
  const { rotation: r, scalePxPerCm } = facts.pose;
  const field = new Float32Array(FACE_POINT_COUNT * 3);
  const index = MOTION_INDEX[shape];
  for (let entry = arrays.shapeOffsets[index]!; entry < arrays.shapeOffsets[index + 1]!; entry++) {
    const point = arrays.shapeVertices[entry]!;
    if (point >= FACE_POINT_COUNT) continue;
    const vectors = arrays.shapeVectors;
    for (let axis = 0; axis < 3; axis++) {
      let turned = 0;
      for (let row = 0; row < 3; row++) turned += r[row * 3 + axis]! * vectors[entry * 3 + row]!;
      field[point * 3 + axis] = turned / scalePxPerCm;
    }
  }
  return field;
}

/**
 * @param measured - point and its displacement (x, y, z in cm), of those that the shape should move most.
 * @returns how the field agrees with it at these points.
 */
export function rigAgreement(
  field: Float32Array,
  measured: Iterable<readonly [point: number, x: number, y: number, z: number]>,
): RigAgreement {
  let [dot, own, theirs] = [0, 0, 0];
  for (const [point, ...target] of measured) {
    target.forEach((value, axis) => {
      const made = field[point * 3 + axis]!;
      dot += made * value;
      own += made * made;
      theirs += value * value;
    });
  }
  return { size: Math.sqrt(own / theirs), direction: dot / Math.sqrt(own * theirs) };
}
