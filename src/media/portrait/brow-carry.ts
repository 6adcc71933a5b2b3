import { mix, smoothstep } from '../../base/ramp.ts';
import type { ArkitShape } from '../motion-space.ts';
import type { PortraitAnalysis } from './analysis.ts';
import type { EyeSkin } from './eye-skin.ts';
import { sampleAt } from './inpaint.ts';
import { LEFT_EYE, RIGHT_EYE, type EyePoints } from './topology.ts';

/** Columns of a brow from the outside in: its upper and lower edges, and the forehead above it in two rows. */
const COLUMNS = {
  right: { upper: [70, 63, 105, 66, 107], lower: [46, 53, 52, 65, 55], forehead: [68, 104, 69, 108, 54, 103, 67, 109] },
  left: {
    upper: [300, 293, 334, 296, 336],
    lower: [276, 283, 282, 295, 285],
    forehead: [298, 333, 299, 337, 284, 332, 297, 338],
  },
} as const;
/** The middle of the forehead belongs to both sides. */
const MIDDLE = [151, 10] as const;
/** Of the nine points of a row of lid points, the first that lies under the brow's outermost column. */
const FIRST_LID = 2;
const SIDES = [
  ['right', RIGHT_EYE],
  ['left', LEFT_EYE],
] as const;
const BROWS: readonly ArkitShape[] = [
  'browInnerUp',
  'browOuterUpLeft',
  'browOuterUpRight',
  'browDownLeft',
  'browDownRight',
];

/** From this bareness on there is skin and no hair of the brow. */
const BARE = 0.6;
/** Skin goes with the hair above it for this far, cm. */
const MARGIN_CM = 0.08;
/** However thick a brow, the crease of the lid makes at most this share of its way, and the row above it this. */
const MOST_CREASE = 0.6;
const MOST_TOP = 0.96;
/** Hair of the head, from this share on, holds the forehead below it, over this distance, cm. */
const HAIR = 0.35;
const HELD_CM = 1.1;
/** It is a fringe that may hang far over the forehead, whose skin moves under it by this share. */
const LEAST_HELD = 0.5;
/** Brows with less bare skin than the second above them move less, down to a share at the first, cm. */
const ROOM_CM = [0.4, 1.8] as const;
const LEAST_RISE = 0.7;

/**
 * Fits the shapes of the brows to a portrait's own hair. A brow that reaches lower than its landmarks keeps its thickness,
 * because the skin under it moves as one piece and unfolds at the lid instead; and the forehead moves less along the
 * hairline, which does not move at all.
 * @param shapes - `[468, 3]` cm of every shape, changed in place; @param hair - `[size, size]` share of hair, or null.
 */
export function carryBrows(
  shapes: Map<ArkitShape, Float32Array>,
  analysis: PortraitAnalysis,
  skins: Readonly<Record<'right' | 'left', EyeSkin>>,
  hair: Float32Array | null,
): void {
  const moved = new Map<ArkitShape, Float32Array>();
  for (const name of BROWS) {
    const field = shapes.get(name);
    if (field !== undefined) moved.set(name, field.slice());
  }
  for (const [side, eye] of SIDES) {
    const reaches = COLUMNS[side].lower.map((_, column) => hairReach(analysis, skins[side], side, eye, column));
    for (const field of moved.values()) {
      reaches.forEach((shares, column) => {
        carryColumn(field, COLUMNS[side].lower[column]!, lidPoints(eye, column), shares);
      });
      for (const point of COLUMNS[side].forehead) scale(field, point, heldShare(analysis, hair, point));
    }
  }
  for (const [name, field] of moved) {
    for (const point of MIDDLE) scale(field, point, heldShare(analysis, hair, point));
    shapes.set(name, field);
  }
}

/** From the brow down: the row above the crease, and the crease. */
function lidPoints(eye: EyePoints, column: number): readonly [top: number, crease: number, edge: number] {
  const at = FIRST_LID + column;
  return [eye.lidTop[at]!, eye.upperSecond[at]!, eye.upper[at]!];
}

