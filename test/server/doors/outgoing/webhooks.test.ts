import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { webhookEventSchema, type WebhookEvent } from '../../../../protocol/webhook.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import { silentMeter } from '../../../../src/base/meter.ts';
import { Webhooks } from '../../../../src/server/doors/outgoing/webhooks.ts';
import { openTestHost } from '../../../support/test-host.ts';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The operator's program: checks each signature, and answers with the next status; the last one stays. */
async function openReceiver(...statuses: number[]) {
  const received: { id: string; event: WebhookEvent; isSigned: boolean }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const [id, time, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
        String(request.headers[name]),
      );
      const expected = createHmac('sha256', SECRET).update(`${id}.${time}.${body}`).digest('base64');
      const isFresh = Math.abs(Date.now() / 1000 - Number(time)) < 60;
      const event = webhookEventSchema.parse(JSON.parse(body));
      received.push({ id: id ?? '', event, isSigned: isFresh && signature === `v1,${expected}` });
      const status = statuses.length > 1 ? statuses.shift() : statuses[0];
      response.writeHead(status ?? 204, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
  const until = (count: number) => expect.poll(() => received.length, { interval: 5, timeout: 5000 }).toBe(count);
  return { received, url, until };
}

function openWebhooks(url: URL): Webhooks {
  const webhooks = new Webhooks({
    target: { url, secret: SECRET },
    now: () => new Date(),
    random: () => 1,
    logger: silentLogger,
    meter: silentMeter,
  });
  closing.push(() => webhooks.close());
  return webhooks;
}

const started = (sessionId: string): WebhookEvent => ({
  type: 'session.started',
  timestamp: '2026-01-01T00:00:00.000Z',
  data: { sessionId, kind: 'program', portrait: 'astronaut' },
});

describe('Webhooks', () => {
  it('sends an event that was not taken again, with the same id, before the next one', async () => {
    const { received, url, until } = await openReceiver(500, 302, 204);
    const webhooks = openWebhooks(url);
    webhooks.push(started('a'));
    webhooks.push(started('b'));
    await until(4);
    expect(received.every(({ isSigned }) => isSigned)).toBe(true);
    expect(received.map(({ event }) => event.data.sessionId)).toEqual(['a', 'a', 'a', 'b']);
    expect(new Set(received.map(({ id }) => id)).size).toBe(2);
  });

  it('gives up on an event that the receiver says is gone', async () => {
    const { received, url, until } = await openReceiver(410, 200);
    const webhooks = openWebhooks(url);
    webhooks.push(started('a'));
    webhooks.push(started('b'));
    await until(2);
    expect(received.map(({ event }) => event.data.sessionId)).toEqual(['a', 'b']);
  });

  it('sends what waits once more when it is closed, and does not wait for the next attempt', async () => {
    const { received, url, until } = await openReceiver(500);
    const webhooks = openWebhooks(url);
    webhooks.push(started('a'));
    webhooks.push(started('b'));
    await until(1);
    await webhooks.close();
    expect(received.map(({ event }) => event.data.sessionId)).toEqual(['a', 'a', 'b']);
  });
});

describe('a server with a webhook', () => {
  it('tells that sessions started, failed and ended, and that a consent was used', async () => {
    const { received, url, until } = await openReceiver(204);
    const host = await openTestHost({
      VISAVIS_WEBHOOK_URL: url.href,
      VISAVIS_WEBHOOK_SECRET: `whsec_${SECRET.toString('base64')}`,
    });
    closing.push(async () => host[Symbol.asyncDispose]());
    const headers = { 'content-type': 'application/json' };
    const open = async (body: object, owner: Record<string, string> = {}) => {
      const response = await fetch(`${host.url}/api/v1/sessions`, {
        method: 'POST',
        headers: { ...headers, ...owner },
        body: JSON.stringify(body),
      });
      return (await response.json()) as { id: string };
    };
    const { id } = await open({});
    await host.peer.leave(id, 'The motion model failed', 'WORKER_CRASHED');
    await until(2);

    const owner = { 'x-visavis-owner': 'a key of at least sixteen characters'.replaceAll(' ', '-') };
    const upload = await fetch(`${host.url}/api/v1/portraits?name=Me&consent=I+agree&scope=live-call`, {
      method: 'POST',
      headers: { 'content-type': 'image/png', ...owner },
      body: 'a face',
    });
    const { id: portrait } = (await upload.json()) as { id: string };
    await open({ portrait }, owner);
    await until(4);
    await host.host.close();
    await until(5);
    expect(received.map(({ event }) => event.type)).toEqual([
      'session.started',
      'session.failed',
      'session.started',
      'consent.used',
      'session.ended',
    ]);
    expect(received[1]?.event.data).toMatchObject({ sessionId: id, code: 'WORKER_CRASHED', portrait: 'astronaut' });
    expect(received[3]?.event.data).toMatchObject({ portrait, scope: 'live-call', kind: 'program' });
    expect(received[4]?.event.data).toMatchObject({ reason: 'The server is stopping' });
  });
});
