import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isInstalled } from '../../support/programs.ts';
import { babble, ffmpeg, hasFfmpeg, wavFile } from '../../support/sound.ts';
import { pictures, probe, visavis, type Ran } from '../../support/visavis.ts';

let folder: string;
const run = (...args: readonly string[]): Promise<Ran> =>
  visavis(folder, args, undefined, { VISAVIS_DATA_DIR: join(folder, 'data') });
const verdict = async (name: string): Promise<unknown> =>
  (JSON.parse((await run('detect', name, '--json')).stdout) as { statement: { result: string } }).statement.result;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
  await writeFile(join(folder, 'voice.wav'), wavFile(16_000, babble(16_000, 0.4)));
  const enrolled = await run('enrol', resolve('models/portraits/astronaut.png'), '--consent', 'x', '--out', 'a.avatar');
  if (enrolled.code !== 0) throw new Error(enrolled.stderr);
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!hasFfmpeg)('visavis render', () => {
  test.each([
    ['film.mp4', [], { codec_name: 'h264' }, { codec_name: 'aac' }],
    ['film.mov', ['--background', 'transparent'], { codec_name: 'prores' }, { codec_name: 'aac' }],
    ['film.webm', ['--background', 'transparent'], { codec_name: 'vp9' }, { codec_name: 'opus' }],
    ['film.gif', [], { codec_name: 'gif' }],
  ])(
    'makes %s %j',
    async (name, options, ...streams) => {
      const { code, stdout } = await run(
        ...['render', 'a.avatar', 'voice.wav', '--size', '256', '--out', name, '--json', ...options],
      );
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ out: name, frames: 10 });
      const probed = probe(join(folder, name)).streams;
      expect(probed).toMatchObject(streams);
      expect(probed[0]).toMatchObject({ width: 256, height: 256 });
      expect((await readdir(folder)).filter((each) => each.endsWith('.part'))).toEqual([]);
    },
    120_000,
  );

  test('surrounds the picture in a film of another shape, keeps its mark and statement, and takes a thumbnail', async () => {
    await writeFile(join(folder, 'five.wav'), wavFile(16_000, babble(16_000, 5.1)));
    const args = ['--size', '256', '--aspect', '16:9', '--out', 'wide.mp4', '--thumbnail', 'wide.jpg', '--quiet'];
    expect((await run('render', 'a.avatar', 'five.wav', ...args)).code).toBe(0);
    expect(probe(join(folder, 'wide.mp4')).streams).toMatchObject([{ width: 456, height: 256 }, { codec_name: 'aac' }]);
    expect(probe(join(folder, 'wide.jpg')).streams).toMatchObject([{ codec_name: 'mjpeg', width: 456, height: 256 }]);
    const { marked, statement } = JSON.parse((await run('detect', 'wide.mp4', '--json')).stdout) as {
      marked: boolean;
      statement: { result: string };
    };
    expect([marked, statement.result]).toEqual([true, 'verified']);
    // The middle is the picture, and beside it is something darker and smoother.
    const [luma] = pictures(join(folder, 'wide.mp4'), 456);
    const columns = Array.from({ length: 456 }, (_, x) =>
      Array.from({ length: 456 }, (_, y) => luma?.[y * 456 + x] ?? 0),
    );
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const grain = (values: readonly number[]): number =>
      mean(values.slice(1).map((value, n) => Math.abs(value - (values[n] ?? 0))));
    const [beside, within] = [columns.slice(5, 90).flat(), columns.slice(110, 340).flat()];
    expect(mean(beside)).toBeGreaterThan(15);
    expect(mean(beside)).toBeLessThan(0.7 * mean(within));
    expect(grain(beside)).toBeLessThan(0.5 * grain(within));
  }, 120_000);

  test.each([
    [['--aspect', '16:9', '--background', 'transparent', '--out', 'x.mov'], /--aspect 16:9 does not go with/],
    [['--size', '1080', '--out', '-'], /--size 1080 needs a file/],
    [['--aspect', '3:2'], /Give one of 1:1, 16:9/],
    [['--thumbnail', 'x.gif'], /--thumbnail x\.gif: give a name that ends in \.jpg/],
    [['--thumbnail', 'x.jpg', '--out', '-'], /--thumbnail needs a film/],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await run('render', 'a.avatar', 'voice.wav', ...options);
    expect([code, message.test(stderr)]).toEqual([2, true]);
  });

  test('times a given text by the voice, for subtitles', async () => {
    const args = [
      '--size',
      '256',
      '--out',
      'timed.webm',
      '--text',
      'Hello there.',
      '--subtitles',
      'timed.srt',
      '--quiet',
    ];
    expect((await run('render', 'a.avatar', 'voice.wav', ...args)).code).toBe(0);
    expect(await readFile(join(folder, 'timed.srt'), 'utf8')).toMatch(
      /^1\n00:00:00,\d{3} --> 00:00:00,\d{3}\nHello there\.\n/,
    );
    const { code, stderr } = await run('render', 'a.avatar', 'voice.wav', '--subtitles', 'none.srt');
    expect([code, stderr.includes('--subtitles needs a sound, and its words in --text')]).toEqual([2, true]);
  }, 60_000);

  test('makes an animated WebP with all its pictures', async () => {
    const args = ['--size', '256', '--background', 'transparent', '--out', 'film.webp'];
    expect((await run('render', 'a.avatar', 'voice.wav', ...args)).code).toBe(0);
    const bytes = await readFile(join(folder, 'film.webp'), 'latin1');
    expect(bytes.slice(8, 12)).toBe('WEBP');
    expect(bytes.split('ANMF')).toHaveLength(11);
  }, 120_000);

  test('leaves the background out, so that another one shows beside the hair', async () => {
    const args = ['--size', '256', '--background', 'transparent', '--frames', 'alpha', '--out', 'over.mov'];
    expect((await run('render', 'a.avatar', 'voice.wav', ...args)).code).toBe(0);
    for (const input of ['alpha/frame-000001.png', 'over.mov']) {
      const { stdout } = spawnSync(
        'ffmpeg',
        [
          ...['-v', 'error', '-i', join(folder, input), '-frames:v', '1'],
          ...['-vf', 'format=rgba', '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'],
        ],
        { maxBuffer: 1 << 24 },
      );
      const alphaAt = (x: number, y: number): number => stdout[4 * (256 * y + x) + 3]!;
      expect(alphaAt(5, 128)).toBeLessThan(3);
      expect(alphaAt(128, 140)).toBeGreaterThan(252);
    }
  }, 120_000);

  test('signs MP4, and detect tells a film that was changed', async () => {
    expect((await run('render', 'a.avatar', 'voice.wav', '--size', '256', '--out', 'signed.mp4')).code).toBe(0);
    expect(await verdict('signed.mp4')).toBe('verified');
    ffmpeg(join(folder, 'signed.mp4'), join(folder, 'copied.mkv'), '-c', 'copy', '-map_metadata', '0');
    expect(['verified', 'none']).toContain(await verdict('copied.mkv'));
    ffmpeg(join(folder, 'signed.mp4'), join(folder, 'recoded.mp4'), '-crf', '40', '-movflags', 'use_metadata_tags');
    expect(await verdict('recoded.mp4')).toBe('altered');
  }, 120_000);

  test('refuses a transparent GIF, which has no alpha for hair', async () => {
    const { code, stderr } = await run(
      'render',
      'a.avatar',
      'voice.wav',
      '--background',
      'transparent',
      '--out',
      'x.gif',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('GIF has no alpha channel');
  }, 120_000);
});

