import { afterEach, describe, expect, test } from 'vitest';

import { successorOf } from '../../src/server/http/legacy.ts';
import { openTestHost, type TestHost } from '../support/test-host.ts';
import { TestSocket } from '../support/test-socket.ts';

const open: TestHost[] = [];
afterEach(async () => {
  for (const host of open.splice(0)) await host[Symbol.asyncDispose]();
});

test.each([
  ['/api/portraits?all=true', '/api/v1/portraits?all=true'],
  ['/api/sessions', '/api/v1/participants'],
  ['/api/sessions/p1', '/api/v1/participants/p1'],
  ['/api/sessionsx', '/api/v1/sessionsx'],
])('%s is followed by %s', (path, successor) => {
  expect(successorOf(path)).toBe(successor);
});

test.each(['/api/v1/sessions', '/api', '/healthz', '/whep/api/x'])('%s has no successor', (path) => {
  expect(successorOf(path)).toBeUndefined();
});

describe('the paths of version 0.1.0', () => {
  test('answer as before, and say that they are deprecated', async () => {
    const host = await openTestHost();
    open.push(host);
    const before = await fetch(`${host.url}/api/portraits`);
    const after = await fetch(`${host.url}/api/v1/portraits`);
    expect(before.headers.get('deprecation')).toMatch(/^@\d+$/);
    expect(before.headers.get('link')).toBe('</api/v1/portraits>; rel="successor-version"');
    expect(after.headers.get('deprecation')).toBeNull();
    expect(await before.json()).toEqual(await after.json());
    expect(await (await fetch(`${host.url}/api/sessions`)).json()).toEqual({ sessions: [] });
    expect(await (await fetch(`${host.url}/api/v1/participants`)).json()).toEqual({ participants: [] });
  });
});

test('an unknown WebSocket path is refused', async () => {
  const host = await openTestHost();
  open.push(host);
  await expect(TestSocket.open(`${host.url.replace('http', 'ws')}/other`)).rejects.toThrow('404');
});
