import { clamp } from '../../base/ramp.ts';
import type { Appearance } from '../appearance.ts';
import type { Deformer } from './deformer.ts';
import type { ScenePlanner } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** How far the skin fades out into a hole, cm. */
const LID_FEATHER_CM = 0.05;
/** What a strip adds to its half of the gap, px; below 0 on the lower lid, which must not lie over a closed seam. */
const UPPER_SLACK_PX = 0.3;
const LOWER_SLACK_PX = -0.6;
/** A strip is seen from the side and a little darker than the skin it goes on from. */
const SHADE = 0.85;

interface Loop {
  readonly points: readonly number[];
  /** The point across the hole, or -1 at a corner. */
  readonly partner: readonly number[];
  /** Index of the last point of the upper edge. */
  readonly upperCount: number;
  readonly first: number;
}

/** A thin strip along the inner edge of each eye, so that lids end softly; lips do by `InnerLipLayer`. */
export class FeatherLayer {
  private readonly loops: readonly Loop[];
  private readonly scale: number;

  constructor({ facts }: Appearance, planner: ScenePlanner, faceTexture: number) {
    this.scale = facts.pose.scalePxPerCm;
    const { eyes } = facts;
    const loop = (upper: readonly number[], lower: readonly number[]): Loop => {
      const points = [...upper, ...lower.slice(1, -1).reverse()];
      const first = planner.vertices(points.length);
      const triangles: number[] = [];
      points.forEach((point, index) => {
        const next = (index + 1) % points.length;
        triangles.push(point, points[next]!, first + index, points[next]!, first + next, first + index);
      });
      planner.batch(faceTexture, triangles);
      const partner = [
        ...upper.map((point, index) => (point === lower[index] ? -1 : (lower[index] ?? -1))),
        ...upper.slice(1, -1).reverse(),
      ];
      return { points, partner, upperCount: upper.length - 1, first };
    };
    this.loops = [loop(eyes.right.upperLid, eyes.right.lowerLid), loop(eyes.left.upperLid, eyes.left.lowerLid)];
  }

  /** @param texels - `[v, 2]` of the loaded texture; @param shades - `[v]`. */
  write({ places }: Deformer, texels: Float32Array, shades: Float32Array, writer: VertexWriter): void {
    const reach = LID_FEATHER_CM * this.scale;
    for (let at = 0; at < this.loops.length; at++) {
      const { points, partner, upperCount, first } = this.loops[at]!;
      for (let index = 0; index < points.length; index++) {
        const point = points[index]!;
        const before = points[(index + points.length - 1) % points.length]!;
        const after = points[(index + 1) % points.length]!;
        const x = places[point * 2]!;
        const y = places[point * 2 + 1]!;
        let nx = places[before * 2 + 1]! - places[after * 2 + 1]!;
        let ny = places[after * 2]! - places[before * 2]!;
        // Math.hypot leaves garbage.
        const length = Math.sqrt(nx * nx + ny * ny) || 1;
        // Into the hole: down from the upper edge and up from the lower, never past half of what is open.
        const facing = partner[index]!;
        const gapX = facing < 0 ? 0 : places[facing * 2]! - x;
        const gapY = facing < 0 ? 0 : places[facing * 2 + 1]! - y;
        const gap = Math.sqrt(gapX * gapX + gapY * gapY);
        const down = index <= upperCount ? 1 : -1;
        const slack = index <= upperCount ? UPPER_SLACK_PX : LOWER_SLACK_PX;
        const inward = ((ny < 0 ? -down : down) * clamp(0.5 * gap + slack, 0, reach)) / length;
        nx *= inward;
        ny *= inward;
        const shade = shades[point]! * SHADE;
        writer.put(first + index, x + nx, y + ny, texels[point * 2]!, texels[point * 2 + 1]!, shade, 0);
      }
    }
  }
}
