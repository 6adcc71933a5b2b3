import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import { LID_SEAM, PAST_CORNERS, type Appearance, type EyeFacts } from '../appearance.ts';
import type { Deformer } from './deformer.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** Of the nine points of a lid, the last. */
const LAST = 8;
/** Columns are finer than the lid's points, or its edge would have corners; they go on past the corners of the eye. */
const COLUMNS = 18;
/** Rows of the unrolling skin: it fades in above the crease, and ends softly at the edge. */
const ROWS = 6;
/** How far the lid's edge fades out, cm to either side: about a pixel. */
const EDGE_CM = 0.035;
/** A shut lid reaches over the wet rim of the lower one by this much, cm. */
const RIM_CM = 0.05;
/** Beside the outer corner, where the lids are one, the skin covers lashes that go on past it this far up and down, cm. */
const CORNER_CM = { above: 0.24, below: 0.22 } as const;
/** The crease comes down with the lid by this share of its travel, and lets go of the skin above it. */
const CREASE_TRAVEL = 0.35;
/** Skin just below an open crease lies in its shade. */
const CREASE_SHADE = 0.1;
/** Half way down a lid is still in the shade of its socket; shut, it stands forward of it. */
const SOCKET_SHADE = 0.08;
/** Lashes of a shut eye are seen from above, against their own shade no more: this much of them shows. */
const SHUT_LASHES = 0.62;
/** Shares of the whole way down between which the skin that unrolls takes over from the portrait's own. */
const UNROLLED = [0.06, 0.3] as const;

/** The skin that an upper lid unrolls on its way down, and the lashes at its edge: what an open eye does not show. */
export class LidLayer {
  private readonly eye: EyeFacts;
  private readonly rest: Float32Array;
  private readonly skin: VertexGrid;
  private readonly lashes: VertexGrid;
  private readonly edgePx: number;
  private readonly rimPx: number;
  private readonly abovePx: number;
  private readonly belowPx: number;
  /** Each column hangs from four points of the lid, `[columns + 1, 4]`, in these shares. */
  private readonly edgePoints: Uint16Array;
  private readonly topPoints: Uint16Array;
  private readonly pointShares: Float32Array;
  /** For each column: skin that shows when the eye is open, and the crease's place when open and when shut, all as shares of the whole skin. */
  private readonly openShares: Float32Array;
  private readonly openCreases: Float32Array;
  private readonly shutCreases: Float32Array;
  private readonly fades: Float32Array;
  /** The same while the eye is half open, when the lids of both corners still lie in one line. */
  private readonly openFades: Float32Array;
  private readonly cornersAbove: Float32Array;
  private readonly cornersBelow: Float32Array;
  /** Of the frame that is being written: how far the lid has come down, 0..1, and whether anything is drawn. */
  private fall = 0;
  private drawn = true;

