import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Appearance } from '../../src/media/appearance.ts';
import { ARKIT_SHAPES, MOTION_INDEX, restMotion, type ArkitShape } from '../../src/media/motion-space.ts';
import { buildAppearance } from '../../src/media/portrait/build-appearance.ts';
import { FACE_POINT_COUNT, LIP_INNER_LOWER, LIP_INNER_UPPER } from '../../src/media/portrait/landmark-groups.ts';
import { rigAgreement, shapeField } from '../../src/media/portrait/rig-reading.ts';
import { Deformer } from '../../src/media/render/deformer.ts';
import { shapeWeights } from '../../src/media/render/shape-weights.ts';
import { PortraitAnalyser } from '../../src/native/model/portrait-analyser.ts';
import { portraitFixtures } from '../support/portraits.ts';

/**
 * Displacements of some of the points that each shape moves most, measured on ICT-FaceKit (MIT, USC Institute for
 * Creative Technologies): `[point, x, y, z]` in cm. Shapes with a side are the left one.
 */
type Measured = Readonly<Record<string, readonly (readonly [number, number, number, number])[]>>;

const SIZE = [0.85, 1.15] as const;
const DIRECTION = 0.9;
const TIMEOUT_MS = 600_000;

let measured: Measured;
let faces: readonly { readonly name: string; readonly appearance: Appearance }[];

beforeAll(async () => {
  measured = JSON.parse(
    await readFile(resolve(import.meta.dirname, '../fixtures/measured-shapes.json'), 'utf8'),
  ) as Measured;
  const analyser = await PortraitAnalyser.open();
  const found: { name: string; appearance: Appearance }[] = [];
  for (const { name, bytes } of await portraitFixtures()) {
    found.push({ name, appearance: buildAppearance(await analyser.analyse(bytes)) });
  }
  await analyser.close();
  faces = found;
}, TIMEOUT_MS);

/** Lids fit each portrait's own eyes and are measured with them. */
const LIDS = /^eye/;
/** The measured lids are this far apart, and portraits' own move in proportion, but for what a cheek or a cornea pushes. */
const MEASURED_LID_GAP_CM = 0.98;
const LIDS_OF_ANY_SIZE = /^eye(Squint|LookIn|LookOut)/;

describe('the rig of eight portraits', () => {
  it('moves as far as measured people do, in the same direction', () => {
    for (const [shape, points] of Object.entries(measured)) {
      if (LIDS.test(shape)) continue;
      for (const { name, appearance } of faces) {
        const { size, direction } = rigAgreement(shapeField(appearance, shape as ArkitShape), points);
        expect.soft(size, `${shape} of ${name}: size`).toBeGreaterThan(SIZE[0]);
        expect.soft(size, `${shape} of ${name}: size`).toBeLessThan(SIZE[1]);
        expect.soft(direction, `${shape} of ${name}: direction`).toBeGreaterThan(DIRECTION);
      }
    }
  });

  it('moves lids as far as measured for their own opening, in the same direction', () => {
    for (const [shape, points] of Object.entries(measured)) {
      if (!LIDS.test(shape)) continue;
      for (const { name, appearance } of faces) {
        const { size, direction } = rigAgreement(shapeField(appearance, shape as ArkitShape), points);
        const own = LIDS_OF_ANY_SIZE.test(shape) ? 1 : lidGapCm(appearance) / MEASURED_LID_GAP_CM;
        expect.soft(size / own, `${shape} of ${name}: size`).toBeGreaterThan(SIZE[0]);
        expect.soft(size / own, `${shape} of ${name}: size`).toBeLessThan(SIZE[1]);
        expect.soft(direction, `${shape} of ${name}: direction`).toBeGreaterThan(DIRECTION);
      }
    }
  });

  it('closes the lips over an open jaw wherever the jaw is', () => {
    for (const { name, appearance } of faces) {
      for (const value of [0.2, 0.6, 1]) {
        const rest = shapedBy(appearance, {});
        const closed = shapedBy(appearance, { jawOpen: value, mouthClose: value });
        const cm = appearance.facts.pose.scalePxPerCm;
        for (let column = 1; column < 10; column++) {
          const gap = (shaped: Float32Array): number =>
            (shaped[LIP_INNER_UPPER[column]! * 3 + 1]! - shaped[LIP_INNER_LOWER[column]! * 3 + 1]!) / cm;
          expect.soft(Math.abs(gap(closed) - gap(rest)), `${name} at ${value}, column ${column}`).toBeLessThan(0.02);
        }
      }
    }
  });

  it('folds nowhere, at the end of each shape and of the pairs that go together', () => {
    const both = (shape: string): Partial<Record<ArkitShape, number>> => ({
      [`${shape}Left`]: 1,
      [`${shape}Right`]: 1,
    });
    const ends: Partial<Record<ArkitShape, number>>[] = ARKIT_SHAPES.filter((shape) => !LIDS.test(shape)).map(
      (shape) => ({ [shape]: 1 }),
    );
    ends.push(
      { ...both('mouthSmile'), mouthFunnel: 1 },
      { ...both('mouthSmile'), mouthPucker: 1 },
      { ...both('mouthSmile'), ...both('mouthDimple'), ...both('mouthStretch') },
      { ...both('mouthSmile'), ...both('cheekSquint'), ...both('noseSneer') },
      { ...both('mouthUpperUp'), ...both('noseSneer') },
      { ...both('mouthSmile'), jawOpen: 1 },
      { ...both('browDown'), browInnerUp: 1, ...both('browOuterUp') },
      { mouthPucker: 1, mouthFunnel: 1, jawOpen: 0.5 },
      { mouthRollLower: 1, mouthRollUpper: 1, ...both('mouthPress') },
      { mouthShrugLower: 1, mouthShrugUpper: 1, ...both('mouthPress') },
      { jawOpen: 1, mouthClose: 1, mouthPucker: 1 },
    );
    for (const { name, appearance } of faces) {
      for (const end of ends) {
        expect.soft(foldedShare(appearance, end), `${name}: ${JSON.stringify(end)}`).toBeLessThan(0.007);
      }
    }
  });
});

