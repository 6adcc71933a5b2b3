import type { AppearanceFacts } from '../appearance.ts';
import { LIP_COLUMNS, type MouthOpening } from './mouth-opening.ts';

/** The red of a lip keeps at least this much of itself between its lines of points, cm. */
const LEAST_CM = 0.02;

/**
 * Keeps the red of the lips outside the mouth: on a thin lip a wide movement would carry it past the lip's inner edge,
 * where it would hang into the opening as a flap of skin.
 * @param places - `[v, 2]` of the mesh, changed in place.
 */
export function unfoldLips({ mouth, pose }: AppearanceFacts, opening: MouthOpening, places: Float32Array): void {
  unfoldLip(mouth.upperRed, opening.upper, -1, LEAST_CM * pose.scalePxPerCm, opening, places);
  unfoldLip(mouth.lowerRed, opening.lower, 1, LEAST_CM * pose.scalePxPerCm, opening, places);
}

/** @param red - two lines of eleven points, the inner one first; @param away - of the mouth, along its height. */
function unfoldLip(
  red: readonly number[],
  inner: Float32Array,
  away: 1 | -1,
  leastPx: number,
  { alongX, alongY }: MouthOpening,
  places: Float32Array,
): void {
  for (let index = 0; index < red.length; index++) {
    const column = index % (LIP_COLUMNS + 1);
    if (column === 0 || column === LIP_COLUMNS) continue;
    const line = index > LIP_COLUMNS ? 2 : 1;
    const at = red[index]! * 2;
    const dx = places[at]! - inner[column * 2]!;
    const dy = places[at + 1]! - inner[column * 2 + 1]!;
    const missing = line * leastPx - away * (dy * alongX - dx * alongY);
    if (missing <= 0) continue;
    places[at] = places[at]! - away * missing * alongY;
    places[at + 1] = places[at + 1]! + away * missing * alongX;
  }
}
