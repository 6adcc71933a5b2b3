import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { participantsSchema } from '../../protocol/http.ts';
import { fakeEnroller, openTestHost, type TestHost } from '../support/test-host.ts';
import { TestSocket } from '../support/test-socket.ts';

const OWNER = { 'x-visavis-owner': 'owner-key-of-a-browser' };
const STRANGER = { 'x-visavis-owner': 'another-browsers-key' };
const OPERATOR_KEY = 'operator-key-of-16-and-more';
const TOKEN_SECRET = 'a secret of thirty-two characters or more';
const OPERATOR = { authorization: `Bearer ${OPERATOR_KEY}` };
const CONSENT = 'name=Me&consent=I%20am%20the%20person%20shown';
const open: TestHost[] = [];

afterEach(async () => {
  for (const host of open.splice(0)) await host[Symbol.asyncDispose]();
});

async function serve(environment: Record<string, string> = {}, capacity?: number): Promise<TestHost> {
  const host = await openTestHost(environment, capacity);
  open.push(host);
  return host;
}

async function upload(url: string, image: string, query = CONSENT, headers: object = OWNER): Promise<Response> {
  return fetch(`${url}/api/v1/portraits?${query}`, {
    method: 'POST',
    body: image,
    headers: { 'content-type': 'image/jpeg', ...headers },
  });
}

