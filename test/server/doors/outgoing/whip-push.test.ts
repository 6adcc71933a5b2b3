import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { PublishState } from '../../../../protocol/session.ts';
import type { SendRequest } from '../../../../src/peer/avatar-peer.ts';
import { OutgoingRules } from '../../../../src/server/doors/outgoing/outgoing-rules.ts';
import { WhipPush } from '../../../../src/server/doors/outgoing/whip-push.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A WHIP server that answers each request with the next reply; the last one stays. */
async function openServer(...replies: Reply[]) {
  const requests: { method: string; url: string; authorization: string | undefined; body: string }[] = [];
  const server: Server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, authorization: headers.authorization, body });
      const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 500 };
      response.writeHead(method === 'DELETE' ? 200 : reply.status, reply.headers).end('v=0 answer');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => void server.close());
  return { requests, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/whip/1`) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

/** A push whose back-off is as short as chance makes it, with a peer that connects when it has an answer. */
function push(url: URL, hosts: readonly string[] = ['127.0.0.1']) {
  const states: PublishState[] = [];
  const sends: SendRequest[] = [];
  const pushing = new WhipPush({
    peer: {
      send: async (request) => {
        sends.push(request);
        await request.exchange('v=0 offer');
        request.onConnected();
        return { close: () => undefined, sendMessage: () => true };
      },
    },
    participantId: 'agent',
    target: { url, bearer: 'secret' },
    rules: new OutgoingRules(hosts),
    now: () => new Date('2026-01-01T00:00:00Z'),
    random: () => 1,
    onState: (state) => states.push(state),
  });
  closing.push(() => pushing.close());
  const until = (state: PublishState['state'], times = 1) =>
    expect.poll(() => states.filter((each) => each.state === state).length, { interval: 5, timeout: 5000 }).toBe(times);
  return { pushing, states, sends, until };
}

describe('WhipPush', () => {
  it('offers with its token, is live, and says goodbye to the address that it was given', async () => {
    const { requests, url } = await openServer({ status: 201, headers: { location: '/whip/resource/7' } });
    const { pushing, states, until } = push(url);
    await until('live');
    expect(states).toEqual([
      { state: 'connecting', attempts: 1 },
      { state: 'live', attempts: 1 },
    ]);
    await pushing.close();
    expect(requests).toEqual([
      { method: 'POST', url: '/whip/1', authorization: 'Bearer secret', body: 'v=0 offer' },
      { method: 'DELETE', url: '/whip/resource/7', authorization: 'Bearer secret', body: '' },
    ]);
  });

  it('tries again where a later attempt may succeed, and when a connection ends', async () => {
    const { url } = await openServer({ status: 503 }, { status: 201 });
    const { states, sends, until } = push(url);
    await until('live');
    expect(states[1]).toEqual({
      state: 'waiting',
      attempts: 1,
      message: 'It answered 503',
      retryAt: '2026-01-01T00:00:00.500Z',
    });
    sends[1]?.onEnd('silent');
    await until('live', 2);
    expect(states.at(-1)).toEqual({ state: 'live', attempts: 3 });
    // One that is over tells nothing more.
    sends[1]?.onEnd('silent');
    await new Promise((later) => setTimeout(later, 20));
    expect(states.at(-1)?.state).toBe('live');
  });

  it('gives up where the server refuses for good', async () => {
    const { requests, url } = await openServer({ status: 401 });
    const { states, until } = push(url);
    await until('failed');
    expect(states.at(-1)).toEqual({ state: 'failed', attempts: 1, message: 'It answered 401' });
    expect(requests).toHaveLength(1);
  });

  it('waits as long as the server says', async () => {
    const { url } = await openServer({ status: 429, headers: { 'retry-after': '120' } });
    const { states, until } = push(url);
    await until('waiting');
    expect(states.at(-1)?.retryAt).toBe('2026-01-01T00:02:00.000Z');
  });

  it('follows a redirection within the rules, without its token where that leads to another server', async () => {
    const other = await openServer({ status: 201, headers: { location: 'gone' } });
    const first = await openServer({ status: 307, headers: { location: other.url.href } });
    const allowed = push(first.url);
    await allowed.until('live');
    expect(other.requests).toEqual([{ method: 'POST', url: '/whip/1', authorization: undefined, body: 'v=0 offer' }]);
    const refused = push(first.url, [first.url.host]);
    await refused.until('failed');
    expect(refused.states.at(-1)?.message).toMatch(/the operator did not list/);
    expect(other.requests).toHaveLength(1);
  });

  it('is led to no private address by a name', async () => {
    const { states, until } = push(new URL('https://localhost/whip'), []);
    await until('failed');
    expect(states.at(-1)?.message).toMatch(/no address on the internet/);
  });

  it('lets its peer reach what the rules let it reach', async () => {
    const { url } = await openServer({ status: 201 });
    const { sends, until } = push(url);
    await until('live');
    expect(sends[0]?.mayReach('10.0.0.1')).toBe(true);
  });
});
