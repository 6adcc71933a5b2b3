import { clamp } from '../../base/ramp.ts';
import type { Appearance } from '../appearance.ts';

/** How much of Lambert's shading a moved skin shows; soft light and the shine of skin leave less than the whole. */
const LAMBERT = 0.55;
/** Shade per cm by which a point sinks under its neighbours: a hollow sees less of the room. */
const HOLLOW_PER_CM = 0.5;
const DARKEST = 0.78;
const LIGHTEST = 1.13;
/** What changes less than this is left alone: what is not shaded draws faster. */
const LEAST = 0.006;

/**
 * Light on skin that an expression has moved: cheeks that fill, folds that deepen, a chin that bunches. Of each face point
 * it compares the normal and the hollow before and after, so that a face at rest is the portrait itself.
 */
export class SkinRelief {
  private readonly appearance: Appearance;
  private readonly pointCount: number;
  private readonly triangles: Uint16Array;
  /** Neighbours of point `p`: `neighbours[starts[p]..starts[p + 1]]`. */
  private readonly starts: Uint16Array;
  private readonly neighbours: Uint16Array;
  /** 0 where other layers draw what moves (lids) or the surface ends (lips' inner edges) .. 1. */
  private readonly shares: Float32Array;
  private readonly normals: Float32Array;
  private readonly restLambert: Float32Array;
  private readonly restHollow: Float32Array;
  private readonly raw: Float32Array;

  constructor(appearance: Appearance) {
    this.appearance = appearance;
    const { arrays, facts } = appearance;
    const count = facts.faceVertexCount;
    this.pointCount = count;
    const solid: number[] = [];
    const around = Array.from({ length: count }, () => new Set<number>());
    for (let at = 0; at < arrays.faceTriangles.length; at += 3) {
      const corners = [arrays.faceTriangles[at]!, arrays.faceTriangles[at + 1]!, arrays.faceTriangles[at + 2]!];
      if (corners.some((corner) => corner >= count || arrays.vertexAlphas[corner]! < 1)) continue;
      solid.push(...corners);
      for (const corner of corners) for (const other of corners) if (other !== corner) around[corner]!.add(other);
    }
    this.triangles = Uint16Array.from(solid);
    this.starts = new Uint16Array(count + 1);
    for (let point = 0; point < count; point++) this.starts[point + 1] = this.starts[point]! + around[point]!.size;
    this.neighbours = Uint16Array.from(around.flatMap((others) => [...others]));
    const { eyes, mouth } = facts;
    const apart = [eyes.left, eyes.right].flatMap((eye) => [...eye.upperLid, ...eye.lowerLid, ...eye.upperSecond]);
    const still = new Set([...apart, ...mouth.upperInner, ...mouth.lowerInner]);
    this.shares = Float32Array.from(around, (others, point) => (others.size === 0 || still.has(point) ? 0 : 1));
    this.normals = new Float32Array(count * 3);
    this.raw = new Float32Array(count);
    this.restLambert = new Float32Array(count);
    this.restHollow = new Float32Array(count);
    this.measure(arrays.vertexPositions, this.restLambert, this.restHollow);
  }

  /**
   * @param shaped - `[v, 3]` camera space with shapes, before the head's motion.
   * @param shades - `[v]` multiplied in place.
   */
  update(shaped: Float32Array, shades: Float32Array): void {
    const { pointCount, raw, restHollow, restLambert, shares, starts, neighbours } = this;
    this.measure(shaped, raw, null);
    for (let point = 0; point < pointCount; point++) {
      if (shares[point] === 0) continue;
      const lit = LAMBERT * (raw[point]! - restLambert[point]!);
      raw[point] = lit - HOLLOW_PER_CM * (this.hollow(shaped, point) - restHollow[point]!);
    }
    for (let point = 0; point < pointCount; point++) {
      if (shares[point] === 0) continue;
      // A mesh this coarse glints where one point stands out; its neighbours calm it.
      let sum = 0;
      let count = 0;
      for (let at = starts[point]!; at < starts[point + 1]!; at++) {
        const other = neighbours[at]!;
        if (shares[other] === 0) continue;
        sum += raw[other]!;
        count++;
      }
      const change = count === 0 ? raw[point]! : 0.5 * raw[point]! + (0.5 * sum) / count;
      if (change > LEAST || change < -LEAST) shades[point]! *= clamp(1 + change, DARKEST, LIGHTEST);
    }
  }

  /** Writes each point's share of the light into `lambert` and, where it is given, how deep it lies into `hollows`. */
  private measure(positions: Float32Array, lambert: Float32Array, hollows: Float32Array | null): void {
    const { normals, pointCount, triangles } = this;
    const { light } = this.appearance.facts;
    normals.fill(0);
    for (let at = 0; at < triangles.length; at += 3) {
      const a = triangles[at]! * 3;
      const b = triangles[at + 1]! * 3;
      const c = triangles[at + 2]! * 3;
      const ux = positions[b]! - positions[a]!;
      const uy = positions[b + 1]! - positions[a + 1]!;
      const uz = positions[b + 2]! - positions[a + 2]!;
      const vx = positions[c]! - positions[a]!;
      const vy = positions[c + 1]! - positions[a + 1]!;
      const vz = positions[c + 2]! - positions[a + 2]!;
      const nx = uy * vz - uz * vy;
      const ny = uz * vx - ux * vz;
      const nz = ux * vy - uy * vx;
      normals[a]! += nx;
      normals[a + 1]! += ny;
      normals[a + 2]! += nz;
      normals[b]! += nx;
      normals[b + 1]! += ny;
      normals[b + 2]! += nz;
      normals[c]! += nx;
      normals[c + 1]! += ny;
      normals[c + 2]! += nz;
    }
    for (let point = 0, at = 0; point < pointCount; point++, at += 3) {
      const x = normals[at]!;
      const y = normals[at + 1]!;
      const z = normals[at + 2]!;
      const length = Math.sqrt(x * x + y * y + z * z) || 1;
      normals[at] = x / length;
      normals[at + 1] = y / length;
      normals[at + 2] = z / length;
      lambert[point] = Math.max(0, (x * light[0] + y * light[1] + z * light[2]) / length);
      if (hollows !== null) hollows[point] = this.hollow(positions, point);
    }
  }

  /** @returns by how many cm the point lies under the middle of its neighbours. */
  private hollow(positions: Float32Array, point: number): number {
    const { neighbours, normals, starts } = this;
    const first = starts[point]!;
    const count = starts[point + 1]! - first;
    if (count === 0) return 0;
    let x = 0;
    let y = 0;
    let z = 0;
    for (let at = first; at < first + count; at++) {
      const other = neighbours[at]! * 3;
      x += positions[other]!;
      y += positions[other + 1]!;
      z += positions[other + 2]!;
    }
    const own = point * 3;
    const depth =
      (x / count - positions[own]!) * normals[own]! +
      (y / count - positions[own + 1]!) * normals[own + 1]! +
      (z / count - positions[own + 2]!) * normals[own + 2]!;
    return depth / this.appearance.facts.pose.scalePxPerCm;
  }
}
