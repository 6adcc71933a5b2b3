import { smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts } from '../appearance.ts';
import { LIP_COLUMNS, type MouthOpening } from './mouth-opening.ts';

/** From this gap on, cm, an opening is rounded, and at this one by as much as it ever is. */
const BEGIN_CM = 0.35;
const WHOLE_CM = 1.4;
/** Lips that funnel and pucker round it from less on, and sooner. */
const ROUNDED_CM = [0.12, 0.7] as const;
/** How far the gap at each column goes to an ellipse's. */
const MOST = 0.8;
/** The upper lip's share of what is missing; the lower lip, which the jaw carries, makes up the rest. */
const UPPER_SHARE = 0.3;
/** Rows of a lip from its inner edge to its outer one: how far each goes along. */
const ROWS = [1, 0.95, 0.88, 0.75] as const;

/**
 * Rounds a mouth that opens wide. Shapes are summed in straight lines, so a jaw that drops while the corners come in
 * leaves a triangle with its tip at the chin; skin that is pulled from two corners hangs in a bow.
 * @param places - `[v, 2]` of the mesh, changed in place; `opening` must be updated after it.
 */
export function roundMouth(facts: AppearanceFacts, opening: MouthOpening, places: Float32Array): void {
  const { mouth, pose } = facts;
  const { alongX, alongY, gapsCm, lower, openCm, upper } = opening;
  const rounded = opening.round * smoothstep(ROUNDED_CM[0], ROUNDED_CM[1], openCm);
  const share = MOST * Math.max(rounded, smoothstep(BEGIN_CM, WHOLE_CM, openCm));
  if (share === 0) return;
  bluntLip(facts, rounded, places);
  const last = LIP_COLUMNS * 2;
  const middleX = (upper[0]! + upper[last]!) / 2;
  const middleY = (upper[1]! + upper[last + 1]!) / 2;
  const half = (opening.widthCm / 2) * pose.scalePxPerCm;
  for (let column = 1; column < LIP_COLUMNS; column++) {
    const x = (upper[column * 2]! + lower[column * 2]!) / 2 - middleX;
    const y = (upper[column * 2 + 1]! + lower[column * 2 + 1]!) / 2 - middleY;
    const across = (x * alongX + y * alongY) / half;
    const missing = openCm * Math.sqrt(Math.max(0, 1 - across * across)) - gapsCm[column]!;
    if (missing <= 0) continue;
    const px = share * missing * pose.scalePxPerCm;
    for (let row = 0; row < ROWS.length; row++) {
      const up = -ROWS[row]! * px * UPPER_SHARE;
      const down = ROWS[row]! * px * (1 - UPPER_SHARE);
      shift(
        places,
        pointOf(row, column, mouth.upperInner, mouth.upperRed, mouth.upperOuter),
        -alongY * up,
        alongX * up,
      );
      const point = pointOf(row, column, mouth.lowerInner, mouth.lowerRed, mouth.lowerOuter);
      shift(places, point, -alongY * down, alongX * down);
    }
  }
}

/** Rows of the lower lip below its inner edge, and columns about its middle, where summed shapes leave a point. */
const POINTED_ROWS = [1, 2, 3] as const;
const POINTED: { readonly first: number; readonly last: number } = { first: 3, last: 7 };
const PASSES = 2;
const before = new Float32Array(2 * (LIP_COLUMNS + 1));

/** Takes the point out of a lower lip: each place goes towards the middle of its neighbours, several times. */
function bluntLip({ mouth }: AppearanceFacts, share: number, places: Float32Array): void {
  for (let pass = 0; pass < POINTED_ROWS.length * PASSES; pass++) {
    const row = POINTED_ROWS[pass % POINTED_ROWS.length]!;
    for (let column = POINTED.first - 1; column <= POINTED.last + 1; column++) {
      const at = pointOf(row, column, mouth.lowerInner, mouth.lowerRed, mouth.lowerOuter) * 2;
      before[column * 2] = places[at]!;
      before[column * 2 + 1] = places[at + 1]!;
    }
    for (let column = POINTED.first; column <= POINTED.last; column++) {
      const at = pointOf(row, column, mouth.lowerInner, mouth.lowerRed, mouth.lowerOuter) * 2;
      for (let axis = 0; axis < 2; axis++) {
        const middle = (before[column * 2 - 2 + axis]! + before[column * 2 + 2 + axis]!) / 2;
        places[at + axis] = places[at + axis]! + 0.5 * share * (middle - before[column * 2 + axis]!);
      }
    }
  }
}

function pointOf(
  row: number,
  column: number,
  inner: readonly number[],
  red: readonly number[],
  outer: readonly number[],
): number {
  if (row === 0) return inner[column]!;
  return row === 3 ? outer[column]! : red[(row - 1) * (LIP_COLUMNS + 1) + column]!;
}

function shift(places: Float32Array, point: number, dx: number, dy: number): void {
  places[point * 2] = places[point * 2]! + dx;
  places[point * 2 + 1] = places[point * 2 + 1]! + dy;
}
