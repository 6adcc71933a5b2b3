import { expect, test } from 'vitest';
import { monotonicUs } from '../../src/base/timeline.ts';
import { NewcomerPace } from '../../src/peer/newcomer-pace.ts';

const ms = (value: number): number => value * 1000;

/** A picture of an established call every 40 ms. @returns the newcomers' interval in ms after each. */
function watch(pace: NewcomerPace, fromMs: number, forMs: number, tookMs: number): number[] {
  const intervals: number[] = [];
  for (let atMs = fromMs; atMs < fromMs + forMs; atMs += 40) {
    pace.observe(ms(tookMs), monotonicUs(ms(atMs)));
    intervals.push(pace.intervalUs / 1000);
  }
  return intervals;
}

test('holds newcomers back step by step while pictures wait, and lets go when none has waited for a while', () => {
  const pace = new NewcomerPace();
  expect(new Set(watch(pace, 0, 1000, 15))).toEqual(new Set([0]));
  expect([...new Set(watch(pace, 1000, 1000, 100))]).toEqual([80, 160, 320]);
  expect([...new Set(watch(pace, 2000, 10_000, 15))]).toEqual([320, 160, 80, 0]);
});

test('one picture that waits holds them back for two seconds', () => {
  const pace = new NewcomerPace();
  watch(pace, 0, 40, 100);
  expect(watch(pace, 40, 1900, 15).at(-1)).toBe(80);
  expect(watch(pace, 1940, 200, 15).at(-1)).toBe(0);
});

test('lets go at once when no call is established any more', () => {
  const pace = new NewcomerPace();
  expect(pace.release()).toBe(false);
  watch(pace, 0, 1000, 100);
  expect(pace.release()).toBe(true);
  expect(pace.intervalUs).toBe(0);
});
