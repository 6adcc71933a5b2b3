import { smoothstep } from '../../base/ramp.ts';
import { ringAround } from './mesh.ts';
import { polygonMask } from './polygon.ts';

/** Each brow clockwise in the picture: its upper edge from left to right, then its lower edge back. */
const BROWS = [
  [70, 63, 105, 66, 107, 55, 65, 52, 53, 46],
  [336, 296, 334, 293, 300, 276, 283, 282, 295, 285],
] as const;
/** A brow reaches this far around its landmarks, cm. */
const AROUND_CM = 0.4;
/** Hair that falls over a brow comes from above: it is looked for in this band over the brow, and this far to each side, cm. */
const ABOVE_CM = [-0.1, 0.9] as const;
const ASIDE_CM = 0.9;
const SAMPLES = 6;
/** From this much hair in the band on there is a fringe over the brow, and at this much it covers it. */
const FRINGE = [0.22, 0.45] as const;
const MOSTLY = 0.65;

/**
 * Takes the brows out of what looks like hair. They have its colour, but they move with the skin: left in the layer of hair
 * they would stand still, whole or in part, while a brow rises.
 * @param likely - `[size, size]` 0..1, changed in place; @param landmarks - `[478, 3]` of the picture of `scale` times the size;
 * @param cm - pixels of `likely`.
 */
export function spareBrows(
  likely: Float32Array,
  size: number,
  landmarks: Float32Array,
  scale: number,
  cm: number,
): void {
  const before = likely.slice();
  for (const brow of BROWS) {
    const outline = brow.map((point) => [landmarks[point * 3]! / scale, landmarks[point * 3 + 1]! / scale] as const);
    const zone = polygonMask(ringAround(outline, AROUND_CM * cm), size);
    const xs = outline.map(([x]) => x);
    const [left, right] = [Math.min(...xs) - 2 * AROUND_CM * cm, Math.max(...xs) + 2 * AROUND_CM * cm];
    const [from, to] = [Math.max(0, Math.floor(left)), Math.min(size, Math.ceil(right))];
    let covered = 0;
    let columns = 0;
    for (let x = from; x < to; x++) {
      const top = topOf(zone, size, x);
      if (top < 0) continue;
      columns++;
      covered += smoothstep(FRINGE[0], FRINGE[1], hairAbove(before, size, x, top, cm));
    }
    // Half a brow that moves beside a half that stands still is worse than a few hairs that move.
    if (covered > MOSTLY * columns) continue;
    for (let y = 0, at = 0; y < size; y++) for (let x = 0; x < size; x++, at++) if (zone[at] === 1) likely[at] = 0;
  }
}

/** @returns the first row of a column that lies in the zone, or -1. */
function topOf(zone: Uint8Array, size: number, x: number): number {
  for (let y = 0; y < size; y++) if (zone[y * size + x] === 1) return y;
  return -1;
}

/** @returns how much hair there is where there is least, row by row over the brow: a fringe leaves no row of bare skin. */
function hairAbove(likely: Float32Array, size: number, x: number, top: number, cm: number): number {
  let least = 1;
  for (let row = 0; row < SAMPLES; row++) {
    const up = ABOVE_CM[0] + ((ABOVE_CM[1] - ABOVE_CM[0]) * row) / (SAMPLES - 1);
    const y = Math.max(0, Math.round(top - up * cm));
    const [from, to] = [Math.max(0, Math.round(x - ASIDE_CM * cm)), Math.min(size - 1, Math.round(x + ASIDE_CM * cm))];
    let sum = 0;
    for (let column = from; column <= to; column++) sum += likely[y * size + column]!;
    least = Math.min(least, sum / (to - from + 1));
  }
  return least;
}
