import type { RigSolver } from './rig-solver.ts';

/** Collects what one shape moves and holds, then solves for the rest. Later handles replace earlier ones. */
export class HandleSet {
  /** `[468, 3]` cm in head axes, lips closed. */
  readonly face: Float32Array;
  private readonly solver: RigSolver;
  private readonly mirror: Uint16Array;
  private readonly held = new Set<number>();
  private readonly targets = new Map<number, readonly [number, number, number]>();

  constructor(face: Float32Array, solver: RigSolver, mirror: Uint16Array) {
    this.face = face;
    this.solver = solver;
    this.mirror = mirror;
  }

  move(points: readonly number[], dx: number, dy: number, dz: number): this {
    for (const point of points) this.targets.set(point, [dx, dy, dz]);
    return this;
  }

  /** @param points - of the person's right side; the left side moves as in a mirror. */
  mirrored(points: readonly number[], dx: number, dy: number, dz: number): this {
    this.move(points, dx, dy, dz);
    return this.move(
      points.map((point) => this.mirror[point]!),
      -dx,
      dy,
      dz,
    );
  }

  /** @returns the point on the other side of the nose. */
  mirrorOf(point: number): number {
    return this.mirror[point]!;
  }

  /** Points that stay unless a handle moves them. */
  hold(...groups: readonly (readonly number[])[]): this {
    for (const group of groups) for (const point of group) this.held.add(point);
    return this;
  }

  /** @returns `[468, 3]` cm. */
  solve(): Float32Array {
    const all = new Map<number, readonly [number, number, number]>();
    for (const point of this.held) all.set(point, [0, 0, 0]);
    for (const [point, target] of this.targets) all.set(point, target);
    return this.solver.solve(all);
  }
}