async function idsSeenBy(url: string, headers: Record<string, string>, query = ''): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/portraits${query}`, { headers });
  return ((await response.json()) as { portraits: { id: string }[] }).portraits.map(({ id }) => id);
}

async function errorOf(response: Response): Promise<unknown> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

/** `fetch` says who it asks by itself; this says what a browser would say whose name was pointed here. */
function ask(url: string, path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((answered, failed) => {
    const asking = request(`${url}${path}`, { method, headers }, (response) => {
      response.resume();
      answered(response.statusCode ?? 0);
    });
    asking.on('error', failed);
    asking.end();
  });
}

async function call(url: string, portrait: string, room = 'tea', owner?: string): Promise<TestSocket> {
  const socket = await TestSocket.open(`${url.replace('http', 'ws')}/signaling`);
  socket.sendAll({ type: 'hello', version: 1 }, { type: 'join', room, portrait, owner, sdp: 'v=0\r\n' });
  return socket;
}

describe('portraits', () => {
  test('an upload is enrolled, listed to its owner alone, usable in a call, and gone when deleted', async () => {
    const { url, peer } = await serve();
    const response = await upload(url, 'my face');
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { id: string };
    expect(await idsSeenBy(url, OWNER)).toEqual(['astronaut', id]);
    expect(await idsSeenBy(url, STRANGER)).toEqual(['astronaut']);
    const thumbnail = await fetch(`${url}/api/v1/portraits/${id}/thumbnail`);
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
    const socket = await call(url, id, 'tea', OWNER['x-visavis-owner']);
    await socket.next('answer');
    expect(peer.joins[0]?.portraitId).toBe(id);
    socket.close();
    const byStranger = await fetch(`${url}/api/v1/portraits/${id}`, { method: 'DELETE', headers: STRANGER });
    // On loopback without an operator key whoever asks is the operator; see the test with a key below.
    expect([204, 403]).toContain(byStranger.status);
    expect(await idsSeenBy(url, OWNER)).toEqual(['astronaut']);
    expect((await fetch(`${url}/api/v1/portraits/${id}/thumbnail`)).status).toBe(404);
  });

  test('with an operator key a stranger cannot delete, list all, see sessions or block', async () => {
    const { url } = await serve({ VISAVIS_OPERATOR_KEY: OPERATOR_KEY });
    const { id } = (await (await upload(url, 'my face')).json()) as { id: string };
    const refused = await Promise.all([
      fetch(`${url}/api/v1/portraits/${id}`, { method: 'DELETE', headers: STRANGER }),
      fetch(`${url}/api/v1/portraits?all=true`, { headers: STRANGER }),
      fetch(`${url}/api/v1/participants`),
      fetch(`${url}/api/v1/blocks`, { method: 'POST', body: '{}' }),
      fetch(`${url}/api/v1/participants`, { headers: { authorization: 'Bearer operator-key-of-16-and-mora' } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(await idsSeenBy(url, OPERATOR, '?all=true')).toEqual(['astronaut', id]);
    expect((await fetch(`${url}/api/v1/portraits/${id}`, { method: 'DELETE', headers: OWNER })).status).toBe(204);
  });

  test('nobody wears an uploaded face, or sees its picture, but the browser that uploaded it', async () => {
    const { url, peer } = await serve({ VISAVIS_OPERATOR_KEY: OPERATOR_KEY });
    const { id } = (await (await upload(url, 'my face')).json()) as { id: string };
    for (const owner of [undefined, STRANGER['x-visavis-owner']]) {
      const stranger = await call(url, id, 'tea', owner);
      expect(await stranger.next('error')).toMatchObject({ code: 'PORTRAIT_PRIVATE' });
    }
    expect(peer.joins).toEqual([]);
    const thumbnail = `${url}/api/v1/portraits/${id}/thumbnail`;
    const seen = [{}, STRANGER, OWNER, OPERATOR].map(async (headers) => (await fetch(thumbnail, { headers })).status);
    expect(await Promise.all(seen)).toEqual([403, 403, 200, 200]);
    expect((await fetch(`${url}/api/v1/portraits/astronaut/thumbnail`)).status).toBe(200);
  });

  test('everybody may use one whose consent says that it is public', async () => {
    const { url } = await serve({ VISAVIS_OPERATOR_KEY: OPERATOR_KEY });
    const { id } = (await (await upload(url, 'a face', `${CONSENT}&scope=public`)).json()) as { id: string };
    const stranger = await call(url, id, 'tea', STRANGER['x-visavis-owner']);
    await stranger.next('answer');
    expect((await fetch(`${url}/api/v1/portraits/${id}/thumbnail`)).status).toBe(200);
    expect(await idsSeenBy(url, STRANGER)).toEqual(['astronaut']);
  });

  test('whoever is in the room hears of an alias, not of the portrait’s id or its owner’s key', async () => {
    const { url, peer } = await serve();
    const { id } = (await (await upload(url, 'my face')).json()) as { id: string };
    const witness = await call(url, 'astronaut');
    await witness.next('answer');
    const mine = await call(url, id, 'tea', OWNER['x-visavis-owner']);
    await mine.next('answer');
    const heard = JSON.stringify([await witness.next('joined'), await witness.next('roster')]);
    expect(heard).toContain('"portrait":"face-2"');
    expect(heard).not.toContain(id);
    expect(heard).not.toContain(OWNER['x-visavis-owner']);
    expect(peer.joins[1]).toMatchObject({ portraitId: id, portraitAlias: 'face-2' });
  });

  test('the one that came with the program cannot be deleted', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/api/v1/portraits/astronaut`, { method: 'DELETE', headers: OWNER });
    expect(response.status).toBe(403);
  });

  test('consent, time and hash of each enrolment are in the audit log, which only grows', async () => {
    const { url, folder } = await serve();
    const { id } = (await (await upload(url, 'my face')).json()) as { id: string };
    await fetch(`${url}/api/v1/portraits/${id}`, { method: 'DELETE', headers: OWNER });
    const lines = (await readFile(join(folder, 'var', 'audit.log'), 'utf8')).trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.map(({ event, portraitId }) => [event, portraitId])).toEqual([
      ['enrolled', 'astronaut'],
      ['enrolled', id],
      ['deleted', id],
    ]);
    expect(entries[1]).toMatchObject({ consent: 'live-call: I am the person shown' });
    expect(entries[1]?.['portraitSha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('are there again after a restart, without enrolling the program’s own anew', async () => {
    const first = await serve();
    const { id } = (await (await upload(first.url, 'my face')).json()) as { id: string };
    await first.host.close();
    const second = await openTestHost({}, 2, first.folder);
    expect(await idsSeenBy(second.url, OWNER)).toEqual(['astronaut', id]);
    const lines = (await readFile(join(first.folder, 'var', 'audit.log'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2);
    await second[Symbol.asyncDispose]();
  });
});

describe('the kill switch', () => {
  test('ends the sessions of a portrait, blocks its picture for good, and spares the others', async () => {
    const { url } = await serve();
    const { id } = (await (await upload(url, 'my face')).json()) as { id: string };
    const mine = await call(url, id, 'tea', OWNER['x-visavis-owner']);
    const other = await call(url, 'astronaut', 'coffee');
    await Promise.all([mine.next('answer'), other.next('answer')]);
    const body = JSON.stringify({ portraitId: id, reason: 'asked by the person shown' });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/api/v1/blocks`, { method: 'POST', body, headers });
    const { sha256, sessionsEnded } = (await response.json()) as { sha256: string; sessionsEnded: number };
    expect(sessionsEnded).toBe(1);
    expect(await mine.next('error')).toMatchObject({ code: 'PORTRAIT_BLOCKED' });
    expect(other.heard('error')).toEqual([]);
    expect(await errorOf(await upload(url, 'my face'))).toBe('PORTRAIT_BLOCKED');
    const again = await call(url, id);
    expect(await again.next('error')).toMatchObject({ code: 'PORTRAIT_BLOCKED' });
    expect((await fetch(`${url}/api/v1/blocks/${sha256}`, { method: 'DELETE' })).status).toBe(204);
    expect((await upload(url, 'my face')).status).toBe(201);
  });
});

describe('bad input', () => {
  test.each([
    ['a cat', 'cat', CONSENT, OWNER, 422, 'FACE_NOT_FOUND'],
    ['nothing', '', CONSENT, OWNER, 415, 'IMAGE_UNREADABLE'],
    ['no consent', 'face', 'name=x', OWNER, 422, 'CONSENT_MISSING'],
    ['no owner', 'face', CONSENT, {}, 401, 'TOKEN_INVALID'],
    ['a weak owner key', 'face', CONSENT, { 'x-visavis-owner': 'x' }, 401, 'TOKEN_INVALID'],
    ['20 MB', 'x'.repeat(20_000_001), CONSENT, OWNER, 413, 'IMAGE_TOO_LARGE'],
  ])('an upload of %s gets a clear answer', async (_, image, query, headers, status, code) => {
    const { url } = await serve();
    const response = await upload(url, image, query, headers);
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toBe(code);
  });

  test('a flood of uploads is slowed, other routes answer', async () => {
    const { url } = await serve();
    const statuses: number[] = [];
    for (let tries = 0; tries < 25; tries++) statuses.push((await upload(url, 'cat')).status);
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(422));
    expect(statuses.slice(20)).toEqual(Array(5).fill(429));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test.each([
    ['/api/v1/portraits/..%2f..%2fetc%2fpasswd/thumbnail', 404],
    ['/api/nothing', 404],
    ['/nothing', 404],
    ['/%E0%A4%A', 404],
  ])('%s is %i', async (path, status) => {
    const { url } = await serve();
    expect((await fetch(`${url}${path}`)).status).toBe(status);
  });

  test('JSON that is none is refused', async () => {
    const { url } = await serve();
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/api/v1/blocks`, { method: 'POST', body: '{', headers });
    expect(response.status).toBe(400);
  });

  test('an offer that cannot be used ends in an error, and the place is free again', async () => {
    const { url } = await serve({}, 1);
    const socket = await call(url, 'astronaut');
    await socket.next('answer');
    socket.send({ type: 'leave' });
    socket.send({ type: 'join', room: 'tea', portrait: 'astronaut', sdp: 'v=0\r\nm=unusable\r\n' });
    expect(await socket.next('error')).toMatchObject({ code: 'SDP_UNUSABLE' });
    socket.send({ type: 'join', room: 'tea', portrait: 'nobody', sdp: 'v=0\r\n' });
    expect(await socket.next('error')).toMatchObject({ code: 'PORTRAIT_UNKNOWN' });
    socket.send({ type: 'join', room: 'tea', portrait: 'astronaut', sdp: 'v=0\r\n' });
    await socket.next('answer');
  });
});

