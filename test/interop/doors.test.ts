import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Page } from 'playwright-core';
import { sessionSchema, type SessionReply } from '../../protocol/session.ts';
import { speakEventSchema, type SpeakEvent } from '../../protocol/speak.ts';
import { near, sizeOf, stir, waitForPictures, watch } from '../support/browser.ts';
import { openForeignPage } from '../support/foreign-clients.ts';
import { servedBrowser } from '../support/served-browser.ts';
import { babble } from '../support/sound.ts';

const served = servedBrowser({ VISAVIS_FRAME_ANCESTORS: '*' });
const sessions: SessionReply[] = [];

afterEach(async () => {
  for (const { id, token } of sessions.splice(0)) {
    const headers = { authorization: `Bearer ${token}` };
    await fetch(`${served.server.url}/api/v1/sessions/${id}`, { method: 'DELETE', headers });
  }
});
const REMOTE = '[data-testid="remote-video"]';
const RATE_HZ = 24_000;

async function create(body: object = {}): Promise<SessionReply> {
  const response = await fetch(`${served.server.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const session = sessionSchema.parse(await response.json());
  sessions.push(session);
  return session;
}

/** A program that speaks, with what it hears. */
async function speaker({ speakUrl }: SessionReply) {
  const socket = new WebSocket(speakUrl);
  const events: SpeakEvent[] = [];
  socket.on('message', (bytes: Buffer) => events.push(speakEventSchema.parse(JSON.parse(bytes.toString()))));
  await expect.poll(() => events.length, SOON).toBe(1);
  const say = (seconds: number): void => {
    // Two syllables a second, over and over.
    const second = Int16Array.from(babble(RATE_HZ, 1), (value) => Math.round(32_767 * value));
    for (let s = 0; s < seconds; s++) socket.send(second);
    socket.send(JSON.stringify({ type: 'end' }));
  };
  return { socket, events, say };
}

const foreignPage = (): Promise<Page> => openForeignPage(served.chromium.browser, served.server.url);
/** The machine may be busy with other work. */
const SOON = { timeout: 15_000 };

describe('a session of a program', () => {
  test('its page shows moving lips with their sound, and falls silent after `clear`', async () => {
    const session = await create();
    const page = await served.chromium.open(session.viewUrl);
    const { socket, events, say } = await speaker(session);
    await waitForPictures(page, '#picture');
    expect(await sizeOf(page, '#picture')).toEqual([512, 512]);
    say(30);
    await expect.poll(() => events.some(({ type }) => type === 'started'), SOON).toBe(true);
    const talking = await watch(page, '#picture', 5);
    expect(talking.filter(({ soundDb }) => soundDb > -45).length).toBeGreaterThan(10);
    socket.send(JSON.stringify({ type: 'clear' }));
    await expect.poll(() => events.at(-1)?.type, SOON).toBe('cleared');
    await new Promise((later) => setTimeout(later, 600));
    const resting = await watch(page, '#picture', 3);
    expect(Math.max(...resting.map(({ soundDb }) => soundDb))).toBeLessThan(-50);
    const moving = talking.filter((sight) => near(talking, sight, 600).some(({ soundDb }) => soundDb > -45));
    expect(stir(moving)).toBeGreaterThan(stir(resting));
    socket.close();
  }, 120_000);

  test('a coloured background is transparent on its page', async () => {
    const session = await create({ background: '#00ff00' });
    expect(session.viewUrl).toContain('?background=transparent&key=00ff00#');
    const page = await served.chromium.open(session.viewUrl);
    const alpha = (x: number, y: number): Promise<number> =>
      page.evaluate(
        ([left, top]) => {
          const canvas = document.querySelector('canvas') as unknown as PageCanvas | null;
          return canvas?.getContext('2d').getImageData(left ?? 0, top ?? 0, 1, 1).data[3] ?? -1;
        },
        [x, y],
      );
    // The corner is background, and the middle is a face.
    await expect.poll(() => alpha(256, 256), { timeout: 30_000 }).toBe(255);
    expect(await alpha(4, 4)).toBe(0);
  }, 60_000);

  test('the element <visavis-avatar> shows it on a page of another origin, which turns its sound on', async () => {
    const session = await create();
    const html = await readFile('examples/avatar-element.html');
    const site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
    await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
    const { port } = site.address() as AddressInfo;
    const page = await served.chromium.open(`http://127.0.0.1:${port}/#${encodeURIComponent(session.viewUrl)}`);
    await expect.poll(() => page.textContent('#state'), SOON).toBe('live, 512 x 512');
    expect(await page.textContent('#sound')).toBe('Sound on');
    await page.click('#sound');
    await expect.poll(() => page.textContent('#sound'), SOON).toBe('Sound off');
    const inside = page.frames().find((frame) => frame.url().startsWith(served.server.url));
    expect(await inside?.evaluate('document.querySelector("video").muted')).toBe(false);
    site.close();
  }, 60_000);

  test('players that others wrote show it: @eyevinn/webrtc-player and whip-whep', async () => {
    const session = await create();
    const [eyevinn, medooze] = [await foreignPage(), await foreignPage()];
    await eyevinn.evaluate(`(async () => {
      const player = new clients.EyevinnPlayer({ video: document.querySelector('video'), type: 'whep' });
      await player.load(new URL(${JSON.stringify(session.whepUrl)}));
      globalThis.player = player;
    })()`);
    await medooze.evaluate(`(async () => {
      const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      const stream = new MediaStream();
      document.querySelector('video').srcObject = stream;
      connection.ontrack = ({ track }) => stream.addTrack(track);
      for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
      const url = new URL(${JSON.stringify(session.whepUrl)});
      const token = url.searchParams.get('token');
      url.search = '';
      globalThis.client = new clients.MedoozeWhep();
      await client.view(connection, url, token);
    })()`);
    for (const page of [eyevinn, medooze]) {
      await waitForPictures(page, '#video');
      expect(await sizeOf(page, '#video')).toEqual([512, 512]);
    }
    const viewers = async (): Promise<unknown> => {
      const headers = { authorization: `Bearer ${session.token}` };
      const state = await fetch(`${served.server.url}/api/v1/sessions/${session.id}`, { headers });
      return ((await state.json()) as { viewers: number }).viewers;
    };
    expect(await viewers()).toBe(2);
    // An ICE restart by the library's own means, and a farewell.
    await medooze.evaluate('client.restart()');
    await waitForPictures(medooze, '#video', 10);
    await medooze.evaluate('client.stop()');
    await eyevinn.evaluate('player.unload?.() ?? player.destroy()');
    await expect.poll(viewers, SOON).toBe(0);
  }, 120_000);
});

