/**
 * Depth may change by this much per pixel sideways: beyond about 1 / tan 21 degrees a surface folds over itself within
 * the head's range, which shows as a jagged edge.
 */
const STEEPEST = 1.7;
const PASSES = 24;

/**
 * Eases the steepest slopes of the face's depth, at its sides and beside the nose.
 * @param positions - `[points, 3]` camera space, changed in place; @param triangles - of those points.
 */
export function unfold(positions: Float32Array, triangles: Uint16Array): void {
  let middleX = 0;
  const count = positions.length / 3;
  for (let point = 0; point < count; point++) middleX += positions[point * 3]! / count;
  const edges = edgesOf(triangles);
  for (let pass = 0; pass < PASSES; pass++) {
    for (const [a, b] of edges) {
      const across = Math.hypot(positions[a * 3]! - positions[b * 3]!, positions[a * 3 + 1]! - positions[b * 3 + 1]!);
      const drop = positions[a * 3 + 2]! - positions[b * 3 + 2]!;
      const excess = Math.abs(drop) - STEEPEST * across;
      if (excess <= 0) continue;
      // The one further out gives way: the middle of the face carries its shape.
      const outerA = Math.abs(positions[a * 3]! - middleX) > Math.abs(positions[b * 3]! - middleX);
      const share = outerA ? 0.8 : 0.2;
      const sign = Math.sign(drop);
      positions[a * 3 + 2]! -= sign * excess * share;
      positions[b * 3 + 2]! += sign * excess * (1 - share);
    }
  }
}

function edgesOf(triangles: Uint16Array): readonly (readonly [number, number])[] {
  const edges = new Map<number, readonly [number, number]>();
  for (let at = 0; at < triangles.length; at += 3) {
    for (let side = 0; side < 3; side++) {
      const a = triangles[at + side]!;
      const b = triangles[at + ((side + 1) % 3)]!;
      edges.set(Math.min(a, b) * 65_536 + Math.max(a, b), [a, b]);
    }
  }
  return [...edges.values()];
}
