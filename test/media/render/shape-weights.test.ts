import { expect, test } from 'vitest';
import { ARKIT_DIMS, MOTION_INDEX, restMotion, type ArkitShape } from '../../../src/media/motion-space.ts';
import { shapeWeights } from '../../../src/media/render/shape-weights.ts';

function weightsOf(shapes: Partial<Record<ArkitShape, number>>, browFreedom = 1): (shape: ArkitShape) => number {
  const motion = restMotion();
  for (const [shape, value] of Object.entries(shapes)) motion[MOTION_INDEX[shape as ArkitShape]] = value;
  const weights = new Float32Array(ARKIT_DIMS);
  shapeWeights(motion, browFreedom, weights);
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

test('rubbish is no motion', () => {
  const weight = weightsOf({ jawOpen: NaN, mouthSmileLeft: 50, mouthFrownLeft: -50 });
  expect(weight('jawOpen')).toBe(0);
  expect(weight('mouthSmileLeft')).toBeCloseTo(1.1);
  expect(weight('mouthFrownLeft')).toBeCloseTo(-0.1);
});
