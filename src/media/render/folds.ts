import type { ArkitShape } from '../motion-space.ts';

/** Where a fold passes: a face point, or a share of the way from one to another. */
export type FoldPoint = number | readonly [from: number, to: number, share: number];

/** A fold of the skin: what it runs along, what deepens it, and how it is shaded. */
export interface Fold {
  readonly points: readonly FoldPoint[];
  readonly shapes: readonly (readonly [shape: ArkitShape, share: number])[];
  /** Alpha of its shade when it is whole. */
  readonly strength: number;
  /** How far the shade reaches on either side of its line, seen along it in a picture: to the left, to the right. */
  readonly reachCm: readonly [left: number, right: number];
  /** Whether it is one of age and expression, which a child's or a drawn face does not get. */
  readonly creased: boolean;
}

type Side = 'Right' | 'Left';
/** Counterparts of the points below on the person's left side. */
const LEFT_POINTS: Readonly<Record<number, number>> = {
  31: 261,
  33: 263,
  35: 265,
  43: 273,
  55: 285,
  57: 287,
  66: 296,
  69: 299,
  103: 332,
  104: 333,
  105: 334,
  107: 336,
  109: 338,
  108: 337,
  113: 342,
  122: 351,
  124: 353,
  129: 358,
  143: 372,
  156: 383,
  174: 399,
  186: 410,
  188: 412,
  193: 417,
  196: 419,
  202: 422,
  203: 423,
  206: 426,
  212: 432,
  216: 436,
  226: 446,
  228: 448,
  229: 449,
  230: 450,
  231: 451,
  232: 452,
  236: 456,
  67: 297,
  83: 313,
};

const across = (point: number): number => LEFT_POINTS[point] ?? point;
const mirrored = (point: FoldPoint): FoldPoint =>
  typeof point === 'number' ? across(point) : [across(point[0]), across(point[1]), point[2]];

/** @returns the fold of the right side and its mirror; shapes are named without their side. */
function pair(
  points: readonly FoldPoint[],
  shapes: readonly (readonly [shape: string, share: number])[],
  strength: number,
  [left, right]: readonly [number, number],
  creased: boolean,
): Fold[] {
  return (['Right', 'Left'] as const satisfies readonly Side[]).map((side) => ({
    points: side === 'Right' ? points : points.map(mirrored),
    shapes: shapes.map(([shape, share]) => [
      (shape.endsWith('*') ? shape.slice(0, -1) + side : shape) as ArkitShape,
      share,
    ]),
    strength,
    // A mirror swaps the sides.
    reachCm: side === 'Right' ? [left, right] : [right, left],
    creased,
  }));
}

const RAISED = [
  ['browInnerUp', 0.55],
  ['browOuterUp*', 0.6],
] as const;

const NARROWED = [
  ['eyeSquint*', 0.9],
  ['cheekSquint*', 0.4],
] as const;

export const FOLDS: readonly Fold[] = [
  // The bag under a lower lid that rises, and crow's feet beside it.
  ...pair([31, 228, 229, 230, 231, 232], NARROWED, 0.09, [0.26, 0.26], false),
  ...pair([33, 226, 35, 143], NARROWED, 0.09, [0.13, 0.13], true),
  ...pair([33, 113, 124, 156], NARROWED, 0.09, [0.13, 0.13], true),
  // From the wing of the nose past the corner of the mouth: sharp towards the cheek, soft towards the lip.
  ...pair(
    [129, [203, 206, 0.1], 206, 216, [216, 212, 0.6], 212],
    [
      ['mouthSmile*', 0.9],
      ['noseSneer*', 0.8],
      ['mouthUpperUp*', 0.6],
      ['cheekSquint*', 0.35],
    ],
    0.14,
    [0.55, 0.28],
    false,
  ),
  // Beside the corner of the mouth, where it is drawn back.
  ...pair(
    [186, [186, 57, 0.6], 57, 43],
    [
      ['mouthDimple*', 0.9],
      ['mouthStretch*', 0.5],
      ['mouthSmile*', 0.25],
      ['mouthPress*', 0.3],
    ],
    0.12,
    [0.3, 0.18],
    false,
  ),
  // Frown lines between the brows, off the middle.
  ...pair(
    [
      [9, 107, 0.62],
      [8, 55, 0.5],
      [168, 193, 0.55],
      [6, 122, 0.6],
    ],
    [
      ['browDown*', 0.9],
      ['noseSneer*', 0.35],
    ],
    0.2,
    [0.12, 0.2],
    true,
  ),
  // Lines across the bridge and obliquely down its sides, where the nose is wrinkled.
  {
    points: [
      [193, 168, 0.3],
      [168, 6, 0.25],
      [417, 168, 0.3],
    ],
    shapes: [
      ['noseSneerLeft', 0.5],
      ['noseSneerRight', 0.5],
      ['browDownLeft', 0.15],
      ['browDownRight', 0.15],
    ],
    strength: 0.16,
    reachCm: [0.16, 0.1],
    creased: true,
  },
  ...pair([[6, 197, 0.2], [6, 122, 0.75], [188, 122, 0.25], 188], [['noseSneer*', 0.9]], 0.16, [0.1, 0.18], true),
  ...pair([[197, 195, 0.1], [196, 174, 0.2], [174, 188, 0.35], 174], [['noseSneer*', 0.9]], 0.13, [0.1, 0.18], true),
  // Three lines across the forehead; each side follows its own brow.
  ...pair(
    [
      [104, 105, 0.55],
      [69, 105, 0.45],
      [69, 66, 0.5],
      [108, 107, 0.5],
      [151, 9, 0.45],
      [337, 336, 0.5],
    ],
    RAISED,
    0.1,
    [0.32, 0.2],
    true,
  ),
  ...pair([[104, 103, 0.1], [69, 104, 0.12], 69, 108, 151, 337], RAISED, 0.12, [0.34, 0.2], true),
  ...pair(
    [
      [104, 103, 0.6],
      [69, 67, 0.45],
      [108, 109, 0.45],
      [151, 10, 0.42],
      [337, 338, 0.45],
    ],
    RAISED,
    0.08,
    [0.34, 0.2],
    true,
  ),
  // Under the lower lip, where the chin is pushed up against it.
  {
    points: [[83, 202, 0.55], 83, 18, 313, [313, 422, 0.55]],
    shapes: [
      ['mouthShrugLower', 0.9],
      ['mouthFrownLeft', 0.15],
      ['mouthFrownRight', 0.15],
      ['mouthPressLeft', 0.2],
      ['mouthPressRight', 0.2],
      ['mouthPucker', 0.25],
    ],
    strength: 0.16,
    reachCm: [0.14, 0.36],
    creased: false,
  },
];
