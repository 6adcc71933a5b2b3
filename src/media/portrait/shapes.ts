import type { ArkitShape } from '../motion-space.ts';
import {
  LEFT_BROW,
  LIP_INNER_LOWER,
  LIP_INNER_UPPER,
  LIP_OUTER_LOWER,
  LIP_OUTER_UPPER,
  RIGHT_BROW,
} from './landmark-groups.ts';
import { HandleSet } from './shapes-handles.ts';
import { eyeShapes } from './shapes-eyes.ts';
import type { RigSolver } from './rig-solver.ts';

const EYES_AND_BRIDGE = [
  33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246, 263, 249, 390, 373, 374, 380, 381, 382,
  362, 398, 384, 385, 386, 387, 388, 466, 6, 168, 9, 8,
] as const;
const NOSE = [1, 4, 5, 195, 197, 2, 98, 327, 94, 19] as const;
const UPPER_BORDER = [10, 338, 109, 67, 297, 103, 332, 54, 284, 21, 251, 162, 389, 127, 356, 234, 454] as const;
const JAW_ANGLES = [58, 288] as const;
const RIGHT_CORNER = [61, 78, 76, 62] as const;
const LEFT_CORNER = [291, 308, 306, 292] as const;

/** How far along the lip a point lies: -1 the right corner, 0 the middle, 1 the left corner. */
const along = (index: number): number => (index - 5) / 5;
const arch = (index: number): number => 1 - along(index) ** 2;

/**
 * Builds the displacement of every face point for every ARKit shape, in head axes (cm) at coefficient 1. Amounts come
 * from anthropometry (mouth opening 45-50 mm, lip corner travel 10-12 mm; Farkas 1994) and from looking at the sheets.
 * @param face - `[468, 3]` cm, lips closed; @param mirror - each point's counterpart.
 */
export function buildShapes(face: Float32Array, solver: RigSolver, mirror: Uint16Array): Map<ArkitShape, Float32Array> {
  const shapes = new Map<ArkitShape, Float32Array>();
  const set = (): HandleSet => new HandleSet(face, solver, mirror);
  const halves = (name: string, whole: Float32Array): void => {
    shapes.set(`${name}Left` as ArkitShape, half(whole, face, 1));
    shapes.set(`${name}Right` as ArkitShape, half(whole, face, -1));
  };
  const mouthHalfWidth = (face[308 * 3]! - face[78 * 3]!) / 2;

  const jaw = jawOpen(set());
  shapes.set('jawOpen', jaw);
  shapes.set('mouthClose', mouthClose(set(), jaw));
  shapes.set('jawForward', slideJaw(set(), 0, 0.8));
  shapes.set('jawLeft', slideJaw(set(), 0.75, 0));
  shapes.set('jawRight', slideJaw(set(), -0.75, 0));
  shapes.set('mouthPucker', pucker(set(), mouthHalfWidth));
  shapes.set('mouthFunnel', funnel(set(), mouthHalfWidth));
  shapes.set('mouthLeft', shiftMouth(set(), 1));
  shapes.set('mouthRight', shiftMouth(set(), -1));
  halves('mouthSmile', smile(set()));
  halves('mouthFrown', frown(set()));
  halves('mouthDimple', dimple(set()));
  halves('mouthStretch', stretch(set()));
  halves('mouthPress', press(set()));
  halves('mouthLowerDown', lowerDown(set()));
  halves('mouthUpperUp', upperUp(set()));
  shapes.set('mouthRollLower', rollLower(set()));
  shapes.set('mouthRollUpper', rollUpper(set()));
  shapes.set('mouthShrugLower', shrugLower(set()));
  shapes.set('mouthShrugUpper', shrugUpper(set()));
  halves('browDown', browDown(set()));
  halves('browOuterUp', browOuterUp(set()));
  shapes.set('browInnerUp', browInnerUp(set()));
  shapes.set('cheekPuff', cheekPuff(set()));
  halves('cheekSquint', cheekSquint(set()));
  halves('noseSneer', noseSneer(set()));
  shapes.set('tongueOut', tongueOut(set()));
  for (const [name, shape] of eyeShapes(set)) shapes.set(name, shape);
  return shapes;
}

