import { createServer, type AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { PEER_SECRET, startSignaling } from '../support/signaling-process.ts';
import { openTestHost } from '../support/test-host.ts';
import { TestSocket } from '../support/test-socket.ts';

const HELLO = { type: 'hello', version: 1 };
const JOIN = { type: 'join', room: 'tea', portrait: 'astronaut', sdp: 'v=0\r\n' };

test('avatar processes join a signaling process of its own, share its rooms, and come back after it restarts', async () => {
  const first = await startSignaling();
  const environment = { VISAVIS_SIGNALING_URL: first.url, VISAVIS_PEER_SECRET: PEER_SECRET };
  await using a = await openTestHost(environment, 1);
  await using b = await openTestHost(environment, 1);
  const join = async (room: string): Promise<TestSocket> => {
    const socket = await TestSocket.open(first.url);
    socket.sendAll(HELLO, { ...JOIN, room });
    return socket;
  };
  const tea = await join('tea');
  const coffee = await join('coffee');
  await Promise.all([tea.next('answer'), coffee.next('answer')]);
  // One place each: the two rooms are on two processes, and a third is full.
  expect([a.peer.joins.length, b.peer.joins.length]).toEqual([1, 1]);
  await (await join('milk')).next('full');
  expect((await fetch(`${a.url}/readyz`)).status).toBe(200);

  first.child.kill('SIGKILL');
  await first.exited;
  await expect.poll(async () => (await fetch(`${a.url}/readyz`)).status, { timeout: 10_000 }).toBe(503);
  await startSignaling(first.port);
  await expect.poll(async () => (await fetch(`${a.url}/readyz`)).status, { timeout: 20_000 }).toBe(200);
}, 60_000);

test('SIGTERM closes every socket with a reason, and ends the process', async () => {
  const { url, child, exited } = await startSignaling();
  const socket = await TestSocket.open(url);
  child.kill('SIGTERM');
  expect(await socket.closed).toEqual({ code: 4503, reason: 'The server is stopping' });
  expect(await exited).toBe(0);
}, 30_000);

test('a process that would open rooms to the network does not start, and says what to set', async () => {
  await expect(startSignaling(0, { VISAVIS_SIGNALING_HOST: '0.0.0.0' })).rejects.toThrow('VISAVIS_TOKEN_SECRET');
}, 30_000);

test.each([
  ['no secret of avatar peers', { VISAVIS_PEER_SECRET: '' }],
  ['one that is too short', { VISAVIS_PEER_SECRET: 'change-me-between-peers' }],
])(
  'a process that is reached from the network does not start with %s',
  async (_, environment) => {
    const networked = { VISAVIS_SIGNALING_HOST: '0.0.0.0', VISAVIS_OPEN_ROOMS: 'true' };
    await expect(startSignaling(0, { ...networked, ...environment })).rejects.toThrow('VISAVIS_PEER_SECRET');
  },
  30_000,
);

test('a port in use ends the start at once, with one clear line', async () => {
  await using taken = createServer();
  await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
  const { port } = taken.address() as AddressInfo;
  const message = `"message":"Cannot listen on 127.0.0.1 port ${port}: another process uses this port"`;
  await expect(startSignaling(port)).rejects.toThrow(new RegExp(`^It ended with 1: [^\\n]*${message}\\}\\n$`));
}, 30_000);
