import { assert } from '../../base/errors.ts';

/** How hard a handle holds its point, and how weakly every point is drawn to rest (dimensionless, per squared cm). */
const HANDLE_WEIGHT = 100;
const REST_WEIGHT = 2e-3;
/** Edges shorter than this (cm) would dominate the Laplacian at lids and lips. */
const SHORTEST_EDGE_CM = 0.15;

/** Where a point goes: centimetres in head axes. */
export type Handles = ReadonlyMap<number, readonly [dx: number, dy: number, dz: number]>;

/**
 * Spreads sparse handles over a mesh by a biharmonic solve (Botsch and Kobbelt 2004): the smoothest field of
 * displacements that passes through them. Holes in the mesh stay holes, so the lips and lids part.
 */
export class RigSolver {
  private readonly pointCount: number;
  /** Row of each point in the ordering with a small bandwidth (Cuthill and McKee 1969). */
  private readonly rowOf: Uint16Array;
  private readonly bandwidth: number;
  /** `[row, bandwidth + 1]` lower band of LᵀL: column `row - bandwidth + k` stands at `k`. */
  private readonly band: Float64Array;
  /** `[row]` the first column that is not zero; factors keep it. */
  private readonly starts: Uint16Array;

  /** @param positions - `[points, 3]` cm; @param triangles - without the mouth and the eyes. */
  constructor(positions: Float32Array, triangles: Uint16Array) {
    this.pointCount = positions.length / 3;
    const neighbours = edgeWeights(positions, triangles);
    this.rowOf = narrowOrder(neighbours);
    const products = squaredLaplacian(neighbours);
    let bandwidth = 0;
    for (const [key] of products) {
      const [a, b] = [Math.floor(key / this.pointCount), key % this.pointCount];
      bandwidth = Math.max(bandwidth, Math.abs(this.rowOf[a]! - this.rowOf[b]!));
    }
    this.bandwidth = bandwidth;
    this.band = new Float64Array(this.pointCount * (bandwidth + 1));
    this.starts = Uint16Array.from({ length: this.pointCount }, (_, row) => row);
    for (const [key, value] of products) {
      const row = this.rowOf[Math.floor(key / this.pointCount)]!;
      const column = this.rowOf[key % this.pointCount]!;
      if (column > row) continue;
      this.starts[row] = Math.min(this.starts[row]!, column);
      this.band[row * (bandwidth + 1) + column - row + bandwidth]! += value;
    }
    for (let row = 0; row < this.pointCount; row++) this.band[row * (bandwidth + 1) + bandwidth]! += REST_WEIGHT;
  }

  /** @returns `[points, 3]` cm. */
  solve(handles: Handles): Float32Array {
    return this.pin([...handles.keys()]).solve(handles);
  }

  /**
   * Factors the system for points that are all handles, so that many fields can be solved for the same ones.
   * @param points - each once.
   */
  pin(points: readonly number[]): PinnedRig {
    const { pointCount, bandwidth, rowOf, starts } = this;
    const stride = bandwidth + 1;
    const factor = this.band.slice();
    for (const point of points) factor[rowOf[point]! * stride + bandwidth]! += HANDLE_WEIGHT;
    for (let row = 0; row < pointCount; row++) {
      const first = starts[row]!;
      for (let column = first; column <= row; column++) {
        const rowStart = row * stride - row + bandwidth;
        const columnStart = column * stride - column + bandwidth;
        // Two sums that do not wait for each other.
        let even = 0;
        let odd = 0;
        let k = Math.max(first, starts[column]!);
        for (; k + 1 < column; k += 2) {
          even += factor[rowStart + k]! * factor[columnStart + k]!;
          odd += factor[rowStart + k + 1]! * factor[columnStart + k + 1]!;
        }
        if (k < column) even += factor[rowStart + k]! * factor[columnStart + k]!;
        const sum = factor[rowStart + column]! - even - odd;
        if (column === row) {
          assert(sum > 0, 'the biharmonic matrix is positive definite');
          factor[row * stride + bandwidth] = Math.sqrt(sum);
        } else {
          factor[row * stride + column - row + bandwidth] = sum / factor[column * stride + bandwidth]!;
        }
      }
    }
    return new PinnedRig(factor, bandwidth, rowOf, starts);
  }
}

