import { smoothstep } from '../../base/ramp.ts';
import type { PartRect } from '../appearance.ts';
import { LIP_COLUMNS, type MouthOpening } from './mouth-opening.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** From the upper lip to the lower: closer where the shadow changes most. */
const ROWS = [0, 0.1, 0.24, 0.45, 0.75, 1] as const;
/** How dark it is right behind the upper lip and the lower, and how far that reaches, cm. */
const UPPER_DARK = 0.54;
const UPPER_CM = 0.18;
const LOWER_DARK = 0.42;
const LOWER_CM = 0.1;
/** Little light comes through lips that hardly part. */
const NARROW_DARK = 0.3;
const NARROW_CM = 0.75;
/** Towards the corners the cheek shuts the light out. */
const CORNER_DARK = 0.75;
const CORNER_CM = 0.5;
/** Rounded lips come forward by about a centimetre: what is behind them lies deeper. */
const ROUND_DARK = 0.38;

/** The shade of lips and cheeks on all that is behind them: ambient light falls with depth and with a narrow gap. */
export class MouthVeil {
  private readonly grid: VertexGrid;
  private readonly shade: PartRect;

  constructor(shade: PartRect, planner: ScenePlanner, partsTexture: number) {
    this.shade = shade;
    this.grid = planner.grid(partsTexture, LIP_COLUMNS, ROWS.length - 1);
  }

  write({ gapsCm, lower, openCm, round, upper, visible, widthCm }: MouthOpening, writer: VertexWriter): void {
    const narrow = (1 - NARROW_DARK * smoothstep(NARROW_CM, 0.05, openCm)) * (1 - ROUND_DARK * round);
    for (let row = 0, vertex = this.grid.first; row < ROWS.length; row++) {
      const t = ROWS[row]!;
      for (let column = 0; column <= LIP_COLUMNS; column++, vertex++) {
        const gap = Math.max(0, gapsCm[column]!);
        const inside = (Math.min(column, LIP_COLUMNS - column) / LIP_COLUMNS) * widthCm;
        const under = 1 - UPPER_DARK * Math.exp((-t * gap) / UPPER_CM);
        const over = 1 - LOWER_DARK * Math.exp((-(1 - t) * gap) / LOWER_CM);
        const corner = 1 - CORNER_DARK * Math.exp(-inside / CORNER_CM);
        const at = column * 2;
        const x = upper[at]! + (lower[at]! - upper[at]!) * t;
        const y = upper[at + 1]! + (lower[at + 1]! - upper[at + 1]!) * t;
        const alpha = visible * (1 - under * over * corner * narrow);
        writer.putPart(vertex, x, y, this.shade, 0.5, 0.5, 1, alpha);
      }
    }
  }
}
