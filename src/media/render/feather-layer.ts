import { clamp } from '../../base/ramp.ts';
import type { Appearance } from '../appearance.ts';
import type { Deformer } from './deformer.ts';
import type { ScenePlanner } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** How far the skin fades out into a hole, cm. */
const LID_FEATHER_CM = 0.05;
const LIP_FEATHER_CM = 0.09;
/** Strips of edges that meet cover the hair's breadth between them. */
const SLACK_PX = 0.3;
/** A strip is seen from the side and a little darker than the skin it goes on from. */
const SHADE = 0.85;

interface Loop {
  readonly points: readonly number[];
  /** The point across the hole, or -1 at a corner. */
  readonly partner: readonly number[];
  /** Index of the last point of the upper edge. */
  readonly upperCount: number;
  readonly first: number;
  readonly reachCm: number;
  /** What the lower edge's strip adds to its half of the gap, px; below 0 where it must not lie over a closed seam. */
  readonly lowerSlackPx: number;
}

/** A thin strip along the inner edge of each hole in the face, so that lips and lids end softly. */
export class FeatherLayer {
  private readonly loops: readonly Loop[];
  private readonly scale: number;

  constructor({ facts }: Appearance, planner: ScenePlanner, faceTexture: number) {
    this.scale = facts.pose.scalePxPerCm;
    const { mouth, eyes } = facts;
    const loop = (upper: readonly number[], lower: readonly number[], reachCm: number, lowerSlackPx: number): Loop => {
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
      return { points, partner, upperCount: upper.length - 1, first, reachCm, lowerSlackPx };
    };
    this.loops = [
      loop(mouth.upperInner, mouth.lowerInner, LIP_FEATHER_CM, SLACK_PX),
      loop(eyes.right.upperLid, eyes.right.lowerLid, LID_FEATHER_CM, -2 * SLACK_PX),
      loop(eyes.left.upperLid, eyes.left.lowerLid, LID_FEATHER_CM, -2 * SLACK_PX),
    ];
  }

  /** @param texels - `[v, 2]` of the loaded texture; @param shades - `[v]`. */
  write({ places }: Deformer, texels: Float32Array, shades: Float32Array, writer: VertexWriter): void {
    for (let at = 0; at < this.loops.length; at++) {
      const { points, partner, upperCount, first, reachCm, lowerSlackPx } = this.loops[at]!;
      const reach = reachCm * this.scale;
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
        const slack = index <= upperCount ? SLACK_PX : lowerSlackPx;
        const inward = ((ny < 0 ? -down : down) * clamp(0.5 * gap + slack, 0, reach)) / length;
        nx *= inward;
        ny *= inward;
        const shade = shades[point]! * SHADE;
        writer.put(first + index, x + nx, y + ny, texels[point * 2]!, texels[point * 2 + 1]!, shade, 0);
      }
    }
  }
}