/** @returns `whole` on one side of the face, fading over the middle so that both halves add up to it. */
function half(whole: Float32Array, face: Float32Array, side: 1 | -1): Float32Array {
  const FADE_CM = 1.1;
  const part = new Float32Array(whole.length);
  for (let at = 0; at < whole.length; at += 3) {
    const weight = 0.5 + 0.5 * Math.max(-1, Math.min(1, (side * face[at]!) / FADE_CM));
    for (let axis = 0; axis < 3; axis++) part[at + axis] = weight * whole[at + axis]!;
  }
  return part;
}

function jawOpen(handles: HandleSet): Float32Array {
  const lower = (points: readonly number[], drop: number): void => {
    points.forEach((point, index) => {
      const middle = 1 - Math.abs(along(index));
      const fall = Math.sin((middle * Math.PI) / 2);
      const inward = -Math.sign(along(index)) * 0.4 * (1 - middle) ** 1.2;
      handles.move([point], inward, -0.5 - drop * fall, -0.25 - 0.5 * fall);
    });
  };
  lower(LIP_INNER_LOWER, 1.9);
  lower(LIP_OUTER_LOWER, 1.83);
  handles.mirrored([61, 78], 0.45, -0.62, -0.15);
  handles.move([152, 175, 199, 200, 18, 83, 313, 148, 377, 171, 396], 0, -2.3, -0.9);
  handles.mirrored([176, 149], 0, -1.95, -0.75);
  handles.mirrored([150], 0, -1.6, -0.6).mirrored([136], 0, -1.15, -0.4);
  handles.mirrored([172], 0, -0.75, -0.25).mirrored([58], 0, -0.35, -0.1);
  const upper = (points: readonly number[], lift: number, inward: number): void => {
    points.slice(1, -1).forEach((point, index) => {
      const t = Math.abs(along(index + 1));
      handles.move([point], -Math.sign(along(index + 1)) * inward * t ** 1.6, lift - 0.5 * t ** 3, 0);
    });
  };
  upper(LIP_INNER_UPPER, 0.06, 0.4);
  upper(LIP_OUTER_UPPER, 0.05, 0.36);
  handles.mirrored([205], 0, -0.35, -0.15).mirrored([50], 0, -0.08, 0);
  return handles.hold(EYES_AND_BRIDGE, NOSE, UPPER_BORDER).solve();
}

/** Undoes what the jaw does to the lips, so that equal coefficients of both leave them shut over an open jaw. */
function mouthClose(handles: HandleSet, jaw: Float32Array): Float32Array {
  const UPPER_SHARE = 0.35;
  for (const [uppers, lowers, share] of [
    [LIP_INNER_UPPER, LIP_INNER_LOWER, 1],
    [LIP_OUTER_UPPER, LIP_OUTER_LOWER, 0.9],
  ] as const) {
    for (let index = 1; index < 10; index++) {
      const upper = uppers[index]!;
      const lower = lowers[index]!;
      const parted = [0, 1, 2].map((axis) => (jaw[lower * 3 + axis]! - jaw[upper * 3 + axis]!) * share);
      const [dx = 0, dy = 0, dz = 0] = parted;
      handles.move([upper], UPPER_SHARE * dx, UPPER_SHARE * dy, UPPER_SHARE * dz);
      handles.move([lower], (UPPER_SHARE - 1) * dx, (UPPER_SHARE - 1) * dy, (UPPER_SHARE - 1) * dz);
    }
  }
  handles.move([18, 83, 313], 0, 0.7, 0.1);
  return handles.hold(EYES_AND_BRIDGE, NOSE, UPPER_BORDER, JAW_ANGLES, [61, 291, 152, 148, 377, 176, 400]).solve();
}

function slideJaw(handles: HandleSet, dx: number, dz: number): Float32Array {
  const lowerLip = [...LIP_INNER_LOWER.slice(2, 9), ...LIP_OUTER_LOWER.slice(2, 9)];
  handles.move([...lowerLip, 152, 175, 199, 200, 148, 377, 176, 400], dx, 0, dz);
  handles.move([149, 378, 150, 379], 0.75 * dx, 0, 0.75 * dz).move([61, 291], 0.4 * dx, 0, 0.4 * dz);
  handles.move([136, 365], 0.5 * dx, 0, 0.5 * dz);
  return handles.hold(EYES_AND_BRIDGE, [1, 4, 0], UPPER_BORDER, JAW_ANGLES).solve();
}

