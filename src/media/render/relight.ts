import { clamp } from '../../base/ramp.ts';
import type { Appearance } from '../appearance.ts';
import type { HeadMotion } from './head-motion.ts';

/** More makes glints; light that follows deformation makes them too, so only rotation counts (seen on the prototype). */
const STRENGTH = 0.34;

/** Shade of every mesh vertex as the head turns under the portrait's light, around 1. */
export class Relight {
  readonly shades: Float32Array;
  private readonly appearance: Appearance;

  constructor(appearance: Appearance) {
    this.appearance = appearance;
    this.shades = new Float32Array(appearance.facts.vertexCount).fill(1);
  }

  update({ rotation: r }: HeadMotion): void {
    const { facts, arrays } = this.appearance;
    const lx = facts.light[0];
    const ly = facts.light[1];
    const lz = facts.light[2];
    // The light seen from the turned head: one product per vertex instead of nine.
    const tx = r[0]! * lx + r[3]! * ly + r[6]! * lz;
    const ty = r[1]! * lx + r[4]! * ly + r[7]! * lz;
    const tz = r[2]! * lx + r[5]! * ly + r[8]! * lz;
    const normals = arrays.vertexNormals;
    for (let vertex = 0, at = 0; vertex < this.shades.length; vertex++, at += 3) {
      const nx = normals[at]!;
      const ny = normals[at + 1]!;
      const nz = normals[at + 2]!;
      const before = Math.max(0, nx * lx + ny * ly + nz * lz);
      const after = Math.max(0, nx * tx + ny * ty + nz * tz);
      this.shades[vertex] = clamp(1 + STRENGTH * (after - before), 0.76, 1.12);
    }
  }
}
