import { mix } from '../../base/ramp.ts';
import { LID_SEAM } from '../appearance.ts';
import type { ArkitShape } from '../motion-space.ts';
import { LEFT_BROW, RIGHT_BROW } from './landmark-groups.ts';
import type { HandleSet } from './shapes-handles.ts';
import { LEFT_EYE, RIGHT_EYE, type EyePoints } from './topology.ts';

/** A lid of the measured face is this far open, cm: sizes scale with the portrait's own. */
const MEASURED_GAP_CM = 0.98;
/** Eyes that are drawn all but shut, or as large as a fist, still have lids that move as lids do. */
const GAP_SCALE = { least: 0.55, most: 1.6 } as const;
/** Hooded and narrowed eyes open wide by this share of the measured way at least, however small their own gap. */
const LEAST_WIDE = 1;
/** Closed lids bulge over the globe, cm. */
const BULGE_CM = 0.04;

/** Displacements at the outer corner, the middle and the inner corner of a row of lid points, cm; dx towards the nose. */
type Profile = readonly [outer: number, middle: number, inner: number];
interface RowMove {
  readonly dx: Profile;
  readonly dy: Profile;
  readonly dz: Profile;
}
type LidRow = 'upperThird' | 'upperSecond' | 'upper' | 'lower' | 'lowerSecond' | 'lowerThird';
type LidMoves = Readonly<Partial<Record<LidRow, RowMove>>>;

const move = (dx: Profile, dy: Profile, dz: Profile): RowMove => ({ dx, dy, dz });

/*
 * Fitted to the displacements of ICT-FaceKit's shapes (Li et al. 2020; see NOTICE), whose lids travel as scanned
 * people's do. Each row of the lids has three amounts; between them it follows a quarter of a sine.
 */

/** What follows in a blink while the edges meet: the crease comes down, and the lower lid is drawn towards the nose. */
const BLINK: LidMoves = {
  upperThird: move([0.01, 0, 0], [-0.12, -0.01, 0], [-0.02, 0.02, 0]),
  upperSecond: move([0.03, 0.04, 0.03], [-0.17, -0.57, -0.02], [0, 0.08, 0]),
  lowerSecond: move([0, 0.24, 0.02], [-0.1, 0.04, 0], [0.01, 0.03, -0.02]),
  lowerThird: move([0, 0.11, 0], [-0.03, 0.02, 0], [0, 0, 0]),
};
/** Towards the nose, both edges alike. */
const BLINK_DRAWN_CM: Profile = [0.03, 0.18, 0.02];
const BLINK_OUTER_CORNER_CM = -0.09;

