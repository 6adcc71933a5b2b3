import { expect, test } from 'vitest';
import { loudnessSeries, pausesOf } from '../../../src/media/features/loudness.ts';

/** Spans of seconds with a tone, in so many seconds of silence. */
function sound(seconds: number, ...tones: readonly (readonly [number, number])[]): Float32Array {
  return Float32Array.from({ length: seconds * 16_000 }, (_, index) => {
    const s = index / 16_000;
    return tones.some(([start, end]) => s >= start && s < end) ? 0.3 * Math.sin(2 * Math.PI * 200 * s) : 0;
  });
}

test('loudnessSeries follows the sound at the rate that is asked for', () => {
  const series = loudnessSeries(sound(2, [1, 2]), 16_000, 25);
  expect(series).toHaveLength(50);
  expect(series[20]).toBe(0);
  expect(series[40]).toBeCloseTo(0.3 / Math.SQRT2, 2);
});

test('pausesOf finds where a mouth has reason to be closed', () => {
  const pauses = pausesOf(sound(5, [1, 2], [2.2, 3]), 16_000);
  expect(pauses).toHaveLength(2);
  expect(pauses[0]?.startUs).toBe(0);
  expect(pauses[0]?.endUs).toBeCloseTo(840_000, -5);
  expect(pauses[1]?.startUs).toBeCloseTo(3_360_000, -5);
  expect(pauses[1]?.endUs).toBe(5_000_000);
  expect(pausesOf(sound(1), 16_000)).toEqual([{ startUs: 0, endUs: 1_000_000 }]);
});
