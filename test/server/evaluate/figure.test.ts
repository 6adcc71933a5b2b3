import { expect, test } from 'vitest';
import { isReached, tableOf } from '../../../src/server/evaluate/figure.ts';
import { musicSound, noiseSound, voiceSound } from '../../../src/server/evaluate/test-sounds.ts';

test.each([
  [0.95, { atLeast: 0.95 }, true],
  [0.94, { atLeast: 0.95 }, false],
  [2.01, { atMost: 2 }, false],
  [0.3, { between: [0.25, 0.4] as const }, true],
  [0.2, { between: [0.25, 0.4] as const }, false],
  [Number.NaN, { atLeast: 0 }, false],
])('%d against %j', (value, goal, reached) => {
  expect(isReached(value, goal)).toBe(reached);
});

test('figures are a table with their goals', () => {
  const table = tableOf([
    { on: 'a.wav', what: 'blinks', value: 0.3123, unit: '/s', goal: { between: [0.25, 0.4] } },
    { on: 'a.wav', what: 'head spread', value: 12.34, unit: 'deg' },
  ]);
  expect(table.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['on', 'what', 'figure', 'goal', 'reached'],
    ['a.wav', 'blinks', '0.312 /s', '0.25 .. 0.4', 'yes'],
    ['a.wav', 'head spread', '12.3 deg'],
  ]);
});

test.each([
  ['noise', noiseSound],
  ['music', musicSound],
  ['voice', voiceSound],
])('the built-in %s is the same each time, and neither silent nor clipped', (_, make) => {
  const sound = make(2);
  expect(make(2)).toEqual(sound);
  const peak = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(peak).toBeGreaterThan(0.01);
  expect(peak).toBeLessThan(1);
});