describe('rooms that need a token', () => {
  const environment = { VISAVIS_TOKEN_SECRET: TOKEN_SECRET, VISAVIS_OPERATOR_KEY: OPERATOR_KEY };

  test('the operator’s invitation opens the room and the upload', async () => {
    const { url } = await serve(environment);
    expect((await upload(url, 'face')).status).toBe(401);
    const invite = await fetch(`${url}/api/v1/rooms/tea/invitations`, { method: 'POST', headers: OPERATOR });
    const { token, link } = (await invite.json()) as { token: string; link: string };
    expect(link).toBe(`/?room=tea#token=${token}`);
    const authorized = { ...OWNER, authorization: `Bearer ${token}` };
    expect((await upload(url, 'face', CONSENT, authorized)).status).toBe(201);
    const socket = await TestSocket.open(`${url.replace('http', 'ws')}/signaling`);
    socket.sendAll(
      { type: 'hello', version: 1, token },
      { type: 'join', room: 'tea', portrait: 'astronaut', sdp: 'v=0\r\n' },
    );
    await socket.next('answer');
  });
});

describe('a session that the operator ended', () => {
  test('does not come back with its invitation or its resume token, nor uploads; another invitation still works', async () => {
    const { url } = await serve({ VISAVIS_TOKEN_SECRET: TOKEN_SECRET, VISAVIS_OPERATOR_KEY: OPERATOR_KEY });
    const invite = async (): Promise<string> => {
      const made = await fetch(`${url}/api/v1/rooms/tea/invitations`, { method: 'POST', headers: OPERATOR });
      return ((await made.json()) as { token: string }).token;
    };
    const enter = async (hello: object): Promise<TestSocket> => {
      const socket = await TestSocket.open(`${url.replace('http', 'ws')}/signaling`);
      const join = { type: 'join', room: 'tea', portrait: 'astronaut', sdp: 'v=0\r\n' };
      socket.sendAll({ type: 'hello', version: 1, ...hello }, join);
      return socket;
    };
    const token = await invite();
    const ended = await enter({ token });
    const { peerId, resume } = await ended.next('welcome');
    await ended.next('answer');
    await fetch(`${url}/api/v1/participants/${peerId}`, { method: 'DELETE', headers: OPERATOR });
    expect((await ended.closed).code).toBe(4401);
    expect(await (await enter({ token })).next('error')).toMatchObject({ code: 'TOKEN_INVALID', fatal: true });
    expect(await (await enter({ token, resume })).next('error')).toMatchObject({ code: 'TOKEN_INVALID', fatal: true });
    const other = await invite();
    await (await enter({ token: other })).next('answer');
    const uploadWith = async (each: string): Promise<number> =>
      (await upload(url, 'face', CONSENT, { ...OWNER, authorization: `Bearer ${each}` })).status;
    await expect.poll(() => uploadWith(token)).toBe(401);
    expect(await uploadWith(other)).toBe(201);
  });
});