function pucker(handles: HandleSet, halfWidth: number): Float32Array {
  const purse = (points: readonly number[], lift: number): void => {
    points.forEach((point, index) => {
      const t = along(index);
      const inward = -Math.sign(t) * Math.abs(t) ** 1.1 * halfWidth * 0.46;
      handles.move([point], inward, lift * 0.12 * (1 - Math.abs(t)), 0.75 * (1 - 0.5 * Math.abs(t)));
    });
  };
  purse(LIP_INNER_UPPER, 0.3);
  purse(LIP_INNER_LOWER, -0.3);
  purse(LIP_OUTER_UPPER, 1.5);
  purse(LIP_OUTER_LOWER, -1.3);
  handles.mirrored([205], 0.4, 0, 0.1).mirrored([57, 186], 0.75, 0, 0.2).move([152, 199], 0, 0.1, 0.05);
  return handles.hold(EYES_AND_BRIDGE, [1, 4, 98, 327], UPPER_BORDER, JAW_ANGLES).solve();
}

function funnel(handles: HandleSet, halfWidth: number): Float32Array {
  const flare = (points: readonly number[], dy: number): void => {
    points.forEach((point, index) => {
      const t = along(index);
      const inward = -Math.sign(t) * Math.abs(t) ** 1.1 * halfWidth * 0.33;
      handles.move([point], inward, dy * Math.sqrt(Math.max(0, arch(index))), 0.7 * (1 - 0.5 * Math.abs(t)));
    });
  };
  flare(LIP_INNER_UPPER, 0.36);
  flare(LIP_INNER_LOWER, -0.46);
  flare(LIP_OUTER_UPPER, 0.42);
  flare(LIP_OUTER_LOWER, -0.5);
  handles.mirrored([205], 0.28, 0, 0).mirrored([57, 186], 0.5, 0, 0.1);
  return handles.hold(EYES_AND_BRIDGE, [1, 4, 98, 327, 152], UPPER_BORDER, JAW_ANGLES).solve();
}

function shiftMouth(handles: HandleSet, side: 1 | -1): Float32Array {
  const lips = [...LIP_INNER_UPPER, ...LIP_INNER_LOWER, ...LIP_OUTER_UPPER, ...LIP_OUTER_LOWER];
  handles.move(lips, 0.65 * side, 0, -0.05);
  handles.move(side > 0 ? LEFT_CORNER : RIGHT_CORNER, 0.75 * side, 0.12, -0.15);
  handles.move([205, 425], 0.25 * side, 0, 0).move([199, 18], 0.25 * side, 0, 0);
  return handles.hold(EYES_AND_BRIDGE, [1, 4, 152], UPPER_BORDER, JAW_ANGLES).solve();
}

export function smile(handles: HandleSet): Float32Array {
  handles.mirrored(RIGHT_CORNER, -0.75, 0.62, -0.35);
  handles.mirrored([40, 80], -0.32, 0.2, -0.1).mirrored([91, 88], -0.35, 0.18, -0.1);
  handles.move([0, 13], 0, 0.06, -0.08).move([17, 14], 0, 0.04, -0.08);
  handles.mirrored([205], -0.25, 0.45, 0.15).mirrored([50, 101], -0.1, 0.4, 0.25);
  handles.mirrored([118, 119], 0, 0.18, 0.1).mirrored([23], 0, 0.07, 0);
  return handles.hold(UPPER_LIDS, [6, 168, 1, 4, 10, 152], UPPER_BORDER, JAW_ANGLES).solve();
}

const UPPER_LIDS = [33, 246, 161, 160, 159, 158, 157, 173, 133, 263, 466, 388, 387, 386, 385, 384, 398, 362] as const;
const AROUND_MOUTH = [1, 4, 10, 152] as const;

function frown(handles: HandleSet): Float32Array {
  handles.mirrored(RIGHT_CORNER, -0.12, -0.62, -0.1).mirrored([91], -0.08, -0.3, 0);
  handles.move([17, 14], 0, 0.12, 0).move([0, 13], 0, 0.05, 0);
  return handles.hold(EYES_AND_BRIDGE, AROUND_MOUTH, UPPER_BORDER, JAW_ANGLES).solve();
}

function dimple(handles: HandleSet): Float32Array {
  handles.mirrored(RIGHT_CORNER, -0.42, 0.08, -0.42).mirrored([57, 186], -0.3, 0.06, -0.3);
  handles.move([0, 13, 14, 17], 0, 0, -0.06);
  return handles.hold(EYES_AND_BRIDGE, AROUND_MOUTH, UPPER_BORDER, JAW_ANGLES).solve();
}