/** Debian's, for which its package `python3-aiortc` is. */
const PYTHON = '/usr/bin/python3';
const hasAiortc = spawnSync(PYTHON, ['-c', 'import aiortc']).status === 0;

test.skipIf(!hasAiortc)(
  'a WHEP player on aiortc receives the pictures of a session',
  async () => {
    const { whepUrl } = await create();
    const { stdout } = await promisify(execFile)(PYTHON, ['test/support/aiortc-viewer.py', whepUrl, '15']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 201, size: [512, 512] });
  },
  60_000,
);

describe('a broadcaster', () => {
  test.each([
    [
      'whip-whep',
      `const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
       for (const track of stream.getTracks()) connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
       globalThis.client = new clients.MedoozeWhip();
       await client.publish(connection, new URL(url), 'no token is needed');`,
      'client.stop()',
    ],
    [
      '@eyevinn/whip-web-client',
      `globalThis.client = new clients.EyevinnWhip({ endpoint: url, opts: { authkey: 'no token is needed' } });
       await client.ingest(stream);`,
      'client.destroy()',
    ],
  ])(
    '%s brings an avatar into a room, that speaks',
    async (name, publish, stop) => {
      const room = `studio-${name.length}`;
      const grace = await served.chromium.open(
        `${served.server.url}/?room=${room}&autojoin=1&name=Grace&microphone=off`,
      );
      const studio = await foreignPage();
      await studio.evaluate(`(async () => {
      const url = ${JSON.stringify(`${served.server.url}/whip/${room}?name=Ada`)};
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      // The server's page may not use a camera.
      const canvas = document.createElement('canvas');
      setInterval(() => canvas.getContext('2d').fillRect(0, 0, Math.random() * 100, 100), 100);
      stream.addTrack(canvas.captureStream(10).getVideoTracks()[0]);
      ${publish}
    })()`);
      await waitForPictures(grace, REMOTE);
      await expect.poll(() => grace.textContent('#others .tile-name'), { timeout: 30_000 }).toBe('Ada');
      const sights = await watch(grace, REMOTE, 7);
      expect(sights.filter(({ soundDb }) => soundDb > -45).length).toBeGreaterThan(2);
      await studio.evaluate(stop);
      await grace.waitForSelector(REMOTE, { state: 'detached', timeout: 30_000 });
    },
    120_000,
  );
});

describe('simli-client', () => {
  test('shows our avatar, hears it speak and fall silent, and stops it, without a change', async () => {
    const page = await foreignPage();
    const url = served.server.url;
    await page.evaluate(`(async () => {
      const url = ${JSON.stringify(url)};
      const token = await clients.generateSimliSessionToken(
        { apiKey: 'any', config: { faceId: 'astronaut', handleSilence: true, maxSessionLength: 600, maxIdleTime: 60 } }, url);
      const ice = await clients.generateIceServers('any', url);
      const [video, audio] = [document.querySelector('video'), document.querySelector('audio')];
      const simli = new clients.SimliClient(
        token.session_token, video, audio, ice, undefined, 'p2p', 'websockets', url.replace('http', 'ws'));
      globalThis.simli = simli;
      globalThis.told = [];
      for (const event of ['ack', 'start', 'speaking', 'silent', 'stop', 'error']) {
        simli.on(event, () => { if (told.at(-1) !== event) told.push(event); });
      }
      await simli.start();
    })()`);
    await waitForPictures(page, '#video');
    expect(await sizeOf(page, '#video')).toEqual([512, 512]);
    const told = (): Promise<unknown> => page.evaluate('told');
    const spoken = Array.from(babble(16_000, 2), (value) => Math.round(32_767 * value));
    await page.evaluate(`simli.sendAudioData(new Uint8Array(Int16Array.from(${JSON.stringify(spoken)}).buffer))`);
    await expect.poll(told, SOON).toContain('speaking');
    await page.evaluate('simli.ClearBuffer()');
    await expect.poll(told, SOON).toContain('silent');
    await page.evaluate('simli.stop()');
    const calls = async (): Promise<unknown> =>
      ((await (await fetch(`${url}/api/v1/participants`)).json()) as { participants: unknown }).participants;
    await expect.poll(calls, SOON).toEqual([]);
    expect(await told()).not.toContain('error');
  }, 60_000);
});

test('nothing went wrong on any page', () => {
  expect(served.chromium.problems).toEqual([]);
});

interface PageCanvas {
  getContext(kind: '2d'): { getImageData(...area: readonly number[]): { readonly data: Uint8ClampedArray } };
}
declare const document: { querySelector(selector: string): object | null };
