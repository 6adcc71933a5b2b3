import { mix, smoothstep } from '../../base/ramp.ts';
import type { MouthFacts } from '../appearance.ts';
import type { HeadSpace } from './head-space.ts';
import type { JawCarriage } from './jaw-carriage.ts';
import type { MouthOpening } from './mouth-opening.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

const COLUMNS = 8;
const ROWS = 6;
/** The tip rests this far under the closed lips and behind them; the root is this far behind the tip. */
const TIP_DOWN_CM = 0.42;
const TIP_BEHIND_CM = 1.35;
const LENGTH_CM = 2.4;
const HALF_WIDTH_SHARE = 0.92;
/** It stands this much above its tip, and more as the jaw leaves it behind. */
const ARCH_CM = 0.4;
const ARCH_SHARE = 0.58;
/** The tip goes down with the jaw by this share of the lower lip's drop. */
const DROP_SHARE = 0.95;
/** What rounding the lips adds to the drop: the lower lip comes off the teeth by about as much. */
const ROUND_DROP_CM = 0.7;
/** Where the tip goes for l, n, t and d: behind the upper teeth's edges. */
const RAISED_DOWN_CM = 0.2;

/** The tongue inside the mouth: a body on the jaw's floor whose tip rises behind the teeth. */
export class TongueBody {
  private readonly grid: VertexGrid;
  private readonly mouth: MouthFacts;
  private readonly space: HeadSpace;

  constructor(mouth: MouthFacts, space: HeadSpace, planner: ScenePlanner, partsTexture: number) {
    this.mouth = mouth;
    this.space = space;
    this.grid = planner.grid(partsTexture, COLUMNS, ROWS);
  }

  /** @param raised - 0 lying .. 1 its tip at the palate; @param outCm - how far it is pushed forward. */
  write(
    jaw: JawCarriage,
    opening: MouthOpening,
    raised: number,
    outCm: number,
    alpha: number,
    writer: VertexWriter,
  ): void {
    const { grid, mouth, space } = this;
    const [, lipY, lipZ] = mouth.lipsCm;
    const drop = DROP_SHARE * jaw.dropCm + ROUND_DROP_CM * opening.round;
    const rest = lipY - TIP_DOWN_CM - drop;
    const tipY = mix(rest, lipY - RAISED_DOWN_CM, raised);
    const arch = ARCH_CM + ARCH_SHARE * drop;
    const halfWidth = HALF_WIDTH_SHARE * mouth.archHalfWidthCm;
    const light = mix(0.62, 1, smoothstep(0.15, 1.4, opening.openCm));
    for (let row = 0, vertex = grid.first; row <= ROWS; row++) {
      const v = row / ROWS;
      const rise = Math.sin((1 - v) * (Math.PI / 2));
      const y = mix(rest, tipY, smoothstep(0.2, 1, v)) + arch * rise * (1 - 0.6 * raised * v);
      const z = lipZ - TIP_BEHIND_CM - LENGTH_CM * (1 - v) - 0.7 * jaw.dropCm + jaw.forwardCm + outCm * v;
      const level = y + mouth.tilt * (z - lipZ);
      for (let column = 0; column <= COLUMNS; column++, vertex++) {
        const across = (2 * column) / COLUMNS - 1;
        space.place(across * halfWidth + jaw.sideCm, level - (0.2 + 0.12 * drop) * across * across, z);
        writer.putPart(vertex, space.x, space.y, mouth.tongue, column / COLUMNS, v, light, alpha);
      }
    }
  }
}