/** @returns how far the person's left eye is open, in head axes. */
function lidGapCm({ arrays, facts }: Appearance): number {
  const { lowerLid, upperLid } = facts.eyes.left;
  const { rotation: r, scalePxPerCm } = facts.pose;
  const gap = [3, 4, 5].map((row) =>
    [0, 1, 2].reduce((sum, axis) => {
      const [upper, lower] = [upperLid[row]! * 3 + axis, lowerLid[row]! * 3 + axis];
      return sum + r[axis * 3 + 1]! * (arrays.vertexPositions[upper]! - arrays.vertexPositions[lower]!);
    }, 0),
  );
  return gap.reduce((sum, value) => sum + value, 0) / 3 / scalePxPerCm;
}

function shapedBy(appearance: Appearance, values: Partial<Record<ArkitShape, number>>): Float32Array {
  const motion = restMotion();
  for (const [shape, value] of Object.entries(values)) motion[MOTION_INDEX[shape as ArkitShape]] = value;
  const weights = new Float32Array(ARKIT_SHAPES.length);
  shapeWeights(motion, 1, weights);
  const deformer = new Deformer(appearance);
  deformer.update(weights);
  return deformer.shaped;
}

/** @returns the area of the face's triangles that turn their back to the viewer, over the area of the face. */
function foldedShare(appearance: Appearance, values: Partial<Record<ArkitShape, number>>): number {
  const { faceTriangles, vertexPositions } = appearance.arrays;
  const shaped = shapedBy(appearance, values);
  let [folded, whole] = [0, 0];
  for (let at = 0; at < faceTriangles.length; at += 3) {
    const [a, b, c] = [faceTriangles[at]!, faceTriangles[at + 1]!, faceTriangles[at + 2]!];
    if (Math.max(a, b, c) >= FACE_POINT_COUNT) continue;
    const before = areaOf(vertexPositions, a, b, c);
    const after = areaOf(shaped, a, b, c);
    whole += Math.abs(before);
    if (before * after < 0) folded += Math.min(Math.abs(before), Math.abs(after));
  }
  return folded / whole;
}

function areaOf(positions: Float32Array, a: number, b: number, c: number): number {
  const [ax, ay] = [positions[a * 3]!, positions[a * 3 + 1]!];
  return (
    ((positions[b * 3]! - ax) * (positions[c * 3 + 1]! - ay) -
      (positions[c * 3]! - ax) * (positions[b * 3 + 1]! - ay)) /
    2
  );
}
