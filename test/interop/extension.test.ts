import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXTENSION_ORIGIN } from '../../src/server/doors/entry.ts';
import { watch } from '../support/browser.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';
import { writeSpeechWav } from '../support/speech-wav.ts';

const EXTENSION = resolve('dist/extension');
const folder = mkdtempSync(join(tmpdir(), 'visavis-extension-'));
let server: ServerProcess;
let context: BrowserContext;
let site: Server;

beforeAll(async () => {
  const sound = join(folder, 'speech.wav');
  await writeSpeechWav(sound, 3, 1);
  server = await startServer();
  context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      `--disable-extensions-except=${EXTENSION}`,
      `--load-extension=${EXTENSION}`,
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${sound}`,
      '--autoplay-policy=no-user-gesture-required',
      '--no-first-run',
    ],
  });
  // A page as those of call services, under a policy that lets it connect to nobody but itself.
  site = createServer((_request, response) => {
    const policy = "default-src 'self'; style-src 'none'; media-src blob: mediastream: 'self'";
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
    response.end('<!doctype html><title>A call</title><video id="own" autoplay playsinline></video>');
  });
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
}, 180_000);

afterAll(async () => {
  await context.close();
  await server[Symbol.asyncDispose]();
  site.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the id of the extension follows from the key in its manifest', () => {
  const { key } = JSON.parse(readFileSync('extension/manifest.json', 'utf8')) as { key: string };
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest().subarray(0, 16);
  const id = digest.toString('hex').replaceAll(/./g, (digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)] ?? '');
  expect(EXTENSION_ORIGIN).toBe(`chrome-extension://${id}`);
});

test('a call finds Visavis among its cameras and microphones, and is given an avatar that speaks with them', async () => {
  const options = await context.newPage();
  await options.goto(`${EXTENSION_ORIGIN}/options.html`);
  await options.fill('[name=server]', server.url);
  await options.click('button');
  await expect.poll(() => options.textContent('output')).toMatch(/Saved/);

  const call = await context.newPage();
  await call.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  const given = await call.evaluate(`(async () => {
    const listed = (await navigator.mediaDevices.enumerateDevices()).filter(({ label }) => label === 'Visavis');
    const [camera, microphone] = ['videoinput', 'audioinput'].map((kind) => listed.find((each) => each.kind === kind));
    const exact = ({ deviceId }) => ({ deviceId: { exact: deviceId } });
    globalThis.stream = await navigator.mediaDevices.getUserMedia({ video: exact(camera), audio: exact(microphone) });
    document.querySelector('#own').srcObject = stream;
    const [video] = stream.getVideoTracks();
    return [
      listed.every((each) => each instanceof MediaDeviceInfo), stream.getTracks().length,
      video.label, video.getSettings().deviceId === camera.deviceId, video.clone().getSettings().deviceId,
    ];
  })()`);
  expect(given).toEqual([true, 2, 'Visavis', true, 'visavis-camera']);
  const sights = await watch(call, '#own', 5);
  expect(sights.length).toBeGreaterThan(10);
  expect(sights.filter(({ soundDb }) => soundDb > -45).length).toBeGreaterThan(3);
  expect(await call.evaluate('document.querySelector("#own").videoWidth')).toBe(512);

  // Everything else is as it was.
  const others = await call.evaluate(`(async () => {
    const real = await navigator.mediaDevices.getUserMedia({ video: true });
    const labels = real.getTracks().map(({ label }) => label);
    for (const track of real.getTracks()) track.stop();
    return labels;
  })()`);
  expect(others).not.toContain('Visavis');

  const sessions = async (): Promise<unknown> =>
    ((await (await fetch(`${server.url}/api/v1/participants`)).json()) as { participants: unknown }).participants;
  await call.evaluate('location.reload()').catch(() => undefined);
  await expect.poll(sessions, { timeout: 20_000 }).toEqual([]);
}, 120_000);
