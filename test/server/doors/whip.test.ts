import { afterEach, describe, expect, it } from 'vitest';
import { errorSchema } from '../../../protocol/error.ts';
import { openTestHost, type TestHost } from '../../support/test-host.ts';

const hosts: TestHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host[Symbol.asyncDispose]();
});
async function open(environment: Record<string, string> = {}, capacity = 8): Promise<TestHost> {
  const host = await openTestHost(environment, capacity);
  hosts.push(host);
  return host;
}

const OPERATOR = 'operator'.repeat(4);
const CLOSED = { VISAVIS_TOKEN_SECRET: '0123456789abcdef'.repeat(2), VISAVIS_OPERATOR_KEY: OPERATOR };
const OFFER = 'v=0\r\ns=-\r\n';

type Headers = Readonly<Record<string, string>>;
const post = (url: string, headers: Headers = {}, body = OFFER) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/sdp', ...headers } });
const codeOf = async (response: Response) => [response.status, errorSchema.parse(await response.json()).error.code];
async function invitation(host: TestHost, room: string): Promise<string> {
  const response = await fetch(`${host.url}/api/v1/rooms/${room}/invitations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR}` },
  });
  return ((await response.json()) as { token: string }).token;
}

describe('WHIP', () => {
  it('brings an avatar into the room, and takes it out again with DELETE, which is answered 200', async () => {
    const host = await open();
    const response = await post(`${host.url}/whip/studio%201?portrait=astronaut&name=Ada`);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toMatch(/^\/whip\/studio%201\/[\w-]{24}$/);
    expect(host.peer.joins).toMatchObject([
      { role: 'publisher', roomId: 'studio 1', name: 'Ada', portraitId: 'astronaut' },
    ]);
    const location = new URL(response.headers.get('location') ?? '', host.url);
    expect((await fetch(location, { method: 'DELETE' })).status).toBe(200);
    expect(host.peer.left).toEqual([host.peer.joins[0]?.participantId]);
    expect((await fetch(location, { method: 'DELETE' })).status).toBe(404);
  });

  it('takes an invitation to that room, with or without "Bearer" or in the address, and no other', async () => {
    const host = await open(CLOSED);
    const [token, other] = [await invitation(host, 'studio'), await invitation(host, 'kitchen')];
    const url = `${host.url}/whip/studio`;
    for (const authorization of [`Bearer ${token}`, token])
      expect((await post(url, { authorization })).status).toBe(201);
    expect((await post(`${url}?token=${token}`)).status).toBe(201);
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: `Bearer ${other}` }]) {
      const refused = await post(url, headers);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(await codeOf(refused)).toEqual([401, 'TOKEN_INVALID']);
    }
    expect((await post(url, { authorization: `Bearer ${OPERATOR}` })).status).toBe(201);
  });

  it('lets no foreign page into rooms that are open', async () => {
    const host = await open({ VISAVIS_ALLOWED_ORIGINS: 'https://studio.example' });
    const url = `${host.url}/whip/studio`;
    expect(await codeOf(await post(url, { origin: 'https://evil.example' }))).toEqual([403, 'SIGNALING_REFUSED']);
    expect((await post(url, { origin: 'https://studio.example' })).status).toBe(201);
    expect((await post(url, { origin: host.url })).status).toBe(201);
  });

  it('fills a room to its limit and no further, and says what else it cannot take', async () => {
    const host = await open();
    const url = `${host.url}/whip/studio`;
    expect(await codeOf(await post(`${url}?portrait=..`))).toEqual([400, 'REQUEST_INVALID']);
    expect(await codeOf(await post(`${url}?portrait=nobody`))).toEqual([404, 'PORTRAIT_UNKNOWN']);
    expect(await codeOf(await post(url, {}, `${OFFER}m=unusable`))).toEqual([422, 'SDP_UNUSABLE']);
    expect(await codeOf(await post(`${host.url}/whip/%2e%2e%2f`))).toEqual([400, 'REQUEST_INVALID']);
    for (let n = 0; n < 4; n++) expect((await post(url)).status).toBe(201);
    const refused = await post(url);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await codeOf(refused)).toEqual([503, 'ROOM_FULL']);
  });
});

describe('WHEP of a room', () => {
  it('shows whoever broadcasts there, and says 409 with Retry-After while nobody does', async () => {
    const host = await open(CLOSED);
    const token = await invitation(host, 'studio');
    const authorization = `Bearer ${token}`;
    const whep = (): Promise<Response> => post(`${host.url}/whep/studio`, { authorization });
    const nobody = await whep();
    expect(nobody.headers.get('retry-after')).toBe('2');
    expect(await codeOf(nobody)).toEqual([409, 'NOBODY_LIVE']);
    await post(`${host.url}/whip/studio`, { authorization });
    const id = host.peer.joins[0]?.participantId ?? '';
    // There, but no sound has come yet.
    expect((await whep()).status).toBe(409);
    host.peer.turn(id, 'live');
    expect((await whep()).status).toBe(201);
    host.peer.turn(id, 'interrupted');
    expect((await whep()).status).toBe(409);
    expect(await codeOf(await post(`${host.url}/whep/studio`))).toEqual([401, 'TOKEN_INVALID']);
    expect(await codeOf(await post(`${host.url}/whep/kitchen`, { authorization }))).toEqual([401, 'TOKEN_INVALID']);
  });

  it('does not show people of a call, who joined with a page', async () => {
    const host = await open();
    await host.peer.join({ roomId: 'tea', participantId: 'ann', name: '', portraitId: 'astronaut', offerSdp: 'v=0' });
    host.peer.turn('ann', 'live');
    expect((await post(`${host.url}/whep/tea`)).status).toBe(409);
  });
});