const hasEspeak = isInstalled('espeak-ng', '--version');

describe.skipIf(!hasFfmpeg || !hasEspeak)('visavis say', () => {
  test('makes a film and subtitles of a text, in which every word comes once and in time', async () => {
    await writeFile(join(folder, 'text.txt'), 'Good morning. :) See you [nod] soon.\n\nBye!');
    const { code, stdout } = await run(
      ...['say', 'a.avatar', '@text.txt', '--size', '256', '--out', 'said.webm', '--subtitles', 'said.vtt', '--json'],
    );
    expect(code).toBe(0);
    const { durationS } = JSON.parse(stdout) as { durationS: number };
    const cues = (await readFile(join(folder, 'said.vtt'), 'utf8')).split('\n\n').slice(1);
    expect(cues.map((cue) => cue.trim().split('\n').slice(1).join(' '))).toEqual([
      'Good morning.',
      'See you soon.',
      'Bye!',
    ]);
    const ends = cues.map((cue) => Number(/--> 00:00:(\d\d\.\d{3})/.exec(cue)?.[1]));
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    expect(ends.at(-1)).toBeLessThanOrEqual(durationS);
    expect(durationS).toBeGreaterThan(1.5);
  }, 120_000);

  test.each([
    [['a.avatar', '...'], 2, 'There is nothing to say'],
    [['a.avatar', '@none.txt'], 1, 'there is no such file'],
    [['a.avatar', 'Hello.', '--subtitles', 'said.txt'], 2, '.srt or .vtt'],
  ])(
    'refuses %j',
    async (args, expected, reason) => {
      const { code, stderr } = await run('say', ...args);
      expect(code).toBe(expected);
      expect(stderr).toContain(reason);
    },
    60_000,
  );
});
