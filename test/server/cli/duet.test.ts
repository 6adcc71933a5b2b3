import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MotionFrame } from '../../../src/base/media.ts';
import { MOTION_INDEX } from '../../../src/media/motion-space.ts';
import { OnnxMotionEngine } from '../../../src/native/model/motion-engine.ts';
import { Conversation } from '../../../src/server/cli/conversation.ts';
import { babble, hasFfmpeg, wavFile } from '../../support/sound.ts';
import { probe, soundOf, visavis, type Ran } from '../../support/visavis.ts';

const RATE_HZ = 16_000;
const silence = (seconds: number): Float32Array => new Float32Array(RATE_HZ * seconds);

describe('a conversation', () => {
  let engine: OnnxMotionEngine;
  beforeAll(async () => {
    engine = await OnnxMotionEngine.open({ folder: 'models/visavis-motion-1', precision: 'int8' });
  });
  afterAll(() => engine.close());

  /** Motion of the second person, who is silent for five seconds. */
  async function listener(first: Float32Array, towardsDeg: readonly [number, number]): Promise<MotionFrame[]> {
    const one = async function* (sound: Float32Array): AsyncGenerator<Float32Array, void> {
      yield await Promise.resolve(sound);
    };
    const person = { engine, framesPerSecond: 25, controls: [], sampleRateHz: RATE_HZ, seed: 3 };
    const voices = [one(first), one(silence(5))] as const;
    const frames: [MotionFrame[], MotionFrame[]] = [[], []];
    for await (const step of new Conversation({ voices, people: [person, person], towardsDeg }).steps()) {
      for (const each of [0, 1] as const) frames[each].push(...step.frames[each]);
    }
    expect(frames[0]).toHaveLength(frames[1].length);
    return frames[1];
  }
  const mean = (frames: readonly MotionFrame[], channel: keyof typeof MOTION_INDEX): number =>
    frames.reduce((sum, { motion }) => sum + (motion[MOTION_INDEX[channel]] ?? 0), 0) / frames.length;

  test('who is silent looks at who speaks, on whichever side that is, and tilts the head', async () => {
    const voice = babble(RATE_HZ, 5);
    const [left, right, alone] = [
      await listener(voice, [0, 20]),
      await listener(voice, [0, -20]),
      await listener(silence(5), [0, 20]),
    ].map((frames) => frames.slice(50)) as [MotionFrame[], MotionFrame[], MotionFrame[]];
    const gaze = (frames: MotionFrame[]): number =>
      mean(frames, 'eyeLookOutLeft') - mean(frames, 'eyeLookInLeft') + mean(frames, 'headYaw') / 20;
    expect(gaze(left) - gaze(right)).toBeGreaterThan(0.3);
    expect(mean(left, 'headRoll') - mean(alone, 'headRoll')).toBeGreaterThan(1);
  }, 60_000);

  test('goes on for as long as the longer voice', async () => {
    expect(await listener(babble(RATE_HZ, 5.2), [0, 0])).toHaveLength(130);
  }, 60_000);
});

describe.skipIf(!hasFfmpeg)('visavis duet', () => {
  let folder: string;
  const run = (...args: readonly string[]): Promise<Ran> =>
    visavis(folder, args, undefined, { VISAVIS_DATA_DIR: join(folder, 'data') });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
    const [voice, pause] = [babble(RATE_HZ, 0.4), silence(0.4)];
    const [first, second] = [Float32Array.from([...voice, ...pause]), Float32Array.from([...pause, ...voice])];
    await writeFile(join(folder, 'both.wav'), wavFile(RATE_HZ, first, second));
    await writeFile(join(folder, 'one.wav'), wavFile(RATE_HZ, first));
    const portrait = resolve('models/portraits/drawn.png');
    const enrolled = await run('enrol', portrait, '--consent', 'drawn', '--out', 'a.avatar');
    if (enrolled.code !== 0) throw new Error(enrolled.stderr);
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true }));

  test('makes one film of both, with both voices', async () => {
    const args = ['a.avatar', 'a.avatar', 'both.wav', '--size', '256', '--out', 'talk.mp4', '--json'];
    const { code, stdout } = await run('duet', ...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ out: ['talk.mp4'], frames: 20, durationS: 0.8 });
    const { streams, format } = probe(join(folder, 'talk.mp4'));
    expect(streams).toMatchObject([{ codec_name: 'h264', width: 512, height: 256 }, { codec_name: 'aac' }]);
    expect(Object.keys(format.tags ?? {})).toEqual(
      expect.arrayContaining(['VISAVIS_PROVENANCE', 'VISAVIS_PROVENANCE_2']),
    );
    const { statement } = JSON.parse((await run('detect', 'talk.mp4', '--json')).stdout) as { statement: object };
    expect(statement).toMatchObject({ result: 'verified' });
    const sound = soundOf(join(folder, 'talk.mp4'));
    const energy = (fromS: number): number =>
      sound.subarray(fromS * 48_000, (fromS + 0.35) * 48_000).reduce((sum, value) => sum + value * value, 0);
    expect(Math.min(energy(0.02), energy(0.42)) / Math.max(energy(0.02), energy(0.42))).toBeGreaterThan(0.4);
  }, 120_000);

  test('makes two films in step, each with its own voice', async () => {
    const args = ['a.avatar', 'a.avatar', 'both.wav', '--size', '256', '--apart', '--out', 'talk.webm', '--quiet'];
    expect((await run('duet', ...args)).code).toBe(0);
    const loud = (name: string): boolean[] => {
      const { streams, format } = probe(join(folder, name));
      expect(streams).toMatchObject([{ codec_name: 'vp8', nb_read_packets: '20' }, { codec_name: 'opus' }]);
      expect(Number(format.duration)).toBeCloseTo(0.8, 2);
      const sound = soundOf(join(folder, name));
      return [0.02, 0.45].map((fromS) =>
        sound.subarray(fromS * 48_000, (fromS + 0.3) * 48_000).some((value) => Math.abs(value) > 0.05),
      );
    };
    expect([loud('talk-1.webm'), loud('talk-2.webm')]).toEqual([
      [true, false],
      [false, true],
    ]);
  }, 120_000);

  test('refuses a sound with one voice, and leaves nothing', async () => {
    const before = await readdir(folder);
    const { code, stderr } = await run('duet', 'a.avatar', 'a.avatar', 'one.wav', '--size', '256', '--out', 'x.mp4');
    expect(code).toBe(2);
    expect(stderr).toContain('Both sides of one.wav are the same');
    expect(await readdir(folder)).toEqual(before);
  }, 60_000);
});
