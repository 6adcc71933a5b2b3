import { expect, test } from 'vitest';
import { RigSolver } from '../../../src/media/portrait/rig-solver.ts';
import { splitLids } from '../../../src/media/portrait/mesh-lids.ts';
import { unfold } from '../../../src/media/portrait/mesh-unfold.ts';
import { LEFT_EYE, RIGHT_EYE } from '../../../src/media/portrait/topology.ts';

/** A flat sheet of `side * side` points, one cm apart, with a slit between two rows up to `slit`. */
function sheet(side: number, slitRow = -1, slit = 0): { positions: Float32Array; triangles: Uint16Array } {
  const positions = new Float32Array(side * side * 3);
  const triangles: number[] = [];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      positions.set([column, -row, 0], (row * side + column) * 3);
      if (row + 1 === side || column + 1 === side || (row === slitRow && column < slit)) continue;
      const a = row * side + column;
      triangles.push(a, a + side, a + 1, a + 1, a + side, a + side + 1);
    }
  }
  return { positions, triangles: Uint16Array.from(triangles) };
}

test('the field passes through its handles and is smooth between', () => {
  const { positions, triangles } = sheet(9);
  const field = new RigSolver(positions, triangles).solve(
    new Map([
      [0, [0, 0, 0]],
      [40, [0, 1, 0]],
      [80, [0, 0, 0]],
    ]),
  );
  expect(field[40 * 3 + 1]).toBeCloseTo(1, 1);
  const between = field[20 * 3 + 1]!;
  expect(between).toBeGreaterThan(0.2);
  expect(between).toBeLessThan(0.95);
  expect(Math.abs(field[40 * 3]!)).toBeLessThan(1e-6);
});

test('what a slit parts moves on its own', () => {
  const whole = sheet(9);
  const slit = sheet(9, 4, 8);
  const handles = new Map<number, readonly [number, number, number]>([
    [4 * 9 + 2, [0, 1, 0]],
    [2, [0, 0, 0]],
    [8 * 9 + 2, [0, 0, 0]],
    [8 * 9 + 6, [0, 0, 0]],
  ]);
  const below = (5 * 9 + 2) * 3 + 1;
  const joined = new RigSolver(whole.positions, whole.triangles).solve(handles)[below]!;
  const parted = new RigSolver(slit.positions, slit.triangles).solve(handles)[below]!;
  expect(joined).toBeGreaterThan(0.5);
  expect(parted).toBeLessThan(joined / 2);
});

test('unfolding leaves no slope that a turn of the head would fold', () => {
  const { positions, triangles } = sheet(6);
  for (let point = 0; point < 36; point++) positions[point * 3 + 2] = point % 6 === 0 ? -20 : 0;
  unfold(positions, triangles);
  const edge = Math.abs(positions[6 * 3 + 2]! - positions[7 * 3 + 2]!);
  expect(edge).toBeLessThan(2.1);
});

test('cutting the lids keeps the surface: every new triangle lies in an old one and none is lost', () => {
  const lid = RIGHT_EYE.upper[4]!;
  const next = RIGHT_EYE.upper[5]!;
  const skin = RIGHT_EYE.upperSecond[4]!;
  const other = RIGHT_EYE.upperSecond[5]!;
  const { triangles, added } = splitLids(Uint16Array.of(lid, skin, next, next, skin, other), 468);
  expect(added.map(({ lid: from }) => from).sort()).toEqual([lid, next, next].sort());
  expect(triangles.length / 3).toBe(6);
  const place: Record<number, readonly [number, number]> = {
    [lid]: [0, 0],
    [next]: [1, 0],
    [skin]: [0, 1],
    [other]: [1, 1],
  };
  added.forEach(({ lid: from, other: to, share }, index) => {
    const [[ax = 0, ay = 0] = [], [bx = 0, by = 0] = []] = [place[from], place[to]];
    place[468 + index] = [ax + (bx - ax) * share, ay + (by - ay) * share];
  });
  let area = 0;
  for (let at = 0; at < triangles.length; at += 3) {
    const [[ax = 0, ay = 0] = [], [bx = 0, by = 0] = [], [cx = 0, cy = 0] = []] = [0, 1, 2].map(
      (corner) => place[triangles[at + corner]!],
    );
    area += Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
  }
  expect(area).toBeCloseTo(1, 6);
  expect(LEFT_EYE.upper).toHaveLength(9);
});
