import type { PersonMesh } from './mesh.ts';

/**
 * @param triangles - of the face points alone, counter-clockwise seen from outside.
 * @returns `[vertexCount, 3]` unit normals in camera space; the rest of the person takes those of the face point it
 * follows, weaker with distance.
 */
export function vertexNormals(mesh: PersonMesh, triangles: Uint16Array): Float32Array {
  const { positions, leaders, followings, vertexCount } = mesh;
  const sums = new Float64Array(vertexCount * 3);
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [triangles[at]! * 3, triangles[at + 1]! * 3, triangles[at + 2]! * 3];
    const u = [0, 1, 2].map((axis) => positions[b + axis]! - positions[a + axis]!);
    const v = [0, 1, 2].map((axis) => positions[c + axis]! - positions[a + axis]!);
    const normal = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!];
    for (const corner of [a, b, c]) for (let axis = 0; axis < 3; axis++) sums[corner + axis]! += normal[axis]!;
  }
  const normals = new Float32Array(vertexCount * 3);
  for (let vertex = 0; vertex < vertexCount; vertex++) {
    const leader = leaders[vertex]! * 3;
    const length = Math.hypot(sums[leader]!, sums[leader + 1]!, sums[leader + 2]!);
    const following = followings[vertex]!;
    // Below this nobody sees light change, and what is not shaded draws faster.
    const share = length > 0 && following > 0.04 ? following / length : 0;
    for (let axis = 0; axis < 3; axis++) normals[vertex * 3 + axis] = sums[leader + axis]! * share;
  }
  return normals;
}
