import { LIP_INNER_LOWER, LIP_INNER_UPPER, LIP_OUTER_LOWER, LIP_OUTER_UPPER } from './landmark-groups.ts';
import { LEFT_EYE, RIGHT_EYE } from './topology.ts';

/**
 * Where the rig takes hold of the face: points of the right side and of the middle, by the anatomy under them. The left
 * side has the same. Muscles act at some (commissure, glabella, cheek apex); others are where the skin bends or holds.
 */
export const SIDE_HANDLES = {
  forehead: [10, 151, 109, 67, 103, 69, 104, 162],
  brow: [107, 66, 105, 63, 70, 55, 65, 52, 53, 46],
  glabella: [9, 8, 193],
  lidCrease: [221, 222, 224],
  noseBridge: [168, 6, 122, 197],
  noseTip: [4, 2, 240],
  noseWing: [98, 102, 129],
  underEye: [23, 111, 119],
  cheekApex: [50, 117, 205],
  cheekSide: [123, 234, 187, 207],
  nasolabialFold: [203, 206, 186, 212],
  philtrum: [164, 167],
  lipMiddle: [42, 179],
  chinBoss: [18, 83, 201, 200, 175],
  chin: [152, 171, 202],
  jawAngle: [149, 136, 138, 192, 58],
} as const;

/** The red of the lips moves along both of its edges, and lids at theirs. */
export const EDGE_HANDLES: readonly number[] = [
  ...LIP_OUTER_UPPER,
  ...LIP_OUTER_LOWER,
  ...LIP_INNER_UPPER,
  ...LIP_INNER_LOWER,
  ...RIGHT_EYE.upper,
  ...RIGHT_EYE.lower,
  ...LEFT_EYE.upper,
  ...LEFT_EYE.lower,
];

/** @param mirror - each point's counterpart. @returns every handle once, in ascending order. */
export function rigHandles(mirror: Uint16Array): number[] {
  const sides: number[] = Object.values(SIDE_HANDLES).flat();
  const all = new Set([...EDGE_HANDLES, ...sides, ...sides.map((point) => mirror[point]!)]);
  return [...all].sort((a, b) => a - b);
}
