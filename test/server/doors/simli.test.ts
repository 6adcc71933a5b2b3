import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { errorSchema } from '../../../protocol/error.ts';
import { openTestHost, type TestHost } from '../../support/test-host.ts';

let host: TestHost;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  host = await openTestHost({}, 4);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await host[Symbol.asyncDispose]();
});

const OFFER = JSON.stringify({ type: 'offer', sdp: 'v=0\r\n' });
const pcm = (ms: number): Buffer => Buffer.alloc(32 * ms, 1);

const token = (body: object = {}, headers: Record<string, string> = {}) =>
  fetch(`${host.url}/compose/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-simli-api-key': 'any', ...headers },
    body: JSON.stringify(body),
  });
const codeOf = async (response: Response) => [response.status, errorSchema.parse(await response.json()).error.code];

async function open(body: object = {}) {
  const { session_token } = (await (await token(body)).json()) as { session_token: string };
  return connect(session_token);
}
async function connect(sessionToken: string) {
  const url = `${host.url.replace('http', 'ws')}/compose/webrtc/p2p?session_token=${sessionToken}&enableSFU=true`;
  const socket = new WebSocket(url);
  sockets.push(socket);
  const heard: string[] = [];
  socket.on('message', (bytes: Buffer) => heard.push(bytes.toString()));
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const opened = await new Promise<boolean>((resolve) => {
    socket.once('open', () => {
      resolve(true);
    });
    socket.once('close', () => {
      resolve(false);
    });
  });
  return { socket, heard, closed, opened };
}

it('answers an offer, speaks what comes, and ends with DONE', async () => {
  const { socket, heard, closed } = await open({ faceId: 'astronaut', handleSilence: true, isJPG: false });
  socket.send(OFFER);
  await expect.poll(() => heard).toHaveLength(2);
  expect(JSON.parse(heard[0] ?? '')).toMatchObject({ type: 'answer' });
  expect(heard[1]).toBe('START');
  socket.send(pcm(100));
  await expect.poll(() => heard.slice(2), { timeout: 5000 }).toEqual(['ACK', 'SPEAK', 'SILENT']);
  socket.send('DONE');
  expect(await closed).toBe(1000);
  expect(heard.at(-1)).toBe('STOP');
  await expect.poll(() => host.peer.left).toHaveLength(1);
  await expect.poll(() => host.peer.watchers).toEqual([]);
});

it('SKIP and PLAY_IMMEDIATE forget what waits', async () => {
  const { socket, heard } = await open();
  socket.send(OFFER);
  await expect.poll(() => heard).toContain('START');
  socket.send(pcm(5000));
  await expect.poll(() => heard).toContain('SPEAK');
  socket.send('SKIP');
  await expect.poll(() => heard.at(-1)).toBe('SILENT');
  socket.send(pcm(5000));
  socket.send(Buffer.concat([Buffer.from('PLAY_IMMEDIATE'), pcm(60)]));
  await expect.poll(() => heard.filter((word) => word === 'SILENT').length, { timeout: 3000 }).toBe(3);
});

it('takes sound of every length, also less than a word that may stand before it', async () => {
  const { socket, heard } = await open();
  socket.send(OFFER);
  await expect.poll(() => heard).toContain('START');
  // Alone in what the socket reads, so that nothing lies in memory behind it.
  for (const bytes of [Buffer.of(1), Buffer.of(1, 2, 3), Buffer.from('PLAY_IMMEDIATE')]) {
    const before = heard.length;
    socket.send(bytes);
    await expect.poll(() => heard.slice(before)).toContain('ACK');
  }
});

it('ends the session when the socket breaks, and the same token opens another one', async () => {
  const { session_token } = (await (await token()).json()) as { session_token: string };
  const { socket, heard } = await connect(session_token);
  socket.send(OFFER);
  await expect.poll(() => heard).toContain('START');
  socket.terminate();
  await expect.poll(() => host.peer.left).toHaveLength(1);
  const again = await connect(session_token);
  again.socket.send(OFFER);
  await expect.poll(() => again.heard).toContain('START');
});

it('says ERROR to what it cannot read, and when every avatar is busy', async () => {
  const first = await open();
  first.socket.send('{"type":"offer"');
  await first.closed;
  expect(first.heard.join()).toMatch(/^ERROR: SDP_UNUSABLE /);
  for (let n = 0; n < 4; n++) (await open()).socket.send(OFFER);
  await expect.poll(() => host.peer.load.active).toBe(4);
  const busy = await open();
  await busy.closed;
  expect(busy.heard.join()).toMatch(/^ERROR: CAPACITY_FULL/);
});

it('asks for what is needed before it gives a token', async () => {
  expect(await codeOf(await token({ faceId: 'nobody' }))).toEqual([404, 'PORTRAIT_UNKNOWN']);
  expect(await codeOf(await token({ faceId: '../x' }))).toEqual([400, 'REQUEST_INVALID']);
  expect(await codeOf(await token({}, { origin: 'https://evil.example' }))).toEqual([403, 'SIGNALING_REFUSED']);
  expect((await connect('none')).opened).toBe(false);
  const ice = await fetch(`${host.url}/compose/ice`, { headers: { 'x-simli-api-key': 'any' } });
  expect(await ice.json()).toEqual([{ urls: ['stun:127.0.0.1:3478'] }]);
});
