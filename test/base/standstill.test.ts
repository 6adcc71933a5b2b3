import { expect, it } from 'vitest';
import { Standstill } from '../../src/base/standstill.ts';
import { monotonicUs } from '../../src/base/timeline.ts';

it('is what calls are late, once they are later than a busy process makes them', () => {
  const standstill = new Standstill(1000, monotonicUs(50_000));
  const times = [51_000, 53_000, 54_500, 64_500, 65_500];
  expect(times.map((time) => standstill.take(monotonicUs(time)))).toEqual([0, 0, 0, 9000, 0]);
});

it('is noticed also before the first call', () => {
  const standstill = new Standstill(1000, monotonicUs(50_000));
  expect([60_500, 61_500].map((time) => standstill.take(monotonicUs(time)))).toEqual([9500, 0]);
});
