import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LIVE_LINK_HEADER } from '../../../src/media/motion/live-link.ts';
import { babble, hasFfmpeg, wavFile } from '../../support/sound.ts';
import { startVisavis, visavis, type Ran } from '../../support/visavis.ts';

const PORTRAIT = resolve('models/portraits/astronaut.png');
const CONSENT = ['--consent', 'for this test'];

let made: string;
let folder: string;
let temporary: string;
const environment = (): NodeJS.ProcessEnv => ({ VISAVIS_DATA_DIR: join(made, 'data'), TMPDIR: temporary });
const run = (...args: readonly string[]): Promise<Ran> => visavis(folder, args, undefined, environment());
const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'visavis-test-'));
  temporary = made;
  folder = made;
  await copyFile(PORTRAIT, join(made, 'face.png'));
  for (const [name, scope] of [
    ['face', 'film, live-call'],
    ['call', 'live-call'],
  ] as const) {
    const enrolled = await run('enrol', 'face.png', ...CONSENT, '--scope', scope, '--out', `${name}.avatar`);
    if (enrolled.code !== 0) throw new Error(enrolled.stderr);
  }
}, 120_000);

beforeEach(async () => {
  folder = await mkdtemp(join(made, 'run-'));
  temporary = join(folder, 'temporary');
  await mkdir(temporary);
  for (const name of ['face.png', 'face.avatar', 'call.avatar']) await copyFile(join(made, name), join(folder, name));
  await writeFile(join(folder, 'voice.wav'), wavFile(16_000, babble(16_000, 0.4)));
});

afterAll(() => rm(made, { recursive: true }));

describe.skipIf(!hasFfmpeg)('no output replaces what a person has', () => {
  test('a default name that is taken gets another, and the user is told', async () => {
    await writeFile(join(folder, 'voice.csv'), 'recorded');
    const first = await run('animate', 'voice.wav');
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toContain('voice.csv exists and was left as it is; writing voice-visavis.csv.');
    expect((await run('animate', 'voice.wav')).stderr).toContain('writing voice-visavis-2.csv.');
    expect(await text('voice.csv')).toBe('recorded');
    expect(await text('voice-visavis.csv')).toContain(LIVE_LINK_HEADER);
    expect(await run('animate', 'voice.wav', '--force')).toMatchObject({ code: 0 });
    expect(await text('voice.csv')).toContain(LIVE_LINK_HEADER);
  }, 60_000);

  test('a film of recording.webm leaves the recording alone, also by force', async () => {
    const { status } = spawnSync('ffmpeg', ['-loglevel', 'error', '-i', 'voice.wav', 'recording.webm'], {
      cwd: folder,
    });
    expect(status).toBe(0);
    const recording = await readFile(join(folder, 'recording.webm'));
    for (const force of [[], ['--force']]) {
      const { code, stderr } = await run('render', 'face.avatar', 'recording.webm', '--size', '256', ...force);
      expect(code).toBe(0);
      expect(stderr).toContain('recording.webm exists and was left as it is');
    }
    expect(await readFile(join(folder, 'recording.webm'))).toEqual(recording);
  }, 60_000);

  test.each([
    [['animate', 'voice.wav', '--out', 'take.csv'], 'take.csv exists'],
    [['render', 'face.avatar', 'voice.wav', '--out', 'film.webm'], 'film.webm exists'],
    [['enrol', 'face.png', ...CONSENT, '--out', 'face.avatar'], 'face.avatar exists'],
    [['inspect', 'face.avatar', '--preview', 'old.png'], 'old.png exists'],
    [['inspect', 'face.avatar', '--force', '--preview', 'face.avatar'], 'face.avatar is what this command reads'],
    [['animate', 'voice.wav', '--force', '--out', 'same.csv'], 'same.csv is what this command reads'],
    [['render', 'face.avatar', 'voice.wav', '--frames', 'album'], 'the folder album is not empty'],
    [
      ['render', 'album/frame-000001.png', 'voice.wav', '--force', '--frames', 'album'],
      'album/frame-000001.png is what',
    ],
  ])(
    '%j is refused',
    async (args, reason) => {
      await mkdir(join(folder, 'album'));
      await copyFile(PORTRAIT, join(folder, 'album/frame-000001.png'));
      for (const name of ['take.csv', 'film.webm', 'old.png']) await writeFile(join(folder, name), 'kept');
      spawnSync('ln', ['voice.wav', 'same.csv'], { cwd: folder });
      const before = await snapshot();
      const { code, stderr } = await run(...args);
      expect(code).toBe(1);
      expect(stderr).toContain(`visavis: Nothing was written: ${reason}`);
      expect(await snapshot()).toEqual(before);
    },
    60_000,
  );
});

