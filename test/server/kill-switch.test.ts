import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fakeEnroller, openTestHost, type TestHost } from '../support/test-host.ts';
import { TestSocket } from '../support/test-socket.ts';

const OWNER = { 'x-visavis-owner': 'owner-key-of-a-browser' };
const open: TestHost[] = [];

afterEach(async () => {
  for (const host of open.splice(0).reverse()) await host[Symbol.asyncDispose]();
});

/** Likenesses of 36 digits: `same` differs from `face` in one bit of 143, `near` in 26, `other` in about half. */
const LIKENESSES: Readonly<Record<string, string>> = {
  face: '0'.repeat(36),
  same: `8${'0'.repeat(35)}`,
  near: `${'8'.repeat(26)}${'0'.repeat(10)}`,
  other: '0123456789abcdef'.repeat(3).slice(0, 36),
};

async function serve(folder?: string): Promise<TestHost> {
  const host = await openTestHost({}, 4, folder, {
    version: 'alike 1',
    enrol: async (image, consent) => {
      const likeness = LIKENESSES[Buffer.from(image).toString()];
      return { ...(await fakeEnroller.enrol(image, consent)), ...(likeness === undefined ? {} : { likeness }) };
    },
  });
  open.push(host);
  await host.host.whenReady();
  return host;
}

async function upload(url: string, image: string): Promise<Response> {
  return fetch(`${url}/api/v1/portraits?consent=mine`, { method: 'POST', body: image, headers: OWNER });
}

async function idOf(uploaded: Promise<Response>): Promise<string> {
  return ((await (await uploaded).json()) as { id: string }).id;
}

async function call(url: string, portrait: string, room: string): Promise<TestSocket> {
  const socket = await TestSocket.open(`${url.replace('http', 'ws')}/signaling`);
  socket.sendAll(
    { type: 'hello', version: 1 },
    { type: 'join', room, portrait, owner: OWNER['x-visavis-owner'], sdp: 'v=0\r\n' },
  );
  return socket;
}

async function block(url: string, wanted: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/api/v1/blocks`, { method: 'POST', body: JSON.stringify(wanted), headers });
}

describe('the kill switch', () => {
  test('ends the sessions though nothing can be written any more', async () => {
    const { url, folder } = await serve();
    const id = await idOf(upload(url, 'face'));
    const mine = await call(url, id, 'tea');
    await mine.next('answer');
    // Files in place of the folder and the log: every write fails, as on a full disk.
    await rm(join(folder, 'var', 'blocks'), { recursive: true });
    await writeFile(join(folder, 'var', 'blocks'), '');
    const response = await block(url, { portraitId: id });
    expect(response.status).toBe(507);
    expect(await response.text()).toContain('1 sessions were ended, but the block could not be saved');
    expect(await mine.next('error')).toMatchObject({ code: 'PORTRAIT_BLOCKED' });
    expect((await upload(url, 'face')).status).toBe(410);
  });

  test('catches the same picture saved again, and says how sure it is', async () => {
    const { url } = await serve();
    const id = await idOf(upload(url, 'face'));
    const [same, near, other] = [
      await idOf(upload(url, 'same')),
      await idOf(upload(url, 'near')),
      await idOf(upload(url, 'other')),
    ];
    const theirs = await call(url, same, 'tea');
    const stranger = await call(url, near, 'coffee');
    await Promise.all([theirs.next('answer'), stranger.next('answer')]);
    expect(await (await block(url, { portraitId: id })).json()).toMatchObject({
      sessionsEnded: 1,
      alike: [
        { portraitId: same, similarity: 1 - 1 / 143, blocked: true },
        { portraitId: near, similarity: 1 - 26 / 143, blocked: false },
      ],
    });
    expect(await theirs.next('error')).toMatchObject({ code: 'PORTRAIT_BLOCKED' });
    expect(stranger.heard('error')).toEqual([]);
    expect((await upload(url, 'same')).status).toBe(410);
    expect((await upload(url, 'other')).status).toBe(201);
    expect(await (await call(url, other, 'milk')).next('answer')).toBeDefined();
  });

  test('ends a session whose visitor arrives while the portrait is being blocked', async () => {
    const { url, peer } = await serve();
    const id = await idOf(upload(url, 'face'));
    let arrive = (): void => undefined;
    peer.arrival = new Promise((resolve) => {
      arrive = resolve;
    });
    const mine = await call(url, id, 'tea');
    while (peer.arriving === 0) await new Promise((later) => setTimeout(later, 5));
    expect(await (await block(url, { portraitId: id })).json()).toMatchObject({ sessionsEnded: 0 });
    arrive();
    expect(await mine.next('error')).toMatchObject({ code: 'PORTRAIT_BLOCKED' });
  });

  test('ends the sessions of a portrait that its owner has deleted', async () => {
    const { url } = await serve();
    const id = await idOf(upload(url, 'face'));
    const again = await idOf(upload(url, 'face'));
    const mine = await call(url, id, 'tea');
    await mine.next('answer');
    await fetch(`${url}/api/v1/portraits/${id}`, { method: 'DELETE', headers: OWNER });
    expect(await (await block(url, { portraitId: again })).json()).toMatchObject({ sessionsEnded: 1 });
    expect(await mine.next('error')).toMatchObject({ code: 'PORTRAIT_BLOCKED' });
  });

  test('ends the sessions in another process that shares the folder', async () => {
    const one = await serve();
    const id = await idOf(upload(one.url, 'face'));
    const other = await serve(one.folder);
    const mine = await call(other.url, id, 'tea');
    await mine.next('answer');
    expect((await block(one.url, { portraitId: id })).status).toBe(200);
    expect(await mine.next('error')).toMatchObject({ code: 'PORTRAIT_BLOCKED' });
    expect((await upload(other.url, 'face')).status).toBe(410);
  });
});