const LOOK_DOWN: LidMoves = {
  upperThird: move([0.03, 0.01, 0], [-0.12, -0.14, -0.02], [-0.01, 0, 0]),
  upperSecond: move([0.05, 0.02, -0.01], [-0.23, -0.74, -0.08], [-0.04, 0.02, -0.02]),
  upper: move([0.05, 0.02, -0.01], [-0.25, -0.66, -0.06], [-0.04, -0.08, -0.01]),
  lower: move([0.05, 0.01, -0.01], [-0.22, -0.19, -0.05], [-0.03, -0.11, 0]),
  lowerSecond: move([0.05, 0.01, -0.02], [-0.18, -0.15, -0.06], [-0.04, -0.14, -0.03]),
  lowerThird: move([0.01, 0, 0], [-0.03, -0.04, 0], [-0.04, -0.06, 0]),
};
const LOOK_UP: LidMoves = {
  upperThird: move([0, 0, 0], [0.06, 0.09, 0.01], [-0.01, -0.05, 0]),
  upperSecond: move([0, -0.02, 0], [0.1, 0.31, 0.06], [-0.01, -0.11, 0]),
  upper: move([-0.01, -0.02, 0], [0.13, 0.32, 0.05], [-0.01, -0.08, 0.01]),
  lower: move([-0.02, -0.01, 0.01], [0.11, 0.15, 0.03], [0, 0.05, 0.01]),
  lowerSecond: move([-0.01, -0.01, 0], [0.1, 0.13, 0.04], [0.01, 0.07, 0.01]),
  lowerThird: move([0, 0, 0], [0.04, 0.06, 0.02], [0, 0.03, 0]),
};
/** The lower lid rises over a bag that fills, and the skin of the cheek below comes up and inward. */
const SQUINT: LidMoves = {
  upperThird: move([0.04, 0, 0], [-0.04, -0.04, 0.01], [0.05, 0.01, 0]),
  upperSecond: move([0.03, 0, 0], [-0.02, -0.02, 0.02], [0.05, 0, 0.01]),
  upper: move([0.03, 0, 0], [0.02, -0.01, 0.03], [0.05, 0, 0]),
  lower: move([0.03, 0.08, 0.02], [0.03, 0.2, 0.04], [0.05, 0.1, 0]),
  lowerSecond: move([0.03, 0.16, 0.02], [0, 0.24, 0.05], [0.08, 0.12, 0]),
  lowerThird: move([0.06, 0.25, 0.02], [0.02, 0.24, 0.02], [0.09, 0.07, 0]),
};
/** The cheek under the eye in a squint: point of the right side, and how far it goes. */
const SQUINT_CHEEK: readonly (readonly [point: number, dx: number, dy: number, dz: number])[] = [
  [119, 0.22, 0.2, 0.05],
  [120, 0.22, 0.2, 0.04],
  [118, 0.17, 0.17, 0.06],
  [117, 0.14, 0.15, 0.07],
  [101, 0.14, 0.14, 0.03],
  [100, 0.14, 0.14, 0.03],
  [121, 0.14, 0.14, 0.02],
  [111, 0.1, 0.1, 0.08],
  [47, 0.1, 0.1, 0.01],
  [50, 0.09, 0.11, 0.04],
  [116, 0.07, 0.08, 0.06],
];
const WIDE: LidMoves = {
  upperThird: move([0, -0.02, 0], [0.05, 0.07, 0], [0, -0.02, 0]),
  upperSecond: move([-0.01, -0.04, -0.01], [0.09, 0.32, 0.03], [-0.01, -0.11, 0]),
  upper: move([-0.02, -0.03, 0], [0.1, 0.32, 0.02], [-0.01, -0.09, 0.01]),
  lower: move([-0.02, -0.02, 0], [0.08, 0.02, 0.01], [0, 0, 0]),
  lowerSecond: move([-0.01, -0.02, 0], [0.08, 0.02, 0.01], [0, 0, 0]),
};
/** The cornea bulges: lids ride over it as it passes, and their corners with them. */
const LOOK_IN: LidMoves = {
  upperThird: move([0.05, 0.05, 0.01], [-0.01, -0.02, 0], [0.1, 0.01, -0.02]),
  upperSecond: move([0.1, 0.22, 0.05], [-0.02, -0.02, 0.04], [0.17, 0, -0.08]),
  upper: move([0.12, 0.21, 0.05], [-0.02, -0.01, 0.04], [0.16, 0.01, -0.06]),
  lower: move([0.12, 0.19, 0.03], [-0.01, 0.03, 0], [0.17, 0.05, -0.07]),
  lowerSecond: move([0.1, 0.18, 0.06], [-0.01, 0.03, 0], [0.17, 0.04, -0.07]),
  lowerThird: move([0.03, 0.1, 0.02], [0, 0, 0], [0.09, 0.02, -0.03]),
};

const LOOK_OUT: LidMoves = {
  upperThird: move([-0.04, -0.06, -0.01], [0.02, 0, 0], [-0.11, -0.02, 0.02]),
  upperSecond: move([-0.07, -0.22, -0.04], [0.06, 0, -0.02], [-0.22, -0.04, 0.05]),
  upper: move([-0.1, -0.2, -0.03], [0.07, 0, -0.02], [-0.22, -0.04, 0.05]),
  lower: move([-0.1, -0.17, -0.01], [0.02, 0.01, 0], [-0.22, -0.06, 0.05]),
  lowerSecond: move([-0.07, -0.17, -0.05], [0.02, 0.01, 0], [-0.22, -0.04, 0.06]),
  lowerThird: move([-0.02, -0.1, -0.02], [0, 0, 0], [-0.09, -0.02, 0.04]),
};

const STILL = [6, 168, ...RIGHT_BROW, ...LEFT_BROW, 1, 234, 454] as const;
/** The cheek, which only a squint moves. */
const CHEEKS = [50, 280] as const;

