import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorSchema } from '../../../protocol/error.ts';
import { sessionSchema, type SessionReply } from '../../../protocol/session.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { SdpRoutes } from '../../../src/server/doors/sdp-routes.ts';
import { failureHandler } from '../../../src/server/http/failure.ts';
import { openTestHost, type TestHost } from '../../support/test-host.ts';

let host: TestHost;
let session: SessionReply;
let endpoint: string;

beforeEach(async () => {
  host = await openTestHost({ VISAVIS_STUN_URLS: 'stun:stun.example:3478' });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${host.url}/api/v1/sessions`, { method: 'POST', headers, body: '{}' });
  session = sessionSchema.parse(await response.json());
  endpoint = `${host.url}/whep/${session.id}`;
});
afterEach(() => host[Symbol.asyncDispose]());

const OFFER = 'v=0\r\ns=-\r\n';
const RESTART = 'a=ice-ufrag:new1\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n';
const CANDIDATE = `a=ice-ufrag:old1\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 10.0.0.1 5000 typ host\r\n`;

type Headers = Readonly<Record<string, string>>;
const post = (url: string, body = OFFER, headers: Headers = { 'content-type': 'application/sdp' }) =>
  fetch(url, { method: 'POST', body, headers });
const patch = (url: string, body: string, headers: Headers = {}) =>
  fetch(url, { method: 'PATCH', body, headers: { 'content-type': 'application/trickle-ice-sdpfrag', ...headers } });
const codeOf = async (response: Response) => [response.status, errorSchema.parse(await response.json()).error.code];
async function connect(): Promise<string> {
  return new URL((await post(session.whepUrl)).headers.get('location') ?? '', host.url).toString();
}

describe('SDP over HTTP', () => {
  it('answers an offer with 201, a rooted Location, an ETag and ICE servers', async () => {
    const response = await post(session.whepUrl);
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toMatch(/^application\/sdp/);
    expect(response.headers.get('location')).toMatch(new RegExp(`^/whep/${session.id}/[\\w-]{24}$`));
    expect(response.headers.get('etag')).toBe('"0"');
    expect(response.headers.get('link')).toBe('<stun:stun.example:3478>; rel="ice-server"');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toMatch(/^v=0\r\n/);
    expect(host.peer.watchers).toHaveLength(1);
  });

  it.each([
    ['Bearer', (token: string) => `Bearer ${token}`],
    ['no Bearer, as one player sends it', (token: string) => token],
  ])('takes the token from the header with %s', async (_name, write) => {
    const token = new URL(session.whepUrl).searchParams.get('token') ?? '';
    const headers = { 'content-type': 'application/sdp', authorization: write(token) };
    expect((await post(endpoint, OFFER, headers)).status).toBe(201);
    expect(await codeOf(await post(endpoint, OFFER, { ...headers, authorization: write('x') }))).toEqual([
      401,
      'TOKEN_INVALID',
    ]);
  });

  it('says what is wrong with an offer', async () => {
    const wrongType = await post(session.whepUrl, OFFER, { 'content-type': 'text/plain' });
    expect(wrongType.headers.get('accept-post')).toBe('application/sdp');
    expect(await codeOf(wrongType)).toEqual([415, 'CONTENT_TYPE_WRONG']);
    expect(await codeOf(await post(session.whepUrl, 'hello'))).toEqual([400, 'REQUEST_INVALID']);
    expect(await codeOf(await post(session.whepUrl, `${OFFER}m=unusable`))).toEqual([422, 'SDP_UNUSABLE']);
    expect(await codeOf(await post(session.whepUrl, OFFER.padEnd(70_000)))).toEqual([413, 'REQUEST_TOO_LARGE']);
    const stranger = await post(endpoint);
    expect(stranger.headers.get('www-authenticate')).toBe('Bearer');
    expect(await codeOf(stranger)).toEqual([401, 'TOKEN_INVALID']);
    expect(host.peer.watchers).toHaveLength(0);
  });

  it('trickles candidates to the ICE session that its ETag names', async () => {
    const url = await connect();
    expect((await patch(url, CANDIDATE, { 'if-match': '"0"' })).status).toBe(204);
    expect(host.peer.candidates).toEqual(['candidate:1 1 udp 1 10.0.0.1 5000 typ host']);
    expect(await codeOf(await patch(url, CANDIDATE))).toEqual([428, 'CONDITION_MISSING']);
    expect(await codeOf(await patch(url, CANDIDATE, { 'if-match': '"7"' }))).toEqual([412, 'CONDITION_FAILED']);
    expect(await codeOf(await patch(url, 'a=evil\r\n', { 'if-match': '"0"' }))).toEqual([400, 'REQUEST_INVALID']);
    const wrong = await patch(url, CANDIDATE, { 'if-match': '"0"', 'content-type': 'application/json' });
    expect(await codeOf(wrong)).toEqual([415, 'CONTENT_TYPE_WRONG']);
    expect(host.peer.candidates).toHaveLength(1);
  });

  it('restarts ICE with If-Match: *, and the ETag before is over', async () => {
    const url = await connect();
    const response = await patch(url, RESTART, { 'if-match': '*' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/trickle-ice-sdpfrag/);
    expect(response.headers.get('etag')).toBe('"1"');
    const fragment = await response.text();
    expect(fragment).toMatch(
      /^a=ice-ufrag:for-new1\r\na=ice-pwd:\S+\r\na=ice-lite\r\nm=video 9 .*\r\na=mid:0\r\na=candidate:/,
    );
    expect((await patch(url, CANDIDATE, { 'if-match': '"0"' })).status).toBe(412);
    expect((await patch(url, CANDIDATE, { 'if-match': '"1"' })).status).toBe(204);
    expect(await codeOf(await patch(url, 'a=mid:0\r\n', { 'if-match': '*' }))).toEqual([400, 'REQUEST_INVALID']);
  });

  it('ends a connection with 200, and knows it no more', async () => {
    const url = await connect();
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
    expect(host.peer.watchers).toHaveLength(0);
    expect(await codeOf(await fetch(url, { method: 'DELETE' }))).toEqual([404, 'SESSION_UNKNOWN']);
    expect((await patch(url, CANDIDATE, { 'if-match': '"0"' })).status).toBe(404);
  });

  it('forgets a connection that went away by itself, and one of another name is not found', async () => {
    const url = await connect();
    expect((await fetch(url.replace(session.id, 'other'), { method: 'DELETE' })).status).toBe(404);
    host.peer.watchers[0]?.('gone');
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(404);
  });

  it('lets a page of any origin ask, and names the methods that it takes', async () => {
    const preflight = await fetch(endpoint, { method: 'OPTIONS', headers: { origin: 'https://player.example' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('accept-post')).toBe('application/sdp');
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('If-Match');
    const failed = await post(endpoint);
    expect(failed.headers.get('access-control-allow-origin')).toBe('*');
    expect(failed.headers.get('access-control-expose-headers')).toContain('Location');
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const refused = await fetch(endpoint, { method });
      expect(refused.headers.get('allow')).toBe('POST, OPTIONS');
      expect(await codeOf(refused)).toEqual([405, 'METHOD_REFUSED']);
    }
    const refused = await fetch(await connect(), { method: 'POST' });
    expect(refused.status).toBe(405);
  });

  it('keeps one address from holding more than forty connections', async () => {
    for (let n = 0; n < 40; n++) expect((await post(session.whepUrl)).status).toBe(201);
    const refused = await post(session.whepUrl);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await codeOf(refused)).toEqual([503, 'VIEWERS_TOO_MANY']);
  });
});

it('counts connections of one address that are being opened, too', async () => {
  let asked = 0;
  const open = (): Promise<never> => {
    asked++;
    return new Promise(() => undefined);
  };
  const routes = new SdpRoutes({ path: '/w', open, iceServers: () => [], trustProxy: false, connectionsPerAddress: 2 });
  const app = express().use('/w', routes.router).use(failureHandler(silentLogger));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/w/room`;
  for (let offer = 0; offer < 2; offer++) post(url).catch(() => undefined);
  await expect.poll(() => asked).toBe(2);
  expect((await codeOf(await post(url)))[1]).toBe('VIEWERS_TOO_MANY');
  server.closeAllConnections();
  server.close();
});
