import { assert } from '../../base/errors.ts';
import type { ArkitShape } from '../motion-space.ts';
import { LIP_INNER_LOWER, LIP_INNER_UPPER, LIP_OUTER_LOWER } from './landmark-groups.ts';
import { RIG_AMOUNTS, WHOLE_SHAPES, type RigShape } from './rig-amounts.ts';
import { rigHandles } from './rig-handles.ts';
import type { Handles, RigSolver } from './rig-solver.ts';
import { HandleSet } from './shapes-handles.ts';
import { eyeShapes } from './shapes-eyes.ts';

/** The table's amounts are hundredths of a centimetre. */
const PER_CM = 100;
/** A corner of the mouth goes at most this share of the way to the middle, however small the mouth. */
const MOST_NARROWING = 0.62;
/** Of what still parts the lips when the jaw is open and they are closed over it, the upper lip makes up this much. */
const UPPER_SHARE = 0.35;

/** `[468, 3]` cm in head axes of each shape at 1. */
export type Fields = ReadonlyMap<ArkitShape, Float32Array>;

/**
 * Solves what every measured shape does to the canonical face: `[468, 3]` cm in head axes at coefficient 1. Lids, which
 * fit each portrait's own eyes, and the tongue are not among them.
 * @param mirror - each point's counterpart.
 */
export function measuredShapes(solver: RigSolver, mirror: Uint16Array): Fields {
  const pinned = solver.pin(rigHandles(mirror));
  const shapes = new Map<ArkitShape, Float32Array>();
  const whole = new Set<RigShape>(WHOLE_SHAPES);
  for (const name of Object.keys(RIG_AMOUNTS) as RigShape[]) {
    const left = handlesOf(RIG_AMOUNTS[name]);
    const right = mirrored(left, mirror);
    if (whole.has(name)) {
      shapes.set(name as ArkitShape, pinned.solve(new Map([...right, ...left])));
    } else {
      shapes.set(`${name}Left` as ArkitShape, pinned.solve(left));
      shapes.set(`${name}Right` as ArkitShape, pinned.solve(right));
    }
  }
  return shapes;
}

function handlesOf(amounts: readonly number[]): Handles {
  const handles = new Map<number, readonly [number, number, number]>();
  for (let at = 0; at < amounts.length; at += 4) {
    const [x, y, z] = [amounts[at + 1]! / PER_CM, amounts[at + 2]! / PER_CM, amounts[at + 3]! / PER_CM];
    handles.set(amounts[at]!, [x, y, z]);
  }
  return handles;
}

function mirrored(handles: Handles, mirror: Uint16Array): Handles {
  return new Map([...handles].map(([point, [x, y, z]]) => [mirror[point]!, [-x, y, z]]));
}

/** @returns `[468, 3]` cm: both sides of a shape at once. */
export function bothSides(
  shapes: Fields,
  name: 'mouthSmile' | 'mouthFrown' | 'browDown' | 'browOuterUp',
): Float32Array {
  const right = fieldOf(shapes, `${name}Right`);
  return fieldOf(shapes, `${name}Left`).map((value, at) => value + right[at]!);
}

function fieldOf(shapes: Fields, name: ArkitShape): Float32Array {
  const field = shapes.get(name);
  assert(field !== undefined, 'the table has every measured shape');
  return field;
}

/**
 * Fits the measured shapes to one portrait, and adds those that depend on it.
 * @param face - `[468, 3]` cm, lips closed. @returns the displacement of every face point for every ARKit shape at 1.
 */
export function buildShapes(
  face: Float32Array,
  measured: Fields,
  solver: RigSolver,
  mirror: Uint16Array,
): Map<ArkitShape, Float32Array> {
  const set = (): HandleSet => new HandleSet(face, solver, mirror);
  const shapes = new Map<ArkitShape, Float32Array>();
  const halfWidth = (face[308 * 3]! - face[78 * 3]!) / 2;
  for (const [name, field] of measured) shapes.set(name, narrowed(field, halfWidth));
  shapes.set('mouthClose', closing(fieldOf(shapes, 'mouthClose'), fieldOf(shapes, 'jawOpen'), set()));
  shapes.set('tongueOut', tongueOut(set()));
  for (const [name, shape] of eyeShapes(set)) shapes.set(name, shape);
  return shapes;
}

/** Spares a small mouth, as drawn faces have it, from being turned inside out by a pucker. */
function narrowed(field: Float32Array, halfWidth: number): Float32Array {
  const inward = (field[78 * 3]! - field[308 * 3]!) / 2;
  const most = MOST_NARROWING * halfWidth;
  if (inward <= most) return field;
  return field.map((value, at) => (at % 3 === 0 ? (value * most) / inward : value));
}

/** Makes equal coefficients of jaw and closing leave the lips as they lie at rest. */
function closing(close: Float32Array, jaw: Float32Array, handles: HandleSet): Float32Array {
  const parted = (upper: number, lower: number, axis: number): number =>
    jaw[lower * 3 + axis]! + close[lower * 3 + axis]! - jaw[upper * 3 + axis]! - close[upper * 3 + axis]!;
  const inner: number[] = [...LIP_INNER_UPPER, ...LIP_INNER_LOWER];
  handles.hold(inner, LIP_OUTER_LOWER, [1, 4, 152, 18, 200, 205, 425]);
  for (let column = 1; column < 10; column++) {
    const [upper, lower] = [LIP_INNER_UPPER[column]!, LIP_INNER_LOWER[column]!];
    const [dx, dy, dz] = [parted(upper, lower, 0), parted(upper, lower, 1), parted(upper, lower, 2)];
    handles.move([upper], UPPER_SHARE * dx, UPPER_SHARE * dy, UPPER_SHARE * dz);
    const share = UPPER_SHARE - 1;
    handles.move([lower, LIP_OUTER_LOWER[column]!], share * dx, share * dy, share * dz);
  }
  const correction = handles.solve();
  const closed = close.map((value, at) => value + correction[at]!);
  // The solver meets its handles to a few hundredths; what is left would show as a slit.
  for (let column = 1; column < 10; column++) {
    const [upper, lower] = [LIP_INNER_UPPER[column]!, LIP_INNER_LOWER[column]!];
    for (let axis = 0; axis < 3; axis++) {
      closed[lower * 3 + axis] = jaw[upper * 3 + axis]! + closed[upper * 3 + axis]! - jaw[lower * 3 + axis]!;
    }
  }
  return closed;
}

/** The lower lip makes room for the tongue. */
function tongueOut(handles: HandleSet): Float32Array {
  for (const [points, drop] of [
    [LIP_INNER_LOWER, 0.3],
    [LIP_OUTER_LOWER, 0.25],
  ] as const) {
    points.forEach((point, index) => {
      const arch = 1 - ((index - 5) / 5) ** 2;
      handles.move([point], 0, -drop * arch ** 2, 0.1);
    });
  }
  return handles.hold(LIP_INNER_UPPER, [1, 4, 10, 152, 0, 33, 263, 58, 288, 205, 425]).solve();
}
