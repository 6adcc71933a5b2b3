import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, expect, test, vi } from 'vitest';
import { MinuteStore, perMinute } from '../../src/server/http/per-minute.ts';

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

test('a request may pass several limits, each of which counts it once', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const app = express()
    .use(perMinute(10, false, 'Too many'))
    .use(perMinute(2, false, 'Too many of these'));
  app.use((_request, response) => {
    response.end('here');
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const statuses: number[] = [];
  for (let request = 0; request < 3; request++) statuses.push((await fetch(url)).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect(complaints).not.toHaveBeenCalled();
  complaints.mockRestore();
  server.closeAllConnections();
  server.close();
});
