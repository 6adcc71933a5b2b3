import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBatchList } from '../../../src/server/cli/batch-list.ts';
import { babble, hasFfmpeg, wavFile } from '../../support/sound.ts';
import { probe, startVisavis, visavis, type Ran } from '../../support/visavis.ts';

interface Report {
  readonly made: number;
  readonly kept: number;
  readonly failed: number;
  readonly films: readonly { readonly out: string; readonly status: string; readonly notes: readonly string[] }[];
}

let folder: string;
const environment = (): NodeJS.ProcessEnv => ({ VISAVIS_DATA_DIR: join(folder, 'data'), TMPDIR: join(folder, 'tmp') });
const run = (...args: readonly string[]): Promise<Ran> => visavis(folder, args, undefined, environment());
const batch = async (...args: readonly string[]): Promise<{ code: number | null; report: Report; stderr: string }> => {
  const { code, stdout, stderr } = await run('batch', '--json', ...args);
  return { code, stderr, report: JSON.parse(stdout) as Report };
};
const statuses = ({ films }: Report): Record<string, string> =>
  Object.fromEntries(films.map(({ out, status }) => [out, status]));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
  await mkdir(join(folder, 'tmp'));
  await mkdir(join(folder, 'sounds'));
  await copyFile(resolve('models/portraits/astronaut.png'), join(folder, 'face.png'));
  for (const name of ['a', 'b']) {
    await writeFile(join(folder, `sounds/${name}.wav`), wavFile(16_000, babble(16_000, 0.2)));
  }
  await writeFile(join(folder, 'sounds/notes.txt'), 'no sound');
  const enrolled = await run('enrol', 'face.png', '--consent', 'x', '--out', 'face.avatar');
  if (enrolled.code !== 0) throw new Error(enrolled.stderr);
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!hasFfmpeg)('visavis batch', () => {
  test('makes a film of every sound in a folder, and the next run keeps what is whole', async () => {
    const args = ['sounds', '--portrait', 'face.avatar', '--out-dir', 'films', '--jobs', '2', '--', '--size', '256'];
    const first = await run('batch', ...args);
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr.match(/^\[[12]\/2\] [ab]\.webm: made, 0\.2 s of film in [\d.]+ s$/gm)).toHaveLength(2);
    expect(probe(join(folder, 'films/a.webm')).streams[0]).toMatchObject({ width: 256 });
    expect((await readdir(join(folder, 'films'))).sort()).toEqual(['a.webm', 'b.webm', 'visavis-batch.json']);

    const times = async (): Promise<number[]> =>
      Promise.all(['a', 'b'].map(async (name) => (await stat(join(folder, `films/${name}.webm`))).mtimeMs));
    const before = await times();
    expect((await batch(...args)).report).toMatchObject({ made: 0, kept: 2 });
    expect(await times()).toEqual(before);

    // A film that breaks off is made again, as is one whose sound has changed.
    await truncate(join(folder, 'films/a.webm'), 3000);
    await writeFile(join(folder, 'sounds/b.wav'), wavFile(16_000, babble(16_000, 0.3)));
    expect((await batch(...args)).report).toMatchObject({ made: 2, kept: 0 });

    // Without its report, the films' signatures say that they are whole.
    await rm(join(folder, 'films/visavis-batch.json'));
    const later = new Date(Date.now() + 5000);
    await utimes(join(folder, 'films/a.webm'), later, later);
    await writeFile(join(folder, 'films/b.webm'), 'a file of the user');
    const { code, report } = await batch(...args);
    expect(code).toBe(1);
    expect(statuses(report)).toEqual({ 'films/a.webm': 'kept', 'films/b.webm': 'failed' });
    expect(report.films.find(({ out }) => out === 'films/b.webm')?.notes.join()).toMatch(/films\/b\.webm exists/);
    expect(await readFile(join(folder, 'films/b.webm'), 'utf8')).toBe('a file of the user');
  }, 120_000);

  test('takes options for each film from a CSV list, and goes on after one that fails', async () => {
    await writeFile(
      join(folder, 'list.csv'),
      '\uFEFFportrait;sound;out;size;consent;fps\nface.png;sounds/a.wav;one.webm;256;"me; myself";30\nface.avatar;sounds/notes.txt;two.mp4;;;\n',
    );
    const { code, report, stderr } = await batch('list.csv', '--report', 'list-report.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/1 of 2 films were not made: two\.mp4\.\n$/);
    expect(statuses(report)).toEqual({ 'one.webm': 'made', 'two.mp4': 'failed' });
    expect(report.films.find(({ out }) => out === 'two.mp4')?.notes.join()).toMatch(/no sound file that is known/);
    const { statement } = JSON.parse((await run('detect', 'one.webm', '--json')).stdout) as {
      statement: { claims: object };
    };
    expect(statement.claims).toMatchObject({ consentText: 'me; myself' });
  }, 120_000);

  test.each([
    [[{ sound: 'sounds/a.wav' }], /film 1: it names no portrait/],
    [[{ portrait: 'face.avatar' }], /film 1: give it either "sound" or "text"/],
    [[{ portrait: 'face.avatar', text: 'Hello' }], /film 1: a film of a text needs a name in "out"/],
    [[{ portrait: 'face.avatar', sound: 'sounds/a.wav', colour: 'red' }], /film 1: "colour" is no option of a film/],
    [[{ portrait: 'face.avatar', sound: 'sounds/a.wav', fps: 31 }], /film 1: .*Give one of 25/],
    [[{ portrait: 'face.avatar', sound: 'sounds/a.wav', force: true }], /film 1: "force" is no option/],
    [
      [
        { portrait: 'face.avatar', sound: 'sounds/a.wav' },
        { portrait: 'face.avatar', sound: 'other/a.wav' },
      ],
      /films 1 and 2 have the same name, \S*a\.webm/,
    ],
    [[], /it lists no film/],
    [[{ portrait: ['face.avatar'] }], /film 1: portrait/],
  ])('refuses the list %j before it makes anything', async (rows, message) => {
    await writeFile(join(folder, 'wrong.json'), JSON.stringify(rows));
    const settings = { environment: {}, signal: new AbortController().signal };
    const options = { portrait: undefined, outFolder: undefined, ending: '.webm', options: [], settings };
    const refused = readBatchList(join(folder, 'wrong.json'), options);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(/^Cannot use [^\n]*wrong\.json[^\n]+\.$/);
  });

  test('replaces no file that is not its own report', async () => {
    await writeFile(join(folder, 'mine.json'), '{}');
    const { code, stderr } = await run('batch', 'sounds', '--portrait', 'face.avatar', '--report', 'mine.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/mine\.json exists and is no report of a batch/);
    expect(await readFile(join(folder, 'mine.json'), 'utf8')).toBe('{}');
  });

  test('watches a folder, and leaves nothing half done when it is interrupted', async () => {
    await mkdir(join(folder, 'inbox'));
    const args = ['batch', 'inbox', '--portrait', 'face.avatar', '--watch', '--', '--size', '256'];
    const child = startVisavis(folder, args, environment());
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
      while (!(await holds())) await setTimeout(50);
    };
    await copyFile(join(folder, 'sounds/a.wav'), join(folder, 'inbox/first.wav'));
    await until(() => said.includes('[1] first.webm: made'));
    await writeFile(join(folder, 'inbox/long.wav'), wavFile(16_000, babble(16_000, 60)));
    await until(async () => (await readdir(join(folder, 'inbox'))).some((name) => name.startsWith('.long.webm')));
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(143);
    expect((await readdir(join(folder, 'inbox'))).sort()).toEqual([
      'first.wav',
      'first.webm',
      'long.wav',
      'visavis-batch.json',
    ]);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  }, 120_000);
});
