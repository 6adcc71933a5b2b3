import { mix, smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts } from '../appearance.ts';
import { LIP_COLUMNS, type MouthOpening } from './mouth-opening.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** One column for each inner point of the lips, and one for each outer corner. */
const COLUMNS = LIP_COLUMNS + 2;
/** Lips this far apart, cm, no longer meet in a line; corners keep theirs a little longer. */
const MEET_CM = 0.03;
const PART_CM = 0.2;
const CORNER_MEET_CM = 0.05;
const CORNER_PART_CM = 0.4;

/** The line along which closed lips meet; it fades as they part, from the middle to the corners. */
export class LipSeamLayer {
  private readonly facts: AppearanceFacts;
  private readonly grid: VertexGrid;

  constructor(facts: AppearanceFacts, planner: ScenePlanner, partsTexture: number) {
    this.facts = facts;
    this.grid = planner.grid(partsTexture, COLUMNS, 1);
  }

  /** @param places - `[v, 2]` of the mesh; @param shades - `[v]`. */
  write(places: Float32Array, opening: MouthOpening, shades: Float32Array, writer: VertexWriter): void {
    const { mouth, pose } = this.facts;
    const { alongX, alongY, gapsCm, lower, upper } = opening;
    const half = mouth.seamHalfCm * pose.scalePxPerCm;
    const next = this.grid.first + COLUMNS + 1;
    for (let column = 0; column <= COLUMNS; column++) {
      const inner = Math.min(LIP_COLUMNS, Math.max(0, column - 1));
      const outside = column === 0 || column === COLUMNS;
      const point = outside ? mouth.upperOuter[inner]! : mouth.upperInner[inner]!;
      let x = (upper[inner * 2]! + lower[inner * 2]!) / 2;
      let y = (upper[inner * 2 + 1]! + lower[inner * 2 + 1]!) / 2;
      if (outside) {
        x = mix(x, places[point * 2]!, 1 + mouth.seamPast);
        y = mix(y, places[point * 2 + 1]!, 1 + mouth.seamPast);
      }
      const corner = inner === 0 || inner === LIP_COLUMNS;
      const beside = gapsCm[inner === 0 ? 2 : LIP_COLUMNS - 2]!;
      const alpha = corner
        ? smoothstep(CORNER_PART_CM, CORNER_MEET_CM, beside)
        : smoothstep(PART_CM, MEET_CM, gapsCm[inner]!);
      const u = column / COLUMNS;
      const shade = shades[point]!;
      writer.putPart(this.grid.first + column, x + alongY * half, y - alongX * half, mouth.seam, u, 0, shade, alpha);
      writer.putPart(next + column, x - alongY * half, y + alongX * half, mouth.seam, u, 1, shade, alpha);
    }
  }
}
