import { mix, smoothstep } from '../../base/ramp.ts';
import type { TeethFacts } from '../appearance.ts';
import type { HeadSpace } from './head-space.ts';
import type { JawCarriage } from './jaw-carriage.ts';
import type { MouthOpening } from './mouth-opening.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

const ROWS = 2;
/**
 * What the lower teeth do as shares of the lower lip's drop: incisors 3.0 cm down and 2.6 back, molars 2.0 and 2.1, where
 * the lip falls 3.4 (ICT-FaceKit, jaw at 1). Incisors go a little further here, or a wide mouth would bare them.
 */
const FRONT_DROP = 0.93;
const FRONT_BACK = 0.76;
const BACK_DROP = 0.6;
const BACK_BACK = 0.61;
/**
 * A jaw, a frown and a smile that is let go draw the upper lip down over teeth that stay in the skull: they would vanish
 * for whole sentences. So the row goes down with the lip by this share, and never up.
 */
const UPPER_FOLLOW = 0.9;
/** Behind rounded lips the rows stand apart, cm, and less light reaches them. */
const ROUND_DROP_CM = 0.75;
const ROUND_RISE_CM = 0.2;
const ROUND_DARK = 0.12;
/** Teeth are not seen through a gap this narrow, and are through this one. */
const DARK_CM = 0.05;
const CLEAR_CM = 0.32;
/** Columns that show less than this share of what the first ones show turn away, and are so much darker at most. */
const FACING = 0.6;
const AWAY_LIGHT = 0.4;

/** One row of teeth: still in the skull, or carried by the jaw. */
export class TeethLayer {
  private readonly grid: VertexGrid;
  private readonly teeth: TeethFacts;
  private readonly tilt: number;
  private readonly jawed: boolean;
  private readonly space: HeadSpace;

  constructor(
    teeth: TeethFacts,
    tilt: number,
    jawed: boolean,
    space: HeadSpace,
    planner: ScenePlanner,
    partsTexture: number,
  ) {
    this.teeth = teeth;
    this.tilt = tilt;
    this.jawed = jawed;
    this.space = space;
    this.grid = planner.grid(partsTexture, teeth.edgeCm.length / 3 - 1, ROWS);
  }

  write(jaw: JawCarriage, opening: MouthOpening, writer: VertexWriter): void {
    const { grid, jawed, space, teeth, tilt } = this;
    const { edgeCm, rootCm, sprite } = teeth;
    const { columns } = grid;
    const light = mix(0.88, 1, smoothstep(0.1, 0.9, opening.openCm)) * (1 - ROUND_DARK * opening.round);
    // Through lips that hardly part nothing is told apart in the dark.
    const alpha = opening.visible * smoothstep(DARK_CM, CLEAR_CM, opening.openCm);
    const lowered = UPPER_FOLLOW * jaw.upperLipCm + ROUND_RISE_CM * opening.round;
    const front = edgeCm[(columns >> 1) * 3 + 2]!;
    const depth = Math.max(0.1, front - edgeCm[2]!);
    const middle = columns >> 1;
    for (let row = 0; row <= ROWS; row++) {
      const down = row / ROWS;
      const first = grid.first + row * (columns + 1);
      let middleX = 0;
      let middleY = 0;
      for (let side = -1; side <= 1; side += 2) {
        let lastX = middleX;
        let lastY = middleY;
        let whole = 1;
        for (let step = side < 0 ? 0 : 1; step <= middle; step++) {
          const column = middle + side * step;
          const at = column * 3;
          let x = mix(rootCm[at]!, edgeCm[at]!, down);
          let y = mix(rootCm[at + 1]!, edgeCm[at + 1]!, down);
          let z = mix(rootCm[at + 2]!, edgeCm[at + 2]!, down);
          if (jawed) {
            const behind = Math.min(1, (front - edgeCm[at + 2]!) / depth);
            x += jaw.sideCm;
            const forward = jaw.forwardCm - jaw.dropCm * mix(FRONT_BACK, BACK_BACK, behind);
            y += tilt * forward - jaw.dropCm * mix(FRONT_DROP, BACK_DROP, behind) - ROUND_DROP_CM * opening.round;
            z += forward;
          } else y += lowered;
          space.place(x, y, z);
          const outward = side * ((space.x - lastX) * opening.alongX + (space.y - lastY) * opening.alongY);
          // Turned away, an arch folds behind its own front; drawn back to front it would lie over it as a dark block.
          const folded = step > 1 && outward <= 0;
          if (!folded) {
            lastX = space.x;
            lastY = space.y;
          }
          // Where the arch turns away from the viewer no light comes from their side.
          if (step === 0) {
            middleX = lastX;
            middleY = lastY;
          } else if (step === 1) whole = outward;
          const shown = step < 2 ? 1 : smoothstep(0, FACING * whole, outward);
          const lit = light * mix(AWAY_LIGHT, 1, shown);
          const seen = folded ? 0 : alpha * Math.min(1, 3 * shown);
          writer.putPart(first + column, lastX, lastY, sprite, column / columns, down, lit, seen);
        }
      }
    }
  }
}