describe('a server on loopback without an operator key', () => {
  const PATHS = [
    '/',
    '/api/v1/participants',
    '/api/v1/portraits',
    '/api/v1/portraits?all=true',
    '/api/v1/blocks',
    '/metrics',
  ];
  const OPERATORS_PATHS = ['/api/v1/participants', '/api/v1/portraits?all=true', '/api/v1/blocks', '/metrics'];

  test('answers by a loopback name and by those that are listed, to no page whose own name was pointed at it', async () => {
    const { url } = await serve({ VISAVIS_ALLOWED_HOSTS: 'visavis.local' });
    const { port } = new URL(url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'visavis.local']) {
      expect(await ask(url, '/', { host })).toBe(200);
    }
    for (const path of PATHS) expect(await ask(url, path, { host: `evil.example:${port}` })).toBe(403);
    const sockets = url.replace('http', 'ws');
    for (const path of ['/signaling', '/api/v1/speech/socket']) {
      await expect(TestSocket.open(`${sockets}${path}`, { host: 'evil.example' })).rejects.toThrow('403');
    }
  });

  test.each([
    ['that came through a proxy', { 'x-forwarded-for': '203.0.113.9' }],
    ['of a foreign page', { origin: 'https://evil.example' }],
    ['that asks by a listed name', { host: 'visavis.local' }],
  ])('obeys no request %s', async (_, headers) => {
    const { url } = await serve({ VISAVIS_ALLOWED_HOSTS: 'visavis.local' });
    for (const path of OPERATORS_PATHS) {
      expect(await ask(url, path, {})).toBe(200);
      expect(await ask(url, path, headers)).toBe(403);
    }
    expect(await ask(url, '/api/v1/rooms/tea/invitations', headers, 'POST')).toBe(403);
  });
});

