import { afterEach, expect, test, vi } from 'vitest';
import { MinuteStore } from '../../src/server/http/per-minute.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a minute is a minute, also when the wall clock is put back by an hour', () => {
  let nowMs = 0;
  const store = new MinuteStore(() => nowMs);
  expect([store.increment('a'), store.increment('a')].map(({ totalHits }) => totalHits)).toEqual([1, 2]);
  expect(store.increment('b').totalHits).toBe(1);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
  nowMs = 30_000;
  const { totalHits, resetTime } = store.increment('a');
  expect(totalHits).toBe(3);
  // What the answer's headers say.
  expect(((resetTime?.getTime() ?? 0) - Date.now()) / 1000).toBe(30);
  nowMs = 60_000;
  expect(store.increment('a').totalHits).toBe(1);
});
