import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts, EyeFacts } from '../appearance.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import type { Deformer } from './deformer.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** Nine points of a lid, and one beyond each corner, where the skin fades out. */
const LAST = 8;
const COLUMNS = LAST + 2;
/** How far past the corners it does, in columns: what glints in a corner is covered too. */
const PAST_CORNER = 1.1;
/** The line of lashes is drawn between the lid's points too, or its corners would show. */
const LASH_COLUMNS = 16;
/** It goes on past the corners by these shares of a column. */
const PAST_OUTER = 0.9;
const PAST_INNER = 0.6;
/** From skin that fades in above the crease down to the edge, and a little past it where the other lid is met. */
const SKIN_ROWS = [
  { share: -0.22, past: 0, v: 0, alpha: 0 },
  { share: 0.08, past: 0, v: 0.1, alpha: 0.55 },
  { share: 0.4, past: 0, v: 0.4, alpha: 1 },
  { share: 1, past: 0, v: 1, alpha: 1 },
  { share: 1, past: 1, v: 1, alpha: 0 },
] as const;
const PAST_EDGE_CM = 0.2;
/** The skin of a lid on its way down, and the line of lashes at its edge: what an open eye's portrait does not show. */
export class LidLayer {
  private readonly eye: EyeFacts;
  private readonly shape: number;
  private readonly skin: VertexGrid;
  private readonly lashes: VertexGrid;
  private readonly pastPx: number;
  private readonly abovePx: number;
  private readonly belowPx: number;
  /** Each lash column hangs from four points of the lid, `[columns + 1, 4]`, in these shares. */
  private readonly lashPoints: Uint16Array;
  private readonly lashShares: Float32Array;
  /** Of the frame that is being written. */
  private blink = 0;

  constructor(facts: AppearanceFacts, side: 'Left' | 'Right', planner: ScenePlanner, partsTexture: number) {
    this.eye = side === 'Left' ? facts.eyes.left : facts.eyes.right;
    this.shape = MOTION_INDEX[`eyeBlink${side}`];
    this.skin = planner.grid(partsTexture, COLUMNS, SKIN_ROWS.length - 1);
    this.lashes = planner.grid(partsTexture, LASH_COLUMNS, 1);
    this.pastPx = PAST_EDGE_CM * facts.pose.scalePxPerCm;
    this.abovePx = this.eye.lashCm[0] * facts.pose.scalePxPerCm;
    this.belowPx = this.eye.lashCm[1] * facts.pose.scalePxPerCm;
    const columns = Array.from({ length: LASH_COLUMNS + 1 }, (_, column) =>
      along(this.eye.upperLid, mix(-PAST_OUTER, LAST + PAST_INNER, column / LASH_COLUMNS)),
    );
    this.lashPoints = Uint16Array.from(columns.flatMap(({ points }) => points));
    this.lashShares = Float32Array.from(columns.flatMap(({ shares }) => shares));
  }

  /** Grids are written by methods of their own, which the engine compiles without boxing numbers: a frame leaves no garbage. */
  write(weights: Float32Array, { places }: Deformer, writer: VertexWriter): void {
    this.blink = clamp(weights[this.shape]!, 0, 1);
    this.writeSkin(places, writer);
    this.writeLashes(places, writer);
  }

  private writeSkin(places: Float32Array, writer: VertexWriter): void {
    const { eye, skin, blink } = this;
    const { upperLid, upperSecond } = eye;
    const shown = smoothstep(0.12, 0.5, blink);
    const pastPx = this.pastPx * smoothstep(0.8, 1, blink);
    for (let row = 0; row < SKIN_ROWS.length; row++) {
      const { share, past, v, alpha } = SKIN_ROWS[row]!;
      for (let column = 0; column <= COLUMNS; column++) {
        const at = clamp(column - 1, 0, LAST);
        const crease = upperSecond[at]! * 2;
        const edge = upperLid[at]! * 2;
        let x = mix(places[crease]!, places[edge]!, share);
        let y = mix(places[crease + 1]!, places[edge + 1]!, share) + past * pastPx;
        const beyond = column === 0 ? upperLid[1]! : column === COLUMNS ? upperLid[LAST - 1]! : -1;
        if (beyond >= 0) {
          x += PAST_CORNER * (places[edge]! - places[beyond * 2]!);
          y += PAST_CORNER * (places[edge + 1]! - places[beyond * 2 + 1]!);
        }
        const corner = beyond >= 0 ? 0 : at === 0 || at === LAST ? v : 1;
        writer.putPart(
          skin.first + row * (COLUMNS + 1) + column,
          x,
          y,
          eye.lidSkin,
          at / LAST,
          v,
          1,
          shown * alpha * corner,
        );
      }
    }
  }

  private writeLashes(places: Float32Array, writer: VertexWriter): void {
    const { eye, lashes, blink, lashPoints, lashShares } = this;
    const line = smoothstep(0.12, 0.6, blink);
    for (let column = 0; column <= LASH_COLUMNS; column++) {
      const u = column / LASH_COLUMNS;
      let x = 0;
      let y = 0;
      for (let at = 4 * column; at < 4 * column + 4; at++) {
        x += lashShares[at]! * places[lashPoints[at]! * 2]!;
        y += lashShares[at]! * places[lashPoints[at]! * 2 + 1]!;
      }
      writer.putPart(lashes.first + column, x, y - this.abovePx, eye.lash, u, 0, 1, line);
      // They point forward while the eye is open, and down when it is shut.
      const below = this.belowPx * mix(0.4, 1, blink);
      writer.putPart(lashes.first + LASH_COLUMNS + 1 + column, x, y + below, eye.lash, u, 1, 1, line);
    }
  }
}

/** @returns the point at `t` of a Catmull-Rom curve through the points of a lid: which four it lies among, in what shares. */
function along(lid: readonly number[], t: number): { readonly points: number[]; readonly shares: number[] } {
  const low = clamp(Math.floor(t), 0, LAST - 1);
  const s = t - low;
  return {
    points: [-1, 0, 1, 2].map((step) => lid[clamp(low + step, 0, LAST)]!),
    shares: [
      0.5 * s * (-1 + s * (2 - s)),
      1 + 0.5 * s * s * (3 * s - 5),
      0.5 * s * (1 + s * (4 - 3 * s)),
      0.5 * s * s * (s - 1),
    ],
  };
}