describe('standard output that ends early', () => {
  const shell = (command: string): { readonly status: number | null; readonly stderr: string } =>
    spawnSync('bash', ['-c', `set -o pipefail; visavis() { "$NODE" "$MAIN" "$@"; }; ${command}`], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...environment(), NODE: process.execPath, MAIN: resolve('dist/src/server/cli/main.js') },
    });

  test('is no failure when a reader has enough', async () => {
    await writeFile(join(folder, 'long.wav'), wavFile(16_000, babble(16_000, 36)));
    expect(shell('visavis animate long.wav --out - | head -1 | cut -c1-8')).toMatchObject({ status: 0, stderr: '' });
    // MP4 on standard input is put into the temporary folder first, because it is read out of order.
    spawnSync('ffmpeg', ['-loglevel', 'error', '-i', 'long.wav', 'long.m4a'], { cwd: folder });
    expect(shell('visavis animate - --out - <long.m4a | head -1')).toMatchObject({ status: 0, stderr: '' });
    expect(await readdir(temporary)).toEqual([]);
  }, 60_000);

  test('is a failure in one line when the device is full', () => {
    const { status, stderr } = shell('visavis animate voice.wav --out - >/dev/full');
    expect(status).toBe(1);
    expect(stderr).toBe('visavis: Cannot write standard output: the device is full.\n');
  }, 60_000);
});

test('a terminal that is closed leaves nothing behind', async () => {
  await writeFile(join(folder, 'long.wav'), wavFile(16_000, babble(16_000, 60)));
  const before = await readdir(folder);
  const child = startVisavis(folder, ['render', 'face.avatar', 'long.wav', '--out', 'half.webm'], environment());
  while (!(await readdir(folder)).some((name) => name.startsWith('.half.webm'))) await setTimeout(50);
  child.kill('SIGHUP');
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(129);
  expect(await readdir(folder)).toEqual(before);
}, 60_000);

describe('consent', () => {
  test.each([
    [['photo.png', 'voice.wav'], 'Cannot film photo.png without consent'],
    [['call.avatar', 'voice.wav'], 'its consent is for "live-call", not for "film"'],
  ])(
    '%j is not filmed',
    async (args, reason) => {
      // Another picture than the one that comes with the program.
      await writeFile(join(folder, 'photo.png'), Buffer.concat([await readFile(PORTRAIT), Buffer.alloc(1)]));
      const { code, stderr } = await run('render', ...args);
      expect(code).toBe(1);
      expect(stderr).toContain(reason);
      expect(await readdir(folder)).not.toContain('voice.webm');
    },
    60_000,
  );

  test.each([['face.png'], ['photo.png', ...CONSENT], ['photo.png', '--drawn']])(
    '%j is filmed',
    async (...args) => {
      await writeFile(join(folder, 'photo.png'), Buffer.concat([await readFile(PORTRAIT), Buffer.alloc(1)]));
      const [portrait, ...options] = args;
      expect(await run('render', portrait, 'voice.wav', '--size', '256', ...options)).toMatchObject({ code: 0 });
    },
    60_000,
  );
});

test.skipIf(!hasFfmpeg)(
  'a film made in one folder is recognised in another, by the key of the person',
  async () => {
    const home = { XDG_DATA_HOME: join(made, 'home'), VISAVIS_DATA_DIR: '' };
    const args = ['render', 'face.avatar', 'voice.wav', '--out', 'film.webm'];
    expect(await visavis(folder, args, undefined, home)).toMatchObject({ code: 0 });
    const { stdout } = await visavis(temporary, ['detect', join(folder, 'film.webm'), '--json'], undefined, home);
    expect(JSON.parse(stdout)).toMatchObject({ statement: { result: 'verified' } });
  },
  60_000,
);

async function snapshot(): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(files.map((path) => readFile(path, 'latin1')));
  return Object.fromEntries(files.map((path, index) => [path, contents[index] ?? '']));
}
