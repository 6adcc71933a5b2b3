import { expect, it } from 'vitest';
import { SessionQuota } from '../../../src/server/doors/session-limits.ts';

it('SessionQuota lends out the minutes of a day, takes back what was not used, and begins anew the next day', () => {
  let now = Date.parse('2026-01-01T10:00:00Z');
  const quota = new SessionQuota(10, () => new Date(now));
  const first = quota.take('a', 480);
  expect(first.lifetimeS).toBe(480);
  const second = quota.take('a', 480);
  expect(second.lifetimeS).toBe(120);
  expect(() => quota.take('a', 480)).toThrow(/its 10 minutes of today/);
  expect(quota.take('b', 480).lifetimeS).toBe(480);
  now += 60_000;
  first.giveBack();
  expect(quota.take('a', 3600).lifetimeS).toBe(420);
  now += 86_400_000;
  const next = quota.take('a', 3600);
  expect(next.lifetimeS).toBe(600);
  // Of yesterday: nothing to give back today.
  second.giveBack();
  expect(() => quota.take('a', 480)).toThrow(/of today/);
});

it('SessionQuota without a limit lends what is asked for', () => {
  const quota = new SessionQuota(0, () => new Date());
  expect(quota.take('a', 86_400).lifetimeS).toBe(86_400);
  expect(quota.take('a', 86_400).lifetimeS).toBe(86_400);
});
