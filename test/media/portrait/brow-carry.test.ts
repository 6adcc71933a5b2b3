import { describe, expect, it } from 'vitest';
import type { ArkitShape } from '../../../src/media/motion-space.ts';
import type { PortraitAnalysis } from '../../../src/media/portrait/analysis.ts';
import { browRoom, carryBrows } from '../../../src/media/portrait/brow-carry.ts';
import { LEFT_EYE, RIGHT_EYE } from '../../../src/media/portrait/topology.ts';

const SIZE_PX = 256;
const POINTS = 478;
/** The rows of a brow and of the lid below it, pixels from the top. */
const ROWS_Y = { forehead: 60, brow: 100, top: 114, crease: 118, edge: 127 } as const;
const RIGHT_LOWER = [46, 53, 52, 65, 55];
const LEFT_LOWER = [276, 283, 282, 295, 285];
const MIDDLE_COLUMN = { brow: 52, top: 223, crease: 27, forehead: 69 } as const;

function analysis(): PortraitAnalysis {
  const landmarks = new Float32Array(POINTS * 3);
  const place = (point: number, x: number, y: number): void => {
    landmarks[point * 3] = x;
    landmarks[point * 3 + 1] = y;
  };
  for (const [eye, lower, fromX] of [
    [RIGHT_EYE, RIGHT_LOWER, 40],
    [LEFT_EYE, LEFT_LOWER, 150],
  ] as const) {
    lower.forEach((point, column) => {
      const x = fromX + 10 * column;
      place(point, x, ROWS_Y.brow);
      place(eye.lidTop[column + 2]!, x, ROWS_Y.top);
      place(eye.upperSecond[column + 2]!, x, ROWS_Y.crease);
      place(eye.upper[column + 2]!, x, ROWS_Y.edge);
    });
  }
  for (const point of [70, 63, 105, 66, 107, 300, 293, 334, 296, 336]) place(point, 100, ROWS_Y.brow - 8);
  place(MIDDLE_COLUMN.forehead, 60, ROWS_Y.forehead);
  place(10, 128, 20);
  place(152, 128, 240);
  return { landmarks, sizePx: SIZE_PX, pose: { pxPerCm: 14 } } as unknown as PortraitAnalysis;
}

/** What a whole rise of 1 cm becomes, brow hair reaching down to `hairY`. */
function carried(hairY: number, hair: Float32Array | null = null): Float32Array {
  const field = new Float32Array(POINTS * 3);
  for (const point of [...RIGHT_LOWER, ...LEFT_LOWER, MIDDLE_COLUMN.forehead]) field[point * 3 + 1] = 1;
  const shapes = new Map<ArkitShape, Float32Array>([['browOuterUpRight', field]]);
  const skin = { colour: () => 128, bareness: (_: number, y: number) => (y > hairY ? 1 : 0) };
  carryBrows(shapes, analysis(), { right: skin, left: skin }, hair);
  return shapes.get('browOuterUpRight') ?? field;
}

const riseOf = (field: Float32Array, row: keyof typeof MIDDLE_COLUMN): number => field[MIDDLE_COLUMN[row] * 3 + 1]!;

describe('a brow that rises', () => {
  it('takes the skin under thick hair along, which unfolds at the lid', () => {
    const thick = carried(ROWS_Y.crease);
    expect(riseOf(thick, 'brow')).toBe(1);
    expect(riseOf(thick, 'top')).toBeGreaterThan(0.9);
    expect(riseOf(thick, 'crease')).toBeGreaterThan(0.5);
    expect(riseOf(thick, 'crease')).toBeLessThan(0.7);
  });

  it('lets bare skin stretch evenly', () => {
    const thin = carried(ROWS_Y.brow - 1);
    expect(riseOf(thin, 'top')).toBeLessThan(0.6);
    expect(riseOf(thin, 'crease')).toBeLessThan(0.4);
  });

  it('moves the forehead less along the hairline, and itself less where it has no room', () => {
    const hair = new Float32Array(SIZE_PX * SIZE_PX).fill(1, 0, SIZE_PX * ROWS_Y.forehead);
    expect(riseOf(carried(ROWS_Y.brow, hair), 'forehead')).toBeLessThan(0.6);
    expect(riseOf(carried(ROWS_Y.brow), 'forehead')).toBe(1);
    const fringe = new Float32Array(SIZE_PX * SIZE_PX).fill(1, 0, SIZE_PX * (ROWS_Y.brow - 10));
    expect(browRoom(analysis(), null)).toBe(1);
    expect(browRoom(analysis(), fringe)).toBeLessThan(0.75);
  });
});