function stretch(handles: HandleSet): Float32Array {
  handles.mirrored(RIGHT_CORNER, -0.8, -0.12, -0.3).mirrored([91, 88, 40, 80], -0.38, -0.05, -0.1);
  handles.move([0, 13, 17, 14], 0, 0, -0.05);
  return handles.hold(EYES_AND_BRIDGE, AROUND_MOUTH, UPPER_BORDER, JAW_ANGLES).solve();
}

function press(handles: HandleSet): Float32Array {
  LIP_OUTER_UPPER.forEach((point, index) => handles.move([point], 0, -0.14 * arch(index), -0.12));
  LIP_OUTER_LOWER.forEach((point, index) => handles.move([point], 0, 0.17 * arch(index), -0.12));
  LIP_INNER_UPPER.forEach((point, index) => handles.move([point], 0, -0.02 * arch(index), -0.15));
  LIP_INNER_LOWER.forEach((point, index) => handles.move([point], 0, 0.02 * arch(index), -0.15));
  handles.mirrored([57, 186], -0.08, 0, -0.12);
  return handles.hold(EYES_AND_BRIDGE, AROUND_MOUTH, UPPER_BORDER, JAW_ANGLES).solve();
}

function lowerDown(handles: HandleSet): Float32Array {
  LIP_INNER_LOWER.forEach((point, index) => handles.move([point], 0, -0.6 * arch(index), 0.05));
  LIP_OUTER_LOWER.forEach((point, index) => handles.move([point], 0, -0.55 * arch(index), 0.05));
  return handles.hold(EYES_AND_BRIDGE, AROUND_MOUTH, [0, 13], UPPER_BORDER, JAW_ANGLES).solve();
}

function upperUp(handles: HandleSet): Float32Array {
  LIP_INNER_UPPER.forEach((point, index) => handles.move([point], 0, 0.55 * arch(index), 0.05));
  LIP_OUTER_UPPER.forEach((point, index) => handles.move([point], 0, 0.5 * arch(index), 0.05));
  handles.mirrored([98], 0, 0.15, 0).mirrored([205], 0, 0.15, 0.05);
  return handles.hold(EYES_AND_BRIDGE, AROUND_MOUTH, [17, 14], UPPER_BORDER, JAW_ANGLES).solve();
}

function rollLower(handles: HandleSet): Float32Array {
  LIP_INNER_LOWER.forEach((point, index) => handles.move([point], 0, 0.05 * arch(index), -0.2 * arch(index)));
  LIP_OUTER_LOWER.forEach((point, index) => handles.move([point], 0, 0.36 * arch(index), -0.12));
  handles.move([18, 83, 313], 0, 0.16, -0.04);
  return handles.hold(EYES_AND_BRIDGE, AROUND_MOUTH, [0, 13], UPPER_BORDER, JAW_ANGLES).solve();
}

function rollUpper(handles: HandleSet): Float32Array {
  LIP_INNER_UPPER.forEach((point, index) => handles.move([point], 0, -0.04 * arch(index), -0.2 * arch(index)));
  LIP_OUTER_UPPER.forEach((point, index) => handles.move([point], 0, -0.32 * arch(index), -0.1));
  return handles.hold(EYES_AND_BRIDGE, AROUND_MOUTH, [17, 14], UPPER_BORDER, JAW_ANGLES).solve();
}

function shrugLower(handles: HandleSet): Float32Array {
  LIP_INNER_LOWER.forEach((point, index) => handles.move([point], 0, 0.3 * arch(index), 0.15 * arch(index)));
  LIP_OUTER_LOWER.forEach((point, index) => handles.move([point], 0, 0.34 * arch(index), 0.2 * arch(index)));
  LIP_INNER_UPPER.forEach((point, index) => handles.move([point], 0, 0.24 * arch(index), 0.05));
  handles.move([152, 175, 199, 200, 18], 0, 0.32, 0.15).mirrored([61], 0, -0.08, 0);
  return handles.hold(EYES_AND_BRIDGE, [1, 4, 10], UPPER_BORDER, JAW_ANGLES).solve();
}