/** @returns what shares of the brow's way the two rows under one of its columns make at least. */
function hairReach(
  { landmarks, pose }: PortraitAnalysis,
  skin: EyeSkin,
  side: 'right' | 'left',
  eye: EyePoints,
  column: number,
): readonly [top: number, crease: number] {
  const at = (point: number): readonly [number, number] => [landmarks[point * 3]!, landmarks[point * 3 + 1]!];
  const line = [COLUMNS[side].lower[column]!, ...lidPoints(eye, column)].map(at);
  const lengths = line.map(([x, y], index) => {
    const [px, py] = line[Math.max(0, index - 1)]!;
    return Math.hypot(x - px, y - py);
  });
  const [toTop, toCrease] = [lengths[1]!, lengths[1]! + lengths[2]!];
  const whole = toCrease + lengths[3]!;
  const place = (distance: number): readonly [number, number] => {
    let [left, segment] = [distance, 1];
    while (segment < 3 && left > lengths[segment]!) left -= lengths[segment++]!;
    const share = Math.min(1, left / Math.max(1e-3, lengths[segment]!));
    const [from, to] = [line[segment - 1]!, line[segment]!];
    return [mix(from[0], to[0], share), mix(from[1], to[1], share)];
  };
  let hairPx = 0;
  for (; hairPx < toCrease; hairPx++) if (skin.bareness(...place(hairPx)) > BARE) break;
  const carried = Math.min(hairPx + MARGIN_CM * pose.pxPerCm, 0.8 * whole);
  const share = (distance: number): number => Math.min(1, (whole - distance) / Math.max(1, whole - carried));
  return [Math.min(MOST_TOP, share(toTop)), Math.min(MOST_CREASE, share(toCrease))];
}

function carryColumn(
  field: Float32Array,
  brow: number,
  [top, crease]: readonly [number, number, number],
  shares: readonly [top: number, crease: number],
): void {
  const way = (point: number): number => Math.abs(field[point * 3 + 1]!);
  [top, crease].forEach((point, row) => {
    const share = shares[row]!;
    if (way(point) >= share * way(brow)) return;
    for (let axis = 0; axis < 3; axis++) field[point * 3 + axis] = share * field[brow * 3 + axis]!;
  });
}

/** @returns how far above a point hair begins, cm, or what is looked at when none does. */
function bareAbove(
  { landmarks, pose, sizePx }: PortraitAnalysis,
  hair: Float32Array | null,
  point: number,
  farthestCm: number,
): number {
  if (hair === null) return farthestCm;
  const [dx, dy] = [landmarks[30]! - landmarks[152 * 3]!, landmarks[31]! - landmarks[152 * 3 + 1]!];
  const length = Math.hypot(dx, dy) || 1;
  const most = farthestCm * pose.pxPerCm;
  for (let up = 0; up < most; up++) {
    const x = landmarks[point * 3]! + (up * dx) / length;
    const y = landmarks[point * 3 + 1]! + (up * dy) / length;
    if (sampleAt(hair, sizePx, sizePx, 1, 0, x, y) > HAIR) return up / pose.pxPerCm;
  }
  return farthestCm;
}

function heldShare(analysis: PortraitAnalysis, hair: Float32Array | null, point: number): number {
  return mix(LEAST_HELD, 1, smoothstep(0, HELD_CM, bareAbove(analysis, hair, point, HELD_CM)));
}

/** @returns how much of their way brows have room for under the hair above them, 0.7..1. */
export function browRoom(analysis: PortraitAnalysis, hair: Float32Array | null): number {
  const points = [...COLUMNS.right.upper, ...COLUMNS.left.upper];
  const bareCm = points.reduce((sum, point) => sum + bareAbove(analysis, hair, point, ROOM_CM[1]), 0) / points.length;
  return mix(LEAST_RISE, 1, smoothstep(...ROOM_CM, bareCm));
}

function scale(field: Float32Array, point: number, share: number): void {
  for (let axis = 0; axis < 3; axis++) field[point * 3 + axis]! *= share;
}