  constructor({ facts, arrays }: Appearance, side: 'Left' | 'Right', planner: ScenePlanner, partsTexture: number) {
    const eye = side === 'Left' ? facts.eyes.left : facts.eyes.right;
    const scale = facts.pose.scalePxPerCm;
    this.eye = eye;
    this.rest = arrays.vertexPositions;
    this.skin = planner.grid(partsTexture, COLUMNS, ROWS - 1);
    this.lashes = planner.grid(partsTexture, COLUMNS, 1);
    this.edgePx = EDGE_CM * scale;
    this.rimPx = RIM_CM * scale;
    this.abovePx = eye.lashCm[0] * scale;
    this.belowPx = eye.lashCm[1] * scale;
    const columns = Array.from({ length: COLUMNS + 1 }, (_, column) => placeOf(column));
    const edges = columns.map((t) => curveAt(eye.upperLid, eye.upperLid, t));
    const tops = columns.map((t) => curveAt(eye.lidTop, eye.upperLid, t));
    this.edgePoints = Uint16Array.from(edges.flatMap(({ points }) => points));
    this.topPoints = Uint16Array.from(tops.flatMap(({ points }) => points));
    this.pointShares = Float32Array.from(edges.flatMap(({ shares }) => shares));
    this.openShares = new Float32Array(COLUMNS + 1);
    this.openCreases = new Float32Array(COLUMNS + 1);
    this.shutCreases = new Float32Array(COLUMNS + 1);
    this.fades = Float32Array.from({ length: COLUMNS + 1 }, (_, column) => {
      const t = placeOf(column);
      return smoothstep(-PAST_CORNERS.outer, -0.9, t) * smoothstep(LAST + 0.5, LAST - 1, t);
    });
    this.openFades = Float32Array.from({ length: COLUMNS + 1 }, (_, column) => {
      const t = placeOf(column);
      return smoothstep(-0.3, 1.7, t) * smoothstep(LAST + 0.3, LAST - 1.7, t);
    });
    const corner = (reachCm: number): Float32Array =>
      Float32Array.from({ length: COLUMNS + 1 }, (_, column) => reachCm * scale * smoothstep(1.6, 0, placeOf(column)));
    this.cornersAbove = corner(CORNER_CM.above);
    this.cornersBelow = corner(CORNER_CM.below);
    columns.forEach((t, column) => {
      const along = (lid: readonly number[], axis: number): number => {
        const { points, shares } = curveAt(lid, eye.upperLid, t);
        return points.reduce((sum, point, at) => sum + shares[at]! * this.rest[point * 3 + axis]!, 0);
      };
      const length = (to: (axis: number) => number): number =>
        Math.hypot(to(0) - along(eye.lidTop, 0), to(1) - along(eye.lidTop, 1));
      const open = length((axis) => along(eye.upperLid, axis));
      const shut = length((axis) => mix(along(eye.upperLid, axis), along(eye.lowerLid, axis), LID_SEAM));
      const crease = Math.min(
        length((axis) => along(eye.upperSecond, axis)),
        0.9 * open,
      );
      const whole = Math.max(1, shut, open);
      this.openShares[column] = open / whole;
      this.openCreases[column] = crease / whole;
      this.shutCreases[column] = (crease + CREASE_TRAVEL * Math.max(0, shut - open)) / whole;
    });
  }

  /** Grids are written by methods of their own, which the engine compiles without boxing numbers: a frame leaves no garbage. */
  write(deformer: Deformer, writer: VertexWriter): void {
    this.fall = this.fallOf(deformer.shaped);
    const drawn = this.fall > UNROLLED[0];
    // What was laid together once stays so: triangles without area cost nothing.
    if (drawn || this.drawn) {
      this.writeSkin(deformer.places, drawn, writer);
      this.writeLashes(deformer.places, drawn, writer);
    }
    this.drawn = drawn;
  }

  /** @returns how far the middle of the lid's edge has gone of its way, 0..1. @param shaped - before the head's motion. */
  private fallOf(shaped: Float32Array): number {
    const { eye, rest } = this;
    let gone = 0;
    let way = 0;
    for (let point = 3; point <= 5; point++) {
      const edge = eye.upperLid[point]! * 3;
      const other = eye.lowerLid[point]! * 3;
      for (let axis = 0; axis < 2; axis++) {
        const travel = LID_SEAM * (rest[other + axis]! - rest[edge + axis]!);
        gone += travel * (shaped[edge + axis]! - rest[edge + axis]!);
        way += travel * travel;
      }
    }
    return way > 0 ? clamp(gone / way, 0, 1) : 0;
  }

