import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openBrowser, waitForPictures, type TestBrowser } from '../support/browser.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';
import { babble, wavFile } from '../support/sound.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');

let server: ServerProcess;
let chromium: TestBrowser;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-examples-'));
  await Promise.all([
    copyFile(join(EXAMPLES, 'page.html'), join(folder, 'page.html')),
    writeFile(join(folder, 'speech.wav'), wavFile(16_000, babble(16_000, 1))),
    build({ entryPoints: ['visavis/client'], bundle: true, format: 'esm', outfile: join(folder, 'client.js') }),
  ]);
  [server, chromium] = await Promise.all([
    startServer({ EXAMPLE_FOLDER: folder }, 'examples/embedded.mjs'),
    openBrowser(),
  ]);
}, 120_000);
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('a server inside another application: both answer on one port', async () => {
  expect(await (await fetch(`${server.url}/hello`)).text()).toBe('0 people are in a call.');
  expect((await fetch(`${server.url}/api/v1/portraits`)).status).toBe(200);
});

test('a program speaks a recording into a room, and sees its avatar', async () => {
  const args = [join(EXAMPLES, 'bot.mjs'), server.url, 'tea', join(folder, 'speech.wav')];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 25_000 });
  expect(Number(/(\d+) packets/.exec(stdout)?.[1])).toBeGreaterThan(10);
  await expect.poll(async () => (await fetch(`${server.url}/hello`)).text()).toBe('0 people are in a call.');
});

test('a page of thirty lines shows the avatar', async () => {
  const page = await chromium.open(`${server.url}/example/page.html`);
  await waitForPictures(page, '#self', 3);
  await expect.poll(() => page.textContent('#state')).toBe('live');
  expect(await (await fetch(`${server.url}/hello`)).text()).toBe('1 people are in a call.');
});