/** @returns the fourteen shapes of both eyes, without the eyeballs. */
export function* eyeShapes(set: () => HandleSet): Generator<[ArkitShape, Float32Array]> {
  for (const [side, eye] of [
    ['Left', LEFT_EYE],
    ['Right', RIGHT_EYE],
  ] as const) {
    yield [`eyeBlink${side}`, blink(set(), eye)];
    const scale = gapScale(set().face, eye);
    yield [`eyeLookDown${side}`, lids(set(), eye, LOOK_DOWN, scale)];
    yield [`eyeLookUp${side}`, lids(set(), eye, LOOK_UP, scale)];
    yield [`eyeSquint${side}`, squint(set(), eye)];
    yield [`eyeWide${side}`, lids(set(), eye, WIDE, Math.max(LEAST_WIDE, scale))];
    yield [`eyeLookOut${side}`, lids(set(), eye, LOOK_OUT, 1)];
    yield [`eyeLookIn${side}`, lids(set(), eye, LOOK_IN, 1)];
  }
}

function blink(handles: HandleSet, eye: EyePoints): Float32Array {
  const { face } = handles;
  const scale = gapScale(face, eye);
  const nose = towardsNose(eye);
  for (let row = 1; row < 8; row++) {
    const upper = eye.upper[row]!;
    const lower = eye.lower[row]!;
    const [dx, dy, dz] = [0, 1, 2].map((axis) => face[lower * 3 + axis]! - face[upper * 3 + axis]!) as [
      number,
      number,
      number,
    ];
    const drawn = nose * between(BLINK_DRAWN_CM, row);
    // Both edges end at one place and one depth, or the seam would open as the head nods.
    const rest = LID_SEAM - 1;
    handles.move([upper], dx * LID_SEAM + drawn, dy * LID_SEAM, dz * LID_SEAM + BULGE_CM);
    handles.move([lower], dx * rest + drawn, dy * rest, dz * rest + BULGE_CM);
  }
  handles.move([eye.upper[0]!], 0.04 * nose, BLINK_OUTER_CORNER_CM * scale, 0);
  moveRows(handles, eye, BLINK, scale);
  return handles.hold(STILL, CHEEKS, [eye.upper[8]!]).solve();
}

function squint(handles: HandleSet, eye: EyePoints): Float32Array {
  const nose = towardsNose(eye);
  for (const [point, dx, dy, dz] of SQUINT_CHEEK) {
    handles.move([eye === RIGHT_EYE ? point : handles.mirrorOf(point)], nose * dx, dy, dz);
  }
  moveRows(handles, eye, SQUINT, 1);
  return handles.hold(STILL).solve();
}

function lids(handles: HandleSet, eye: EyePoints, moves: LidMoves, scale: number): Float32Array {
  moveRows(handles, eye, moves, scale);
  return handles.hold(STILL, CHEEKS).solve();
}

function moveRows(handles: HandleSet, eye: EyePoints, moves: LidMoves, scale: number): void {
  const nose = towardsNose(eye);
  for (const [row, { dx, dy, dz }] of Object.entries(moves) as [LidRow, RowMove][]) {
    eye[row].forEach((point, index) => {
      handles.move([point], nose * scale * between(dx, index), scale * between(dy, index), scale * between(dz, index));
    });
  }
}

/** @returns the value at a row's point 0..8, level in the middle. */
function between([outer, middle, inner]: Profile, index: number): number {
  const reach = Math.sin(((4 - Math.abs(index - 4)) * Math.PI) / 8);
  return mix(index < 4 ? outer : inner, middle, reach);
}

/** @returns the portrait's own opening over the measured one. */
function gapScale(face: Float32Array, eye: EyePoints): number {
  const gap = [3, 4, 5].reduce((sum, row) => sum + face[eye.upper[row]! * 3 + 1]! - face[eye.lower[row]! * 3 + 1]!, 0);
  return Math.min(GAP_SCALE.most, Math.max(GAP_SCALE.least, gap / 3 / MEASURED_GAP_CM));
}

function towardsNose(eye: EyePoints): 1 | -1 {
  return eye === RIGHT_EYE ? 1 : -1;
}
