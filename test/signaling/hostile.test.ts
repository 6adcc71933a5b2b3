import { connect } from 'node:net';

import { expect, test } from 'vitest';

import { HOSTILE_REQUESTS, sendHostile, type Departure } from '../../bench/support/visitor/hostile-requests.ts';
import { startSignaling } from '../support/signaling-process.ts';
import { openTestHost } from '../support/test-host.ts';
import { TestSocket } from '../support/test-socket.ts';

const DEPARTURES: readonly Departure[] = ['resets at once', 'resets at the answer', 'half closes'];

async function attack(port: number): Promise<void> {
  for (const departure of DEPARTURES) {
    await Promise.all(HOSTILE_REQUESTS.map(([, head]) => sendHostile(port, head, departure)));
  }
}

test('the signaling process survives every request that a stranger can send, and a bystander never notices', async () => {
  const { url, port, child } = await startSignaling();
  const bystander = await TestSocket.open(url);
  bystander.send({ type: 'hello', version: 1 });
  await bystander.next('welcome');
  await attack(port);
  expect(child.exitCode).toBeNull();
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  bystander.send({ type: 'heartbeat' });
  await bystander.next('heartbeat');
}, 60_000);

test('so does the process that serves pages: an error nobody hears would fail this test', async () => {
  await using host = await openTestHost();
  await attack(Number(new URL(host.url).port));
  expect((await fetch(`${host.url}/healthz`)).status).toBe(200);
}, 60_000);

test.each(['/other', '/signaling'])(
  'a refused upgrade of %s does not stay half open',
  async (path) => {
    await using host = await openTestHost();
    const socket = connect({ port: Number(new URL(host.url).port), host: '127.0.0.1', allowHalfOpen: true });
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
    socket.write(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
    let answer = '';
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString();
    });
    // This side never says goodbye. Once the other side has let go, it answers whatever is sent with a reset.
    const broken = new Promise<string | undefined>((failed) => {
      socket.on('error', (error: NodeJS.ErrnoException) => {
        failed(error.code);
      });
    });
    await new Promise((ended) => socket.once('end', ended));
    expect(answer).toMatch(/^HTTP\/1\.1 40[34] /);
    const speak = setInterval(() => socket.write('x'), 20);
    expect(['ECONNRESET', 'EPIPE']).toContain(await broken);
    clearInterval(speak);
  },
  10_000,
);
