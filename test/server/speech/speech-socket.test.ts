import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { silentMeter } from '../../../src/base/meter.ts';
import { openOperatorKeys } from '../../../src/server/operator-keys.ts';
import { speechExtension } from '../../../src/server/speech-extension.ts';
import { openSpeechHost, type SpeechHost } from '../../support/speech-host.ts';

let folder: string;
let server: SpeechHost;
const sockets: { terminate(): void }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-socket-'));
  const keys = await openOperatorKeys(join(folder, 'keys.json'));
  const tools = { clock: systemClock, logger: silentLogger, meter: silentMeter };
  server = await openSpeechHost(speechExtension({ settings: [], keys, trustProxy: true, ...tools }));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** @returns a socket as it is seen through a proxy; that it is refused is no failure of the test. */
function visit(address: string): WebSocket {
  const url = `${server.url.replace('http', 'ws')}/api/v1/speech/socket`;
  const socket = new WebSocket(url, { headers: { 'x-forwarded-for': address } });
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** @returns the status of a refusal, or 101. */
function outcomeOf(socket: WebSocket): Promise<number | undefined> {
  return new Promise((resolve) => {
    socket.once('open', () => {
      resolve(101);
    });
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode);
    });
  });
}

async function enter(address: string, participantId: string, token: string): Promise<WebSocket> {
  const socket = visit(address);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'enter', participantId, token }));
  return socket;
}

/** @returns the type of the next message, or the code with which the socket is closed. */
function answerOf(socket: WebSocket): Promise<string | number> {
  return new Promise((resolve) => {
    socket.once('message', (bytes: Buffer) => {
      resolve((JSON.parse(bytes.toString()) as { type: string }).type);
    });
    socket.once('close', resolve);
  });
}

/** A peer that upgrades and then does nothing of what it should: it answers no close and keeps its half open. */
function rudePeer(address: string): Socket {
  const { port, host } = new URL(server.url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  sockets.push({ terminate: () => socket.destroy() });
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET /api/v1/speech/socket HTTP/1.1',
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `X-Forwarded-For: ${address}`,
      '\r\n',
    ].join('\r\n'),
  );
  return socket.resume();
}

test('two hundred sockets without a token from one address keep nobody else out', async () => {
  const { token } = await server.join('p1');
  const outcomes = await Promise.all(Array.from({ length: 201 }, () => outcomeOf(visit('203.0.113.7'))));
  expect(outcomes.filter((outcome) => outcome === 101)).toHaveLength(8);
  expect(outcomes.filter((outcome) => outcome === 429)).toHaveLength(193);
  expect(await answerOf(await enter('198.51.100.1', 'p1', token))).toBe('entered');
}, 30_000);

test('sockets with a token leave the places of strangers to others of their address', async () => {
  for (const name of ['p1', 'p2', 'p3']) {
    const { token } = await server.join(name);
    for (let count = 0; count < 4; count++)
      expect(await answerOf(await enter('203.0.113.7', name, token))).toBe('entered');
    expect(await answerOf(await enter('203.0.113.7', name, token))).toBe(4429);
  }
}, 30_000);

test('a socket ends with its participant', async () => {
  const { token } = await server.join('p1');
  const socket = await enter('203.0.113.7', 'p1', token);
  expect(await answerOf(socket)).toBe('entered');
  await server.leave('p1');
  expect(await answerOf(socket)).toBe(1000);
}, 30_000);

test('a refused peer that does not close its half is gone', async () => {
  await Promise.all(Array.from({ length: 8 }, () => outcomeOf(visit('203.0.113.7'))));
  const socket = rudePeer('203.0.113.7');
  // A connection that is gone answers what is still sent with a reset.
  const talk = setInterval(() => socket.write('x'), 50);
  await new Promise((closed) => socket.once('close', closed));
  clearInterval(talk);
}, 20_000);

// The library waits 30 s for the answer to a close: longer than this test does.
test('a peer that answers no close is gone soon', async () => {
  const socket = rudePeer('203.0.113.7');
  // A masked text frame that says nothing of use.
  socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]));
  await once(socket, 'end');
}, 20_000);

test('a peer that never says who it is gets closed', async () => {
  const socket = visit('203.0.113.7');
  await once(socket, 'open');
  expect(await answerOf(socket)).toBe(4401);
}, 20_000);
