import { expect, test } from 'vitest';
import { ARKIT_DIMS, ARKIT_SHAPES, MOTION_DIMS, MOTION_INDEX, restMotion } from '../../src/media/motion-space.ts';

test('a motion frame is 52 named shapes and six head values, each name once', () => {
  expect(ARKIT_DIMS).toBe(52);
  expect(MOTION_DIMS).toBe(58);
  expect(new Set(ARKIT_SHAPES).size).toBe(52);
  expect(MOTION_INDEX.headYaw).toBe(52);
});

test('at rest every value is 0 but the distance ratio', () => {
  const rest = restMotion();
  expect(rest[MOTION_INDEX.headDistance]).toBe(1);
  expect(rest.reduce((sum, value) => sum + Math.abs(value), 0)).toBe(1);
});
