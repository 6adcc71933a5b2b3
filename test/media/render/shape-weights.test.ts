import { expect, test } from 'vitest';
import type { OwnExpression } from '../../../src/media/appearance.ts';
import { ARKIT_DIMS, MOTION_INDEX, restMotion, type ArkitShape } from '../../../src/media/motion-space.ts';
import { shapeWeights } from '../../../src/media/render/shape-weights.ts';

function weightsOf(
  shapes: Partial<Record<ArkitShape, number>>,
  browFreedom = 1,
  own?: OwnExpression,
): (shape: ArkitShape) => number {
  const motion = restMotion();
  for (const [shape, value] of Object.entries(shapes)) motion[MOTION_INDEX[shape as ArkitShape]] = value;
  const weights = new Float32Array(ARKIT_DIMS);
  shapeWeights(motion, browFreedom, weights, own);
  return (shape) => weights[MOTION_INDEX[shape]]!;
}

test('a shut lid neither looks down nor opens wide', () => {
  const weight = weightsOf({ eyeBlinkLeft: 1, eyeLookDownLeft: 1, eyeWideLeft: 1, eyeWideRight: 1 });
  expect(weight('eyeLookDownLeft')).toBe(0);
  expect(weight('eyeWideLeft')).toBe(0);
  expect(weight('eyeWideRight')).toBe(1);
});

test('a pursed mouth cannot smile as broadly', () => {
  expect(weightsOf({ mouthPucker: 1, mouthSmileLeft: 1 })('mouthSmileLeft')).toBeLessThan(0.4);
});

test('the lips close no further than the jaw is open', () => {
  expect(weightsOf({ mouthClose: 1, jawOpen: 0.3 })('mouthClose')).toBeCloseTo(0.35);
});

test('spectacles damp the brows and nothing else', () => {
  const weight = weightsOf({ browInnerUp: 1, jawOpen: 1 }, 0.3);
  expect(weight('browInnerUp')).toBeCloseTo(0.3);
  expect(weight('jawOpen')).toBe(1);
});

test("the portrait's own smile and brows give way to their opposites, and come back when nothing is asked", () => {
  const own = { smile: 0.6, frown: 0, brows: -0.4 };
  expect(weightsOf({}, 1, own)('mouthSmileLeft')).toBe(0);
  expect(weightsOf({}, 1, own)('browDownLeft')).toBe(0);
  expect(weightsOf({ mouthFrownLeft: 0.5, mouthFrownRight: 0.5 }, 1, own)('mouthSmileLeft')).toBeCloseTo(-0.6);
  expect(weightsOf({ mouthFrownLeft: 0.25 }, 1, own)('mouthSmileLeft')).toBeCloseTo(-0.3);
  expect(weightsOf({ mouthSmileLeft: 0.8 }, 1, own)('mouthSmileLeft')).toBeCloseTo(0.8);
  expect(weightsOf({ browInnerUp: 1 }, 1, own)('browDownRight')).toBeCloseTo(-0.4);
  expect(weightsOf({ browDownLeft: 1 }, 1, own)('browDownLeft')).toBe(1);
});

test('rubbish is no motion', () => {
  const weight = weightsOf({ jawOpen: NaN, mouthSmileLeft: 50, mouthFrownLeft: -50 });
  expect(weight('jawOpen')).toBe(0);
  expect(weight('mouthSmileLeft')).toBeCloseTo(1.1);
  expect(weight('mouthFrownLeft')).toBeCloseTo(-0.1);
});

test('a brow rises once, by whichever of its muscles, and little of a small raise is lost', () => {
  const weight = weightsOf({ browInnerUp: 1, browOuterUpLeft: 1, browOuterUpRight: 1 });
  expect(weight('browInnerUp')).toBeLessThan(0.8);
  expect(weight('browOuterUpLeft')).toBeLessThan(0.8);
  expect(weightsOf({ browInnerUp: 1 })('browInnerUp')).toBe(1);
  expect(weightsOf({ browInnerUp: 0.3, browOuterUpLeft: 0.3 })('browOuterUpLeft')).toBeGreaterThan(0.28);
});