describe('behind a proxy', () => {
  test('nobody counts as the operator, whatever the request says of itself', async () => {
    const { url } = await serve({
      VISAVIS_TRUST_PROXY: 'true',
      VISAVIS_OPERATOR_KEY: OPERATOR_KEY,
      VISAVIS_TOKEN_SECRET: TOKEN_SECRET,
    });
    for (const path of ['/api/v1/participants', '/api/v1/blocks', '/metrics']) {
      expect(await ask(url, path, {})).toBe(403);
      expect(await ask(url, path, OPERATOR)).toBe(200);
    }
  });
});

describe('whoever registers as an avatar peer', () => {
  const register = { type: 'register', version: 1, capacity: 100, active: 0 };

  test.each([
    ['on loopback', {}],
    ['where rooms need a token', { VISAVIS_TOKEN_SECRET: TOKEN_SECRET }],
    ['beyond loopback', { HOST: '0.0.0.0', VISAVIS_TOKEN_SECRET: TOKEN_SECRET }],
  ])('is refused by an embedded signaling server %s, without any setting', async (_, environment) => {
    const { url } = await serve(environment);
    for (const secret of [undefined, '', 'a guess of thirty-two characters or more']) {
      const stranger = await TestSocket.open(`${url.replace('http', 'ws')}/signaling`);
      stranger.send({ ...register, secret });
      expect(await stranger.next('error')).toMatchObject({ code: 'SIGNALING_REFUSED', fatal: true });
      expect(stranger.heard('registered')).toEqual([]);
    }
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

describe('the process', () => {
  test('is healthy, ready, and tells its figures', async () => {
    const { url } = await serve();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const socket = await call(url, 'astronaut');
    await socket.next('answer');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^signaling_rooms 1$/m);
    expect(metrics).toContain('nodejs_eventloop_lag_seconds');
    const { participants } = participantsSchema.parse(await (await fetch(`${url}/api/v1/participants`)).json());
    expect(participants).toMatchObject([{ roomId: 'tea', state: 'connecting' }]);
    expect(JSON.stringify(participants)).not.toContain('127.0.0.1');
  });

  test('says full with a time to retry when the avatar peer is full', async () => {
    const { url } = await serve({}, 1);
    await (await call(url, 'astronaut', 'tea')).next('answer');
    const second = await call(url, 'astronaut', 'coffee');
    expect((await second.next('full')).retryAfterS).toBeGreaterThan(0);
  });

  test('the operator ends a session', async () => {
    const { url } = await serve();
    const socket = await call(url, 'astronaut');
    const { peerId } = await socket.next('welcome');
    await socket.next('answer');
    expect((await fetch(`${url}/api/v1/participants/${peerId}`, { method: 'DELETE' })).status).toBe(204);
    expect(await socket.next('error')).toMatchObject({ code: 'ENDED_BY_OPERATOR' });
    expect((await fetch(`${url}/api/v1/participants/${peerId}`, { method: 'DELETE' })).status).toBe(404);
  });

  test('drain() takes nobody new, is not ready, and ends when the last has left', async () => {
    const { url, host } = await serve();
    const socket = await call(url, 'astronaut');
    await socket.next('answer');
    const drained = host.drain(60);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    await expect(call(url, 'astronaut')).rejects.toThrow('503');
    socket.close();
    await drained;
    expect(host.sessionCount).toBe(0);
  });

  test('the page carries its settings, a strict content policy and no way out of its script', async () => {
    const { url } = await serve();
    const response = await fetch(url);
    const text = await response.text();
    expect(text).toContain('"portrait":"astronaut"');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  test('a page that is opened before the first portrait is enrolled begins with it all the same', async () => {
    let finish = (): void => undefined;
    const enrolled = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const enrol: typeof fakeEnroller.enrol = async (...face) => {
      await enrolled;
      return fakeEnroller.enrol(...face);
    };
    const host = await openTestHost({}, 2, undefined, { version: 'slow 1', enrol });
    open.push(host);
    expect((await fetch(`${host.url}/readyz`)).status).toBe(503);
    expect(await (await fetch(host.url)).text()).toContain('"portrait":"astronaut"');
    finish();
    await host.host.whenReady();
    expect(await (await fetch(host.url)).text()).toContain('"portrait":"astronaut"');
  });
});
