import type { Appearance } from '../appearance.ts';
import type { MouthOpening } from './mouth-opening.ts';

/** Rows of skin under the lower lip, from the person's right to their left, as they follow its border. */
const UNDER = [106, 182, 83, 18, 313, 406, 335] as const;
const ROWS = [UNDER, [204, 194, 201, 200, 421, 418, 424]] as const;
/** Of the lip's border the third to the ninth point lie above them. */
const FIRST_COLUMN = 2;
/** The skin under the lip keeps this share of its height, and the rows go down by these shares of what is missing. */
const KEPT = 0.8;
const FOLLOWING = [1, 0.6] as const;

/**
 * Keeps the skin between lower lip and chin from folding under the lip: shapes that are added up may lower a lip by more
 * than its chin, and skin that is squeezed to nothing shows as a dark, jagged line.
 */
export class ChinRows {
  private readonly lip: readonly number[];
  private readonly leastPx: readonly number[];

  constructor({ arrays, facts }: Appearance) {
    this.lip = facts.mouth.lowerOuter.slice(FIRST_COLUMN, FIRST_COLUMN + UNDER.length);
    const height = (point: number): number => arrays.vertexPositions[point * 3 + 1]!;
    this.leastPx = this.lip.map((lip, index) => KEPT * Math.max(0, height(lip) - height(UNDER[index]!)));
  }

  /** @param places - `[v, 2]` of the mesh, changed in place. */
  unfold({ alongX, alongY }: Pick<MouthOpening, 'alongX' | 'alongY'>, places: Float32Array): void {
    for (let index = 0; index < this.lip.length; index++) {
      const lip = this.lip[index]! * 2;
      const under = UNDER[index]! * 2;
      const dx = places[under]! - places[lip]!;
      const dy = places[under + 1]! - places[lip + 1]!;
      const missing = this.leastPx[index]! - (dy * alongX - dx * alongY);
      if (missing <= 0) continue;
      for (let row = 0; row < ROWS.length; row++) {
        const at = ROWS[row]![index]! * 2;
        places[at] = places[at]! - alongY * FOLLOWING[row]! * missing;
        places[at + 1] = places[at + 1]! + alongX * FOLLOWING[row]! * missing;
      }
    }
  }
}
