/** One row of teeth, midline first; widths along the arch and heights of the crowns in cm. */
export interface ToothRow {
  readonly widthsCm: readonly number[];
  readonly crownsCm: readonly number[];
  /** How far each tooth's edge stays short of the row's longest. */
  readonly shortCm: readonly number[];
  /** How far the corners of each edge stay short of its middle, cm: towards the midline and away from it. */
  readonly mesialCm: readonly number[];
  readonly distalCm: readonly number[];
  /** How each edge bends up to its corners: 1 a point, more a straight edge with round corners. */
  readonly bends: readonly number[];
}

/** Six teeth on each side, as far back as the first molar (Nelson, Wheeler's Dental Anatomy). */
export const UPPER_TEETH: ToothRow = {
  widthsCm: [0.85, 0.65, 0.76, 0.7, 0.68, 1],
  crownsCm: [1.05, 0.9, 1, 0.85, 0.85, 0.75],
  shortCm: [0, 0.09, 0.03, 0.12, 0.16, 0.22],
  mesialCm: [0.05, 0.09, 0.11, 0.09, 0.07, 0.06],
  distalCm: [0.12, 0.15, 0.14, 0.1, 0.08, 0.06],
  bends: [3.6, 2.8, 1.6, 1.8, 2, 2],
};
export const LOWER_TEETH: ToothRow = {
  widthsCm: [0.5, 0.55, 0.7, 0.7, 0.7, 1.1],
  crownsCm: [0.9, 0.95, 1.1, 0.85, 0.8, 0.75],
  shortCm: [0.04, 0.04, 0, 0.07, 0.12, 0.16],
  mesialCm: [0.03, 0.04, 0.12, 0.1, 0.08, 0.06],
  distalCm: [0.05, 0.07, 0.14, 0.11, 0.08, 0.06],
  bends: [3.4, 3, 1.7, 1.8, 2, 2],
};

/** Columns of vertices along an arch. */
const COLUMNS = 16;
/** How far round the arch its last tooth stands, radians: there the cheek begins. */
const LAST_ANGLE = 1.19;
/** An arch is an ellipse, this much deeper than it is wide to one side (fitted to ICT-FaceKit's teeth, see NOTICE). */
const DEPTH_SHARE = 1.94;
/** What a row's picture holds above the crowns (gum), and beyond the edges (room for soft ends). */
export const GUM_CM = 0.45;
export const BEYOND_CM = 0.12;
/** Roots lean back. */
const LEAN_CM = 0.12;

/** Where a row stands, in head axes. */
export interface ArchPlace {
  readonly halfWidthCm: number;
  /** The edges' height at the midline. */
  readonly edgeYCm: number;
  /** Front of the middle teeth. */
  readonly frontZCm: number;
  /** What is added to a height for each cm in front of `levelZCm`. */
  readonly tilt: number;
  readonly levelZCm: number;
  /** 1 for the upper row, whose roots are above its edges, -1 for the lower. */
  readonly up: 1 | -1;
}

/** `[17, 3]` cm each: the line of the edges and the line of the roots, from the person's right to their left. */
export interface ArchLines {
  readonly edgeCm: readonly number[];
  readonly rootCm: readonly number[];
}

export function archHeightCm({ crownsCm }: ToothRow): number {
  return Math.max(...crownsCm) + GUM_CM + BEYOND_CM;
}

/** @param liftCm - what is added to the edges' height at a share -1..1 of the arch. */
export function archLines(row: ToothRow, place: ArchPlace, liftCm: (along: number) => number = () => 0): ArchLines {
  const { edgeYCm, frontZCm, halfWidthCm, levelZCm, tilt, up } = place;
  const edgeCm: number[] = [];
  const rootCm: number[] = [];
  const height = archHeightCm(row);
  for (let column = 0; column <= COLUMNS; column++) {
    const along = (2 * column) / COLUMNS - 1;
    const angle = angleAt(along);
    const x = halfWidthCm * Math.sin(angle);
    const z = frontZCm - DEPTH_SHARE * halfWidthCm * (1 - Math.cos(angle));
    const y = edgeYCm + liftCm(along) + tilt * (z - levelZCm);
    edgeCm.push(x, y - up * BEYOND_CM, z);
    rootCm.push(x, y + up * (height - BEYOND_CM), z - LEAN_CM);
  }
  return { edgeCm, rootCm };
}

/** Half the length of the arch, cm, from the midline to behind its last tooth. */
export function archLengthCm(halfWidthCm: number): number {
  return halfWidthCm * ARC[STEPS]!;
}

/** Arc length over angle for a half width of 1. */
const STEPS = 64;
const ARC = arcTable();

function arcTable(): Float64Array {
  const table = new Float64Array(STEPS + 1);
  for (let step = 1; step <= STEPS; step++) {
    const angle = ((step - 0.5) / STEPS) * LAST_ANGLE;
    const speed = Math.hypot(Math.cos(angle), DEPTH_SHARE * Math.sin(angle));
    table[step] = table[step - 1]! + (speed * LAST_ANGLE) / STEPS;
  }
  return table;
}

/** The angle at a share -1..1 of the arch's length. */
function angleAt(along: number): number {
  const target = Math.abs(along) * ARC[STEPS]!;
  let step = 0;
  while (step < STEPS - 1 && ARC[step + 1]! < target) step++;
  const within = (target - ARC[step]!) / (ARC[step + 1]! - ARC[step]!);
  return (Math.sign(along) * (step + within) * LAST_ANGLE) / STEPS;
}
