/**
 * Depth may change by this much per pixel: beyond about 1 / tan of the head's limits a surface folds over itself, which
 * shows as a jagged edge. First along edges, then across whole triangles, where sideways and up and down differ.
 */
const STEEPEST_EDGE = 1.9;
const STEEPEST_ACROSS = 2.2;
const STEEPEST_DOWN = 2.6;
const EDGE_PASSES = 24;
const SMOOTHING_PASSES = 24;
/** Thinner triangles (square pixels, doubled) cover nothing. */
const LEAST_AREA = 3;

/**
 * Eases the steepest slopes of the face's depth, at its sides and beside the nose.
 * @param positions - `[points, 3]` camera space, changed in place; @param triangles - of those points.
 */
export function unfold(positions: Float32Array, triangles: Uint16Array): void {
  const edges = edgesOf(triangles);
  easeEdges(positions, edges);
  smoothSteep(positions, triangles, edges);
}

type Edges = readonly (readonly [a: number, b: number])[];

function easeEdges(positions: Float32Array, edges: Edges): void {
  let middleX = 0;
  const count = positions.length / 3;
  for (let point = 0; point < count; point++) middleX += positions[point * 3]! / count;
  for (let pass = 0; pass < EDGE_PASSES; pass++) {
    for (const [a, b] of edges) {
      const across = Math.hypot(positions[a * 3]! - positions[b * 3]!, positions[a * 3 + 1]! - positions[b * 3 + 1]!);
      const drop = positions[a * 3 + 2]! - positions[b * 3 + 2]!;
      const excess = Math.abs(drop) - STEEPEST_EDGE * across;
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

/** Draws the corners of triangles that are still too steep towards the mean of their neighbours, little by little. */
function smoothSteep(positions: Float32Array, triangles: Uint16Array, edges: Edges): void {
  const count = positions.length / 3;
  const steep = new Uint8Array(count);
  const sums = new Float64Array(count);
  const degrees = new Uint8Array(count);
  for (const [a, b] of edges) {
    degrees[a]!++;
    degrees[b]!++;
  }
  for (let pass = 0; pass < SMOOTHING_PASSES; pass++) {
    steep.fill(0);
    for (let at = 0; at < triangles.length; at += 3) {
      const corners = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
      if (isSteep(positions, corners)) for (const corner of corners) steep[corner] = 1;
    }
    if (!steep.includes(1)) return;
    sums.fill(0);
    for (const [a, b] of edges) {
      sums[a]! += positions[b * 3 + 2]!;
      sums[b]! += positions[a * 3 + 2]!;
    }
    for (let point = 0; point < count; point++) {
      if (steep[point] === 0) continue;
      positions[point * 3 + 2]! += 0.35 * (sums[point]! / degrees[point]! - positions[point * 3 + 2]!);
    }
  }
}

function isSteep(positions: Float32Array, corners: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0] = corners;
  const side = (to: number, axis: number): number => positions[to * 3 + axis]! - positions[a * 3 + axis]!;
  const area = side(b, 0) * side(c, 1) - side(c, 0) * side(b, 1);
  if (Math.abs(area) < LEAST_AREA) return false;
  const across = (side(b, 2) * side(c, 1) - side(c, 2) * side(b, 1)) / area;
  const down = (side(b, 0) * side(c, 2) - side(c, 0) * side(b, 2)) / area;
  return Math.abs(across) > STEEPEST_ACROSS || Math.abs(down) > STEEPEST_DOWN;
}

function edgesOf(triangles: Uint16Array): Edges {
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