/** A rig whose handles are known: gives the field for any targets of them. */
export class PinnedRig {
  /** As `RigSolver.band`, factored. */
  private readonly factor: Float64Array;
  private readonly bandwidth: number;
  private readonly rowOf: Uint16Array;
  private readonly starts: Uint16Array;

  constructor(factor: Float64Array, bandwidth: number, rowOf: Uint16Array, starts: Uint16Array) {
    this.factor = factor;
    this.bandwidth = bandwidth;
    this.rowOf = rowOf;
    this.starts = starts;
  }

  /** @param targets - of pinned points; those that are not named stay. @returns `[points, 3]` cm. */
  solve(targets: Handles): Float32Array {
    const { factor, bandwidth, rowOf, starts } = this;
    const pointCount = rowOf.length;
    const stride = bandwidth + 1;
    const right = new Float64Array(pointCount * 3);
    for (const [point, target] of targets) {
      for (let axis = 0; axis < 3; axis++) right[rowOf[point]! * 3 + axis]! += HANDLE_WEIGHT * target[axis]!;
    }
    const solved = new Float32Array(pointCount * 3);
    const inOrder = new Float64Array(pointCount);
    for (let axis = 0; axis < 3; axis++) {
      for (let row = 0; row < pointCount; row++) {
        let sum = right[row * 3 + axis]!;
        for (let k = starts[row]!; k < row; k++) {
          sum -= factor[row * stride + k - row + bandwidth]! * inOrder[k]!;
        }
        inOrder[row] = sum / factor[row * stride + bandwidth]!;
      }
      for (let row = pointCount - 1; row >= 0; row--) {
        let sum = inOrder[row]!;
        const last = Math.min(pointCount - 1, row + bandwidth);
        for (let k = row + 1; k <= last; k++) sum -= factor[k * stride + row - k + bandwidth]! * inOrder[k]!;
        inOrder[row] = sum / factor[row * stride + bandwidth]!;
      }
      for (let point = 0; point < pointCount; point++) solved[point * 3 + axis] = inOrder[rowOf[point]!]!;
    }
    return solved;
  }
}

type Neighbours = readonly ReadonlyMap<number, number>[];

function edgeWeights(positions: Float32Array, triangles: Uint16Array): Neighbours {
  const neighbours = Array.from({ length: positions.length / 3 }, () => new Map<number, number>());
  for (let at = 0; at < triangles.length; at += 3) {
    for (let side = 0; side < 3; side++) {
      const a = triangles[at + side]!;
      const b = triangles[at + ((side + 1) % 3)]!;
      const length = Math.hypot(
        positions[a * 3]! - positions[b * 3]!,
        positions[a * 3 + 1]! - positions[b * 3 + 1]!,
        positions[a * 3 + 2]! - positions[b * 3 + 2]!,
      );
      const weight = 1 / Math.max(SHORTEST_EDGE_CM, length);
      neighbours[a]!.set(b, weight);
      neighbours[b]!.set(a, weight);
    }
  }
  return neighbours;
}

function narrowOrder(neighbours: Neighbours): Uint16Array {
  const order: number[] = [];
  const seen = new Set<number>();
  const byDegree = [...neighbours.keys()].sort((a, b) => neighbours[a]!.size - neighbours[b]!.size);
  for (const start of byDegree) {
    if (seen.has(start)) continue;
    seen.add(start);
    const queue = [start];
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
      order.push(point);
      const next = [...neighbours[point]!.keys()].filter((other) => !seen.has(other));
      next.sort((a, b) => neighbours[a]!.size - neighbours[b]!.size);
      for (const other of next) seen.add(other);
      queue.push(...next);
    }
  }
  const rowOf = new Uint16Array(neighbours.length);
  order.forEach((point, row) => (rowOf[point] = row));
  return rowOf;
}

/** @returns the entries of LᵀL by `a * points + b`, where each row of L sums to zero. */
function squaredLaplacian(neighbours: Neighbours): Map<number, number> {
  const products = new Map<number, number>();
  for (const [point, edges] of neighbours.entries()) {
    let total = 0;
    for (const weight of edges.values()) total += weight;
    if (total === 0) continue;
    const row: (readonly [number, number])[] = [[point, 1]];
    for (const [other, weight] of edges) row.push([other, -weight / total]);
    for (const [a, weightA] of row) {
      for (const [b, weightB] of row) {
        const key = a * neighbours.length + b;
        products.set(key, (products.get(key) ?? 0) + weightA * weightB);
      }
    }
  }
  return products;
}