  private writeSkin(places: Float32Array, drawn: boolean, writer: VertexWriter): void {
    const {
      edgePoints,
      edgePx,
      eye,
      fades,
      fall,
      openCreases,
      openFades,
      openShares,
      pointShares,
      rimPx,
      shutCreases,
    } = this;
    const { skin, topPoints } = this;
    const rim = rimPx * smoothstep(0.75, 1, fall);
    const corner = drawn ? smoothstep(0.5, 1, fall) : 0;
    const shown = drawn ? smoothstep(UNROLLED[0], UNROLLED[1], fall) : 0;
    const above = 0.35 * smoothstep(0.35, 1, fall);
    // Past the outer corner both edges of a half open lid lie in one line: skin there would be a barb.
    const past = smoothstep(0.55, 1, fall);
    const shade = 1 - CREASE_SHADE * (1 - fall);
    const socket = 1 - SOCKET_SHADE * smoothstep(1, 0.4, fall);
    for (let column = 0; column <= COLUMNS; column++) {
      let edgeX = 0;
      let edgeY = 0;
      let topX = 0;
      let topY = 0;
      for (let at = 4 * column; at < 4 * column + 4; at++) {
        const share = pointShares[at]!;
        edgeX += share * places[edgePoints[at]! * 2]!;
        edgeY += share * places[edgePoints[at]! * 2 + 1]!;
        topX += share * places[topPoints[at]! * 2]!;
        topY += share * places[topPoints[at]! * 2 + 1]!;
      }
      topY -= corner * this.cornersAbove[column]!;
      const u = clamp(placeOf(column) / LAST, 0, 1);
      const unrolled = mix(openShares[column]!, 1, fall);
      const crease = clamp(mix(openCreases[column]!, shutCreases[column]!, fall) / unrolled, 0.1, 0.85);
      const length = Math.max(1, Math.sqrt((edgeX - topX) * (edgeX - topX) + (edgeY - topY) * (edgeY - topY)));
      const soft = edgePx / length;
      const over = rim / length;
      const alpha = shown * mix(openFades[column]!, fades[column]!, past);
      for (let row = 0; row < ROWS; row++) {
        const share = !drawn
          ? 1
          : row === 0
            ? 0
            : row === 1
              ? 0.55 * crease
              : row === 2
                ? crease
                : row === 3
                  ? mix(crease, 1, 0.3)
                  : row === 4
                    ? 1 + over - soft
                    : 1 + over + soft;
        const opacity = row === 0 || row === 5 ? 0 : row === 1 ? above : row === 2 ? 0.75 : 1;
        writer.putPart(
          skin.first + row * (COLUMNS + 1) + column,
          mix(topX, edgeX, share),
          mix(topY, edgeY, share) + (row === 5 ? 1 : row === 4 ? 0.6 : 0) * corner * this.cornersBelow[column]!,
          eye.lidSkin,
          u,
          clamp(1 - (1 - share) * unrolled, 0, 1),
          row === 2 ? shade * socket : socket,
          alpha * opacity,
        );
      }
    }
  }

  private writeLashes(places: Float32Array, drawn: boolean, writer: VertexWriter): void {
    const { edgePoints, eye, fall, lashes, pointShares } = this;
    const shown = drawn ? smoothstep(UNROLLED[0], UNROLLED[1], fall) : 0;
    // They point forward while the eye is open, and down when it is shut.
    const above = drawn ? this.abovePx : 0;
    const below = drawn ? this.belowPx * mix(0.45, 1, fall) : 0;
    const past = smoothstep(0.55, 1, fall);
    const faded = mix(1, SHUT_LASHES, smoothstep(0.5, 1, fall));
    for (let column = 0; column <= COLUMNS; column++) {
      let x = 0;
      let y = 0;
      for (let at = 4 * column; at < 4 * column + 4; at++) {
        x += pointShares[at]! * places[edgePoints[at]! * 2]!;
        y += pointShares[at]! * places[edgePoints[at]! * 2 + 1]!;
      }
      const u = column / COLUMNS;
      const alpha = shown * faded * mix(this.openFades[column]!, 1, past);
      writer.putPart(lashes.first + column, x, y - above, eye.lash, u, 0, 1, alpha);
      writer.putPart(lashes.first + COLUMNS + 1 + column, x, y + below, eye.lash, u, 1, 1, alpha);
    }
  }
}

/** @returns where along the nine points a column lies. */
function placeOf(column: number): number {
  return mix(-PAST_CORNERS.outer, LAST + PAST_CORNERS.inner, column / COLUMNS);
}

/**
 * @returns which four vertices the point at `t` of a Catmull-Rom curve through nine lies among, and in what shares; past
 * its ends it goes on straight, in the direction from corner to corner of the lid's edge.
 */
function curveAt(
  curve: readonly number[],
  edge: readonly number[],
  t: number,
): { readonly points: readonly number[]; readonly shares: readonly number[] } {
  const past = t < 0 ? -t : Math.max(0, t - LAST);
  if (past > 0) {
    const [end, other] = t < 0 ? [0, LAST] : [LAST, 0];
    const share = past / LAST;
    return { points: [curve[end]!, edge[end]!, edge[other]!, curve[end]!], shares: [1, share, -share, 0] };
  }
  const low = clamp(Math.floor(t), 0, LAST - 1);
  const s = t - low;
  return {
    points: [-1, 0, 1, 2].map((step) => curve[clamp(low + step, 0, LAST)]!),
    shares: [
      0.5 * s * (-1 + s * (2 - s)),
      1 + 0.5 * s * s * (3 * s - 5),
      0.5 * s * (1 + s * (4 - 3 * s)),
      0.5 * s * s * (s - 1),
    ],
  };
}