function shrugUpper(handles: HandleSet): Float32Array {
  LIP_INNER_UPPER.forEach((point, index) => handles.move([point], 0, 0.2 * arch(index), 0.15 * arch(index)));
  LIP_OUTER_UPPER.forEach((point, index) => handles.move([point], 0, 0.3 * arch(index), 0.2 * arch(index)));
  LIP_INNER_LOWER.forEach((point, index) => handles.move([point], 0, 0.18 * arch(index), 0.05));
  handles.mirrored([205], 0, 0.08, 0);
  return handles.hold(EYES_AND_BRIDGE, [1, 4, 10, 152], UPPER_BORDER, JAW_ANGLES).solve();
}

const FOREHEAD_FIXED = [1, 10, 109, 338, 6] as const;
const LIDS = [...UPPER_LIDS, 7, 163, 144, 145, 153, 154, 155, 249, 390, 373, 374, 380, 381, 382] as const;

function browOuterUp(handles: HandleSet): Float32Array {
  handles.mirrored([70, 63, 46, 53], 0, 0.55, 0.04).mirrored([105, 52], 0, 0.48, 0.04).mirrored([66, 65], 0, 0.2, 0.02);
  handles.mirrored([107, 55], 0, 0.05, 0).mirrored([104, 103, 68], 0, 0.3, 0).mirrored([69], 0, 0.2, 0);
  handles.mirrored([223, 224], 0, 0.22, 0).mirrored([27, 29], 0, 0.1, 0);
  return handles.hold(LIDS, [6, 1, 10, 109, 338, 67, 297, 234, 454]).solve();
}

function browInnerUp(handles: HandleSet): Float32Array {
  handles.mirrored([107, 55, 66, 65], 0, 0.55, 0.04).move([9, 8], 0, 0.4, 0).mirrored([105, 52], 0, 0.22, 0);
  handles.move([151, 108, 337], 0, 0.28, 0).mirrored([221, 222], 0, 0.2, 0);
  return handles.hold(LIDS, [46, 70, 276, 300], FOREHEAD_FIXED).solve();
}

function browDown(handles: HandleSet): Float32Array {
  handles.mirrored([107, 55, 66, 65], 0.22, -0.5, 0.05).mirrored([105, 52, 63, 53], 0, -0.4, 0.05);
  handles.mirrored([70, 46], 0, -0.15, 0).move([9], 0, -0.3, 0).mirrored([221, 222], 0.05, -0.25, 0);
  return handles.hold(LIDS, FOREHEAD_FIXED).solve();
}

function cheekPuff(handles: HandleSet): Float32Array {
  handles.mirrored([205, 207, 187], -0.45, 0, 0.5).mirrored([50], 0, 0.05, 0.2).mirrored([192, 214], -0.4, 0, 0.3);
  handles.move([13, 14, 0, 17], 0, 0, 0.12);
  return handles.hold(EYES_AND_BRIDGE, [1, 4, 61, 291, 152], UPPER_BORDER).solve();
}

function cheekSquint(handles: HandleSet): Float32Array {
  handles.mirrored([50, 101, 118, 119], 0, 0.3, 0.18).mirrored([117, 123], 0, 0.2, 0.12);
  handles.mirrored([23, 24, 110, 22], 0, 0.16, 0.08).mirrored([145, 144, 153], 0, 0.09, 0);
  return handles.hold(UPPER_LIDS, AROUND_MOUTH, [61, 291, 6, 168], UPPER_BORDER).solve();
}

function noseSneer(handles: HandleSet): Float32Array {
  handles.mirrored([98, 64, 48], -0.08, 0.3, 0.1).move([6], 0, -0.1, 0).mirrored([37], 0, 0.2, 0);
  handles.mirrored([50], 0, 0.15, 0.05).mirrored([126, 131], 0, 0.2, 0.05);
  return handles.hold(LIDS, [10, 152, 17], UPPER_BORDER).solve();
}

function tongueOut(handles: HandleSet): Float32Array {
  LIP_INNER_LOWER.forEach((point, index) => handles.move([point], 0, -0.3 * arch(index) ** 2, 0.1));
  LIP_OUTER_LOWER.forEach((point, index) => handles.move([point], 0, -0.25 * arch(index) ** 2, 0.1));
  return handles.hold(EYES_AND_BRIDGE, AROUND_MOUTH, [0, 13], UPPER_BORDER, JAW_ANGLES).solve();
}

export const BROW_POINTS = [...RIGHT_BROW, ...LEFT_BROW] as const;
