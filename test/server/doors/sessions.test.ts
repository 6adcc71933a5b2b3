import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { errorSchema } from '../../../protocol/error.ts';
import { sessionSchema, sessionStateSchema, type SessionReply } from '../../../protocol/session.ts';
import { speakEventSchema, type SpeakEvent } from '../../../protocol/speak.ts';
import { openTestHost, type TestHost } from '../../support/test-host.ts';

const hosts: TestHost[] = [];
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const host of hosts.splice(0)) await host[Symbol.asyncDispose]();
});

async function open(environment: Record<string, string> = {}, capacity = 4): Promise<TestHost> {
  const host = await openTestHost(environment, capacity);
  hosts.push(host);
  return host;
}

const post = (host: TestHost, body: object = {}, headers: Record<string, string> = {}) =>
  fetch(`${host.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const create = async (host: TestHost, body: object = {}): Promise<SessionReply> =>
  sessionSchema.parse(await (await post(host, body)).json());
const codeOf = async (response: Response) => [response.status, errorSchema.parse(await response.json()).error.code];
const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

/** A program at the speak socket. */
async function speak(session: SessionReply, url = session.speakUrl) {
  const socket = new WebSocket(url);
  sockets.push(socket);
  const events: SpeakEvent[] = [];
  socket.on('message', (bytes: Buffer) => events.push(speakEventSchema.parse(JSON.parse(bytes.toString()))));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  const refused = await new Promise<number | undefined>((resolve) => {
    socket.once('open', () => {
      resolve(undefined);
    });
    socket.once('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      resolve(statusCode);
    });
  });
  const until = (type: SpeakEvent['type']) =>
    expect.poll(() => events.find((event) => event.type === type), { interval: 5, timeout: 5000 }).toBeTruthy();
  return { socket, events, closed, refused, until };
}

const pcm = (ms: number, rateHz = 24_000) => Buffer.alloc((2 * ms * rateHz) / 1000, 1);

describe('sessions of programs', () => {
  it('opens a session, speaks a turn, tells its state, and ends it', async () => {
    const host = await open();
    const response = await post(host, { portrait: 'astronaut', sampleRateHz: 16_000, unknown: 'ignored' });
    expect(response.status).toBe(201);
    const session = sessionSchema.parse(await response.json());
    expect(session.whepUrl.startsWith(`${host.url}/whep/${session.id}?token=`)).toBe(true);
    expect(Date.parse(session.expiresAt) - Date.now()).toBeGreaterThan(3_590_000);

    const { socket, events, closed, until } = await speak(session);
    await until('ready');
    expect(events[0]).toEqual({ type: 'ready', sessionId: session.id, sampleRateHz: 16_000, queueMs: 60_000 });
    socket.send(pcm(150, 16_000));
    socket.send(JSON.stringify({ type: 'end' }));
    const state = async () => fetch(`${host.url}/api/v1/sessions/${session.id}`, withToken(session.token));
    await until('started');
    expect(sessionStateSchema.parse(await (await state()).json())).toMatchObject({
      portrait: 'astronaut',
      speaking: true,
    });
    await until('finished');
    expect(events.at(-1)).toEqual({ type: 'finished', turn: 1, playedMs: 150 });

    const address = `${host.url}/api/v1/sessions/${session.id}`;
    expect((await fetch(address, { method: 'DELETE', ...withToken(session.token) })).status).toBe(204);
    expect(await closed).toBe(4404);
    expect(host.peer.left).toEqual([session.id]);
    expect(await codeOf(await state())).toEqual([401, 'TOKEN_INVALID']);
  });

  it('clear is answered with what was heard, and nothing more is spoken', async () => {
    const host = await open();
    const session = await create(host);
    const { socket, events, until } = await speak(session);
    socket.send(pcm(10_000));
    await until('started');
    await new Promise((later) => setTimeout(later, 200));
    socket.send(JSON.stringify({ type: 'clear' }));
    await until('cleared');
    const cleared = events.find((event) => event.type === 'cleared');
    expect(cleared).toMatchObject({ turn: 1 });
    expect(cleared?.playedMs).toBeGreaterThan(150);
    expect(cleared?.playedMs).toBeLessThan(1000);
  });

  it('a clear by POST overtakes minutes of sound that the socket holds back', async () => {
    const host = await open();
    const session = await create(host, { sampleRateHz: 8000 });
    const { socket, events, until } = await speak(session);
    for (let s = 0; s < 200; s++) socket.send(pcm(1000, 8000));
    await until('flow');
    const clear = JSON.stringify({ type: 'clear', id: 'now' });
    socket.send(clear);
    socket.send(pcm(40, 8000));
    socket.send(JSON.stringify({ type: 'end' }));
    const headers = { 'content-type': 'application/json' };
    const address = session.speakUrl.replace(/^ws/, 'http');
    expect((await fetch(address, { method: 'POST', headers, body: clear })).status).toBe(204);
    await until('finished');
    expect(events.filter(({ type }) => type === 'cleared')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'finished', turn: 2, playedMs: 40 });

    const wrongToken = address.replace(/token=.*/, `token=${session.token}`);
    const refused = await fetch(wrongToken, { method: 'POST', headers, body: clear });
    expect(await codeOf(refused)).toEqual([401, 'TOKEN_INVALID']);
    expect(await codeOf(await fetch(address, { method: 'POST', headers, body: '{}' }))).toEqual([
      400,
      'REQUEST_INVALID',
    ]);
  });

  it('sends a session to another server, and tells how that goes', async () => {
    const host = await open({ VISAVIS_PUSH_HOSTS: '127.0.0.1' });
    const publish = { whipUrl: `${host.url}/whip/stage`, bearer: 'any' };
    const session = await create(host, { publish });
    const { events } = await speak(session);
    const state = async () =>
      (await fetch(`${host.url}/api/v1/sessions/${session.id}`, withToken(session.token))).json();
    await expect.poll(state).toMatchObject({ publish: { state: 'live', attempts: 1 } });
    await expect.poll(() => events.at(-1)).toEqual({ type: 'publish', state: 'live', attempts: 1 });
    expect(host.peer.joins.at(-1)).toMatchObject({ roomId: 'stage', role: 'publisher' });
    await fetch(`${host.url}/api/v1/sessions/${session.id}`, { method: 'DELETE', ...withToken(session.token) });
    await expect.poll(() => host.peer.left).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ state: 'live' });
  });

  it.each([
    ['https://127.0.0.1/whip', 403, 'TARGET_REFUSED'],
    ['http://live.example/whip', 403, 'TARGET_REFUSED'],
    ['file:///etc/passwd', 400, 'REQUEST_INVALID'],
  ])('sends no session to %s', async (whipUrl, ...expected) => {
    const host = await open();
    expect(await codeOf(await post(host, { publish: { whipUrl } }))).toEqual(expected);
    expect(host.peer.joins).toEqual([]);
  });

  it('reads no faster than it speaks once a minute waits, and loses nothing', async () => {
    const host = await open();
    const session = await create(host, { sampleRateHz: 8000 });
    const { socket, events, until } = await speak(session);
    for (let s = 0; s < 200; s++) socket.send(pcm(1000, 8000));
    await until('flow');
    const state = async () =>
      sessionStateSchema.parse(
        await (await fetch(`${host.url}/api/v1/sessions/${session.id}`, withToken(session.token))).json(),
      );
    await new Promise((later) => setTimeout(later, 100));
    const { queuedMs } = await state();
    // ws may have some more messages in its hands when it stops to read.
    expect(queuedMs).toBeGreaterThan(59_000);
    expect(queuedMs).toBeLessThan(66_000);
    expect(events.filter(({ type }) => type === 'error')).toEqual([]);
    expect(socket.readyState).toBe(socket.OPEN);
  });

  it('passes controls of the avatar on, and answers what it cannot read', async () => {
    const host = await open();
    const session = await create(host);
    const { socket, events, until } = await speak(session);
    const outlet = host.peer.outlet(session.id);
    socket.send(JSON.stringify({ type: 'emotion', name: 'happy', strength: 0.5 }));
    await expect.poll(() => outlet?.controls).toEqual([{ type: 'emotion', name: 'happy', strength: 0.5 }]);
    const wrong = ['{', '[]', '{"type":"dance"}', '{"type":"mute","active":true}', JSON.stringify('x'.repeat(5000))];
    for (const text of wrong) socket.send(text);
    await until('error');
    await expect.poll(() => events.filter(({ type }) => type === 'error').length).toBe(wrong.length);
    const codes = events.flatMap((event) => (event.type === 'error' ? [event.code] : []));
    expect(codes).toEqual(
      ['INVALID', 'INVALID', 'UNKNOWN', 'UNKNOWN', 'INVALID'].map((problem) => `MESSAGE_${problem}`),
    );
    socket.send(pcm(100));
    await until('started');
  });

  it('a message of 10 MB closes the socket with 1009, and the session lives on', async () => {
    const host = await open();
    const session = await create(host);
    const first = await speak(session);
    first.socket.send(Buffer.alloc(10_000_000));
    expect(await first.closed).toBe(1009);
    const second = await speak(session);
    second.socket.send(pcm(100));
    await second.until('started');
  });

  it('a flood of text messages closes the socket with 4429', async () => {
    const host = await open();
    const session = await create(host);
    const { socket, closed } = await speak(session);
    for (let message = 0; message < 100; message++) socket.send('{"type":"clear"}');
    expect(await closed).toBe(4429);
    expect((await speak(session)).refused).toBeUndefined();
  });

  it('of two speakers the later one has the word', async () => {
    const host = await open();
    const session = await create(host);
    const first = await speak(session);
    first.socket.send(pcm(2000));
    await first.until('started');
    const second = await speak(session);
    expect(await first.closed).toBe(4409);
    // What the first one said is still being spoken.
    second.socket.send(JSON.stringify({ type: 'clear' }));
    await second.until('cleared');
    expect(second.events.find((event) => event.type === 'cleared')).toMatchObject({ turn: 1 });
  });

  it('takes neither the token of another session, nor that of another verb, nor none', async () => {
    const host = await open();
    const [mine, other] = [await create(host), await create(host)];
    const tokenOf = (url: string) => new URL(url).searchParams.get('token') ?? '';
    const speakToken = tokenOf(mine.speakUrl);
    for (const token of [tokenOf(other.speakUrl), mine.token, tokenOf(mine.whepUrl), '', 'x']) {
      const url = new URL(mine.speakUrl);
      url.searchParams.set('token', token);
      expect((await speak(mine, url.toString())).refused).toBe(401);
    }
    const address = `${host.url}/api/v1/sessions/${mine.id}`;
    for (const token of [other.token, speakToken, '']) {
      expect(await codeOf(await fetch(address, withToken(token)))).toEqual([401, 'TOKEN_INVALID']);
      expect((await fetch(address, { method: 'DELETE', ...withToken(token) })).status).toBe(401);
    }
    expect((await fetch(address, withToken(mine.token))).status).toBe(200);
  });

  it('refuses what it cannot open, each with its code', async () => {
    const host = await open({}, 1);
    for (const body of [{ sampleRateHz: 7999 }, { sampleRateHz: 24_000.5 }, { portrait: '../x' }, { lifetimeS: 0 }]) {
      expect(await codeOf(await post(host, body))).toEqual([400, 'REQUEST_INVALID']);
    }
    expect(await codeOf(await post(host, { portrait: 'nobody' }))).toEqual([404, 'PORTRAIT_UNKNOWN']);
    await create(host);
    const full = await post(host);
    expect(full.headers.get('retry-after')).toBe('5');
    expect(await codeOf(full)).toEqual([503, 'CAPACITY_FULL']);
  });

  it('keeps one address from taking every avatar', async () => {
    const host = await open({}, 20);
    for (let n = 0; n < 8; n++) await create(host);
    expect(await codeOf(await post(host))).toEqual([429, 'SESSIONS_TOO_MANY']);
  });

  it('where rooms need an invitation, so does a session', async () => {
    const host = await open({
      VISAVIS_TOKEN_SECRET: '0123456789abcdef'.repeat(2),
      VISAVIS_OPERATOR_KEY: 'operator'.repeat(4),
    });
    expect(await codeOf(await post(host))).toEqual([401, 'TOKEN_INVALID']);
    expect((await post(host, {}, { authorization: `Bearer ${'operator'.repeat(4)}` })).status).toBe(201);
  });

  it('a server that stops closes the sockets of programs, also one that it does not read', async () => {
    const host = await open();
    const [idle, full] = [await speak(await create(host)), await speak(await create(host, { sampleRateHz: 8000 }))];
    for (let s = 0; s < 100; s++) full.socket.send(pcm(1000, 8000));
    await full.until('flow');
    const before = performance.now();
    await host.host.close();
    expect(performance.now() - before).toBeLessThan(2000);
    expect([1001, 1006]).toContain(await idle.closed);
  });

  it('opens no session for a foreign page, which a browser would let ask with an empty body', async () => {
    const host = await open({ VISAVIS_ALLOWED_ORIGINS: 'https://studio.example' });
    const ask = (origin: string) => fetch(`${host.url}/api/v1/sessions`, { method: 'POST', headers: { origin } });
    expect(await codeOf(await ask('https://evil.example'))).toEqual([403, 'SIGNALING_REFUSED']);
    expect(host.peer.joins).toEqual([]);
    expect((await ask('https://studio.example')).status).toBe(201);
  });

  it('ends when the portrait is withdrawn, and when its time is over', async () => {
    const host = await open();
    const session = await create(host);
    const { closed } = await speak(session);
    host.peer.endPortrait('astronaut', 'withdrawn');
    expect(await closed).toBe(4404);
    expect((await post(host, { lifetimeS: 9 })).status).toBe(400);
  });
});
