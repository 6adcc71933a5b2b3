import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from '../../../src/server/cli/command-line.ts';
import { outlineOf } from '../../../src/server/cli/command-outline.ts';
import { manualPage } from '../../../src/server/cli/manual-page.ts';
import { completionScript } from '../../../src/server/cli/shell-completion.ts';
import { packageVersion } from '../../../src/server/package-version.ts';
import { babble, hasFfmpeg, wavFile } from '../../support/sound.ts';
import { visavis, type Ran } from '../../support/visavis.ts';

const program = commandLine({ environment: {}, signal: new AbortController().signal });
const commands = outlineOf(program);

let folder: string;
const run = (...args: readonly string[]): Promise<Ran> =>
  visavis(folder, args, undefined, { VISAVIS_DATA_DIR: join(folder, 'data') });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('the manual page', () => {
  test('is what `node dist/src/server/cli/main.js manual > docs/visavis.1` writes', async () => {
    const page = manualPage(commands, program.description(), packageVersion());
    expect(await readFile(resolve('docs/visavis.1'), 'utf8')).toBe(page);
    for (const { name, examples } of commands) {
      expect(page).toContain(`.SS ${name}\n`);
      expect(examples.length).toBeGreaterThan(0);
    }
  });
});

describe('completion in bash', () => {
  const complete = (...words: readonly string[]): string[] => {
    const script = `${completionScript('bash', commands)}
COMP_WORDS=(visavis "$@"); COMP_CWORD=$#; _visavis; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return stdout.split('\n').filter((word) => word !== '');
  };

  test.each([
    [['re'], ['render']],
    [['render', 'face.avatar', '--back'], ['--background']],
    [['animate', '--si'], []],
    [['render', 'fa'], []],
    [['help', 'bat'], ['batch']],
  ])('completes %j to %j', (words, expected) => {
    expect(complete(...words)).toEqual(expected);
  });

  test('knows every option of every command', () => {
    for (const { name, options } of commands) {
      const names = options.flatMap((option) => option.names).filter((each) => each.startsWith('--'));
      expect(complete(name, '--')).toEqual(names);
    }
  });
});

test('completion in zsh and fish names every command and long option', () => {
  const [zsh, fish] = [completionScript('zsh', commands), completionScript('fish', commands)];
  for (const { name, options } of commands) {
    expect(zsh).toContain(`\n    ${name}) _arguments `);
    for (const long of options.flatMap(({ names }) => names).filter((each) => each.startsWith('--'))) {
      expect(zsh).toContain(`'${long}[`);
      expect(fish).toMatch(new RegExp(`from ${name}' .*-l ${long.slice(2)}\\b`));
    }
  }
});

test('the version names the program, its motion bundle and the avatars that it reads', async () => {
  const { code, stdout } = await run('--version');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^visavis \d+\.\d+\.\d+\nmotion bundle \S+ \(visavis\.motion\/\d+\)\navatar format \d+\n/);
});

test.each([
  [['sing'], 'visavis'],
  [['render', '--sing'], 'visavis render'],
  [['render', 'face.avatar'], 'visavis render'],
  [['animate', 'voice.wav', '--out', 'motion.txt'], 'visavis animate'],
])('a complaint about %j names the help to read', async (args, command) => {
  expect((await run(...args)).stderr.trimEnd()).toMatch(new RegExp(`[.)] See ${command} --help\\.$`));
});

/** @returns the names of all fields, those inside others too. */
function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [name, ...fieldsOf(each)]);
}

describe.skipIf(!hasFfmpeg)('every field of --json', () => {
  test('is documented in the section of its command', async () => {
    const page = await readFile(resolve('docs/json-output.md'), 'utf8');
    await writeFile(join(folder, 'voice.wav'), wavFile(16_000, babble(16_000, 0.2)));
    const portrait = resolve('models/portraits/astronaut.png');
    const film = ['--size', '256', '--quiet'];
    for (const args of [
      ['enrol', portrait, '--consent', 'x', '--out', 'a.avatar', '--json'],
      ['inspect', 'a.avatar', '--json'],
      ['animate', 'voice.wav', '--json', '--quiet'],
      ['render', 'a.avatar', 'voice.wav', '--frames', 'frames', '--out', 'a.webm', '--json', ...film],
      ['batch', folder, '--portrait', join(folder, 'a.avatar'), '--json', '--', '--size', '256'],
      ['detect', 'a.webm', '--json'],
      ['models', '--json'],
    ]) {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stderr.includes('visavis: Cannot')]).toEqual([0, false]);
      const fields = fieldsOf(JSON.parse(stdout));
      const heading = `## ${page.split('\n## ').find((part) => part.split('\n')[0]?.includes(`\`${args[0] ?? ''}\``)) ?? ''}`;
      const asFor = ['enrol', 'animate'].filter(
        (name) => heading.includes('as above') || heading.includes(`\`${name}\``),
      );
      const sections = asFor.map((name) => page.split(`\n## \`${name}\``)[1]?.split('\n## ')[0] ?? '');
      const documented = [heading, ...sections].join('\n');
      const missing = fields.filter((field) => !documented.includes(`\`${field}\``));
      expect([args[0], missing]).toEqual([args[0], []]);
    }
  }, 120_000);
});
