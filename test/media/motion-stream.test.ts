import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MotionFrame } from '../../src/base/media.ts';
import { seededRandom } from '../../src/base/random.ts';
import { mediaTimeUs } from '../../src/base/timeline.ts';
import { Prosody } from '../../src/media/features/prosody.ts';
import { SPEECH_INDICES } from '../../src/media/motion/channel-groups.ts';
import { CHANNEL_SIZES } from '../../src/media/motion/channel-sizes.ts';
import { MOTION_DIMS, MOTION_INDEX, restMotion } from '../../src/media/motion-space.ts';
import { MotionStream } from '../../src/media/motion-stream.ts';
import { listen, runAll } from './motion/listening-engine.ts';
import { SMALL_MANIFEST } from './motion/small-manifest.ts';

const JAW = MOTION_INDEX.jawOpen;
/** Frames come in ARKit's unit; the networks of these tests speak in their own. */
const JAW_SIZE = CHANNEL_SIZES[JAW]!;
/** Wide openings bend, and quiet stretches open less: a network's whole jaw is drawn with a third or more. */
const OPEN_WIDE = 0.35 * JAW_SIZE;
const at = mediaTimeUs;

function voice(seconds: number, seed = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: Math.round(seconds * 16_000) }, (_, index) => {
    const syllable = Math.max(0, Math.sin((2 * Math.PI * 4 * index) / 16_000));
    return 0.3 * syllable * random.normal();
  });
}

function open(seed = 7): MotionStream {
  return new MotionStream({ manifest: SMALL_MANIFEST, seed });
}

function speaking(seconds: number): MotionStream {
  const stream = open();
  stream.push(voice(seconds));
  return stream;
}

function due(stream: MotionStream, most = 1): NonNullable<ReturnType<MotionStream['due']>> {
  const job = stream.due(most);
  if (job === undefined) throw new Error('a hop is due');
  return job;
}

const numbersOf = (frames: readonly MotionFrame[]): number[][] =>
  frames.map(({ timeUs, motion }) => [timeUs, ...motion]);
const allFinite = (frames: readonly MotionFrame[]): boolean => numbersOf(frames).flat().every(Number.isFinite);

test('any cutting of the sound gives the same motion, however the jobs fall between', () => {
  const sound = voice(1.2);
  const whole = open();
  whole.push(sound);
  const expected = numbersOf(runAll(whole));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.boolean()), { minLength: 1, maxLength: 12 }),
      (steps) => {
        const stream = open();
        const frames: MotionFrame[] = [];
        let start = 0;
        for (const [samples, run] of steps) {
          stream.push(sound.subarray(start, start + samples));
          start = Math.min(sound.length, start + samples);
          if (run) frames.push(...runAll(stream));
        }
        stream.push(sound.subarray(start));
        frames.push(...runAll(stream));
        expect(numbersOf(frames)).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
});

describe('some hops in one job', () => {
  const gazes = (stream: MotionStream): MotionStream => {
    stream.control({ type: 'gaze', target: { yaw: 10, pitch: 0 } }, at(100_000));
    stream.control({ type: 'gaze', target: { yaw: -10, pitch: 5 } }, at(450_000));
    return stream;
  };

  test.each([2, 5, 8])('%i give the motion that they give one by one', (hopsAtOnce) => {
    const together = gazes(speaking(1.2));
    expect(numbersOf(runAll(together, listen, hopsAtOnce))).toEqual(numbersOf(runAll(gazes(speaking(1.2)))));
    expect(together.counts).toEqual({ skippedHops: 0, invalidHops: 0, lateResults: 0 });
  });

  test('end where another guidance begins', () => {
    const stream = speaking(1);
    stream.control({ type: 'gaze', target: { yaw: 10, pitch: 0 } }, at(0));
    stream.control({ type: 'guidance', condition: 'gaze', scale: 1 }, at(200_000));
    const first = due(stream, 20);
    expect(first.guidance).toEqual([]);
    expect(first.hops).toBeGreaterThan(3);
    expect(first.hops).toBeLessThan(10);
    listen(first);
    stream.accept(first);
    expect(due(stream).guidance).toMatchObject([{ condition: 'gaze' }]);
  });

  test('are all skipped when they are late', () => {
    const stream = speaking(1);
    const job = due(stream, 4);
    expect(stream.skip().map(({ timeUs }) => timeUs / 1000)).toEqual([0, 20, 40, 60, 80]);
    listen(job);
    expect(stream.accept(job)).toEqual([]);
    expect(stream.counts).toMatchObject({ skippedHops: 4, lateResults: 1 });
    expect(due(stream).hop).toBe(4);
  });
});

test('the seed decides what chance decides, and nothing else does', () => {
  const make = (seed: number): number[][] => {
    const stream = open(seed);
    stream.push(voice(0.6));
    return numbersOf(runAll(stream));
  };
  expect(make(1)).toEqual(make(1));
  expect(make(1)).not.toEqual(make(2));
});

test('a frame speaks of the sound at its time: look-ahead behind the newest, none before the first', () => {
  const stream = speaking(0.4);
  const times = runAll(stream).map(({ timeUs }) => timeUs as number);
  expect(times).toEqual(Array.from({ length: 17 }, (_, frame) => frame * 20_000));
  expect(stream.newestUs).toBe(320_000);
  expect(stream.waitingHops).toBe(0);
});

test('one hop is run at a time, and a hop is asked for once', () => {
  const stream = speaking(0.2);
  const first = due(stream);
  expect(stream.due()).toBeUndefined();
  listen(first);
  stream.accept(first);
  const second = due(stream);
  expect([first.hop, second.hop]).toEqual([0, 1]);
  expect(second.buffer).toBe(first.buffer);
});

describe('a late inference', () => {
  test('is skipped with plausible frames; the sound is heard by the next', () => {
    const stream = speaking(1);
    for (let hop = 0; hop < 10; hop++) {
      const job = due(stream);
      listen(job);
      stream.accept(job);
    }
    due(stream);
    const stoodIn = stream.skip();
    expect(stoodIn.map(({ timeUs }) => timeUs as number)).toEqual([340_000, 360_000]);
    expect(allFinite(stoodIn)).toBe(true);
    // The one that was being run never comes home; its sound comes first in the next job.
    const next = due(stream);
    expect([next.hop, next.melHops]).toEqual([11, 2]);
    listen(next);
    expect(stream.accept(next)[0]?.timeUs).toBe(380_000);
    expect(stream.counts).toEqual({ skippedHops: 1, invalidHops: 0, lateResults: 0 });
  });

  test('that comes before the next is asked for brings what it heard, and no frames', () => {
    const [skipping, steady] = [speaking(1), speaking(1)];
    const job = due(skipping);
    expect(skipping.skip()).toEqual([]);
    listen(job);
    expect(skipping.accept(job)).toEqual([]);
    const next = due(skipping);
    expect(next.melHops).toBe(1);
    const first = due(steady);
    listen(first);
    steady.accept(first);
    expect([...next.encoderState]).toEqual([...due(steady).encoderState]);
    expect(skipping.counts).toMatchObject({ skippedHops: 1, lateResults: 1 });
  });

  test('that fails is stood in for once, whether it was given up before or not', () => {
    const stream = speaking(1);
    due(stream);
    expect(stream.fail()).toHaveLength(0);
    expect(stream.counts.skippedHops).toBe(1);
    due(stream);
    stream.skip();
    const waiting = stream.waitingHops;
    expect(stream.fail()).toEqual([]);
    expect([stream.counts.skippedHops, stream.waitingHops]).toEqual([2, waiting]);
  });

  test('that comes after the next was asked for is dropped', () => {
    const stream = speaking(1);
    const late = due(stream);
    stream.skip();
    const next = due(stream);
    listen(late);
    expect(stream.accept(late)).toEqual([]);
    listen(next);
    stream.accept(next);
    expect(stream.counts).toMatchObject({ skippedHops: 1, lateResults: 1 });
    expect(due(stream).hop).toBe(2);
  });

  test('leaves no jump: neither where it stands in nor where the model comes back', () => {
    const steps = (skips: ReadonlySet<number>): number => {
      const stream = speaking(3);
      const frames: MotionFrame[] = [];
      for (let hop = 0; hop < 70; hop++) {
        if (skips.has(hop)) {
          frames.push(...stream.skip());
          continue;
        }
        const job = due(stream);
        // Straight from loudness to jaw, without chance.
        job.token.fill(0);
        listen(job);
        frames.push(...stream.accept(job));
      }
      return Math.max(
        ...frames.slice(1).map(({ motion }, index) => Math.abs(motion[JAW]! - frames[index]!.motion[JAW]!)),
      );
    };
    expect(steps(new Set([20, 21, 22, 35, 50, 51]))).toBeLessThanOrEqual(1.05 * steps(new Set()));
  });

  test('after another relaxes the mouth and stills the head', () => {
    const stream = speaking(3);
    for (let hop = 0; hop < 20; hop++) {
      const job = due(stream);
      listen(job);
      job.token[0] = job.token[4] = 5;
      job.token[2] = 0.2 * hop;
      job.token[6] = 0.2 * hop + 0.1;
      stream.accept(job);
    }
    const frames = Array.from({ length: 30 }, () => stream.skip()).flat();
    const last = frames.at(-1)?.motion ?? restMotion();
    expect(frames[0]?.motion[JAW]).toBeGreaterThan(OPEN_WIDE);
    expect(last[JAW]).toBeLessThan(0.01);
    const [before, after] = frames.slice(-2).map(({ motion }) => motion[MOTION_INDEX.headYaw] ?? NaN);
    // The networks' head went 0.4 degrees a frame; what is left is life.
    expect(Math.abs((after ?? NaN) - (before ?? NaN))).toBeLessThan(0.2);
  });
});

test('a value that is no number never leaves, nor stays in the memory', () => {
  const stream = speaking(1);
  const frames = runAll(stream, (job) => {
    listen(job);
    if (job.hop % 5 === 3) job.token[job.hop % 8] = NaN;
    if (job.hop % 7 === 4) job.encoderState[1] = Infinity;
    if (job.hop % 6 === 2) job.features[9] = NaN;
  });
  expect(frames).toHaveLength(47);
  expect(allFinite(frames)).toBe(true);
  expect(stream.counts.invalidHops).toBe(5);
  const broken = voice(0.2);
  broken.fill(NaN, 100, 200);
  stream.push(broken);
  expect(allFinite(runAll(stream))).toBe(true);
});

describe('an interruption', () => {
  const openness = (motion: Float32Array): number =>
    SPEECH_INDICES.reduce((sum, index) => sum + (motion[index] ?? NaN), 0);

  test('shows in the next picture, has closed the mouth after 150 ms without a jump, and lasts while the voice does', () => {
    const stream = speaking(4);
    runAll(stream, (job) => {
      listen(job);
      job.token[0] = job.token[4] = 6;
    });
    const target = new Float32Array(MOTION_DIMS);
    const jawAt = (us: number): number => {
      stream.motionAt(at(us), target);
      return target[JAW]!;
    };
    const open1 = jawAt(2_000_000);
    expect(open1).toBeGreaterThan(OPEN_WIDE);
    stream.control({ type: 'interrupt' }, at(2_000_000));
    let before = jawAt(2_000_000);
    expect(before).toBeCloseTo(open1);
    for (let us = 2_005_000; us <= 2_150_000; us += 5000) {
      expect(before - jawAt(us)).toBeLessThan(0.09);
      before = jawAt(us);
    }
    expect(before).toBe(0);
    expect(stream.interruptedAt(at(2_150_000))).toBe(true);
    expect(jawAt(3_800_000)).toBe(0);
    stream.push(new Float32Array(16_000));
    expect(stream.silentSinceUs).toBeDefined();
    expect(stream.interruptedAt(at(4_900_000))).toBe(false);
  });

  test('ends when it is resumed', () => {
    const stream = speaking(2);
    stream.control({ type: 'interrupt' }, at(0));
    stream.control({ type: 'resume' }, at(500_000));
    const frames = runAll(stream);
    const between = (from: number, to: number): number[] =>
      frames.filter(({ timeUs }) => timeUs >= from && timeUs < to).map(({ motion }) => openness(motion));
    expect(Math.max(...between(150_000, 500_000))).toBe(0);
    expect(Math.max(...between(700_000, 1_500_000))).toBeGreaterThan(0.2);
  });
});

describe('motionAt', () => {
  test('says at each rate what lies between the frames, and whether it is known', () => {
    const stream = speaking(1);
    const frames = runAll(stream);
    const target = new Float32Array(MOTION_DIMS);
    for (const framesPerSecond of [25, 30, 40, 60]) {
      for (let picture = 0; picture * (1e6 / framesPerSecond) <= 920_000; picture++) {
        const timeUs = Math.round((picture * 1e6) / framesPerSecond);
        expect(stream.motionAt(at(timeUs), target)).toBe(true);
        const before = frames[Math.floor(timeUs / 20_000)];
        const after = frames[Math.min(frames.length - 1, Math.floor(timeUs / 20_000) + 1)];
        const share = (timeUs % 20_000) / 20_000;
        const [from, to] = [before?.motion[JAW] ?? NaN, after?.motion[JAW] ?? NaN];
        // Limits come after, so that what lies between a frame at a limit and one within it may differ.
        if (from < 1 && to < 1) expect(target[JAW]).toBeCloseTo((1 - share) * from + share * to, 5);
      }
    }
    const newest = stream.newestUs;
    expect(stream.motionAt(newest, target)).toBe(true);
    expect(stream.motionAt(at(newest + 1), target)).toBe(false);
    expect([...target]).toEqual([...(frames.at(-1)?.motion ?? [])]);
  });

  test('is rest before there is any, and never looks at what the frames were given', () => {
    const target = new Float32Array(MOTION_DIMS);
    expect(open().motionAt(at(0), target)).toBe(false);
    expect(target).toEqual(restMotion());
  });

  test('shows a gesture at once, where frames were made before it was asked for', () => {
    const stream = speaking(1);
    runAll(stream);
    const target = new Float32Array(MOTION_DIMS);
    stream.control({ type: 'gesture', name: 'blink' }, at(500_000));
    stream.motionAt(at(600_000), target);
    expect(target[MOTION_INDEX.eyeBlinkRight]).toBeGreaterThan(0.9);
  });
});

test('controls reach the model as conditions, from their moment on', () => {
  const stream = speaking(2);
  stream.control({ type: 'gaze', target: { yaw: 10, pitch: 0 } }, at(400_000));
  stream.control({ type: 'emotion', name: 'happy', strength: 0.7 }, at(400_000));
  stream.control({ type: 'guidance', condition: 'gaze', scale: 1 }, at(400_000));
  const given: number[][] = [];
  const guided: number[] = [];
  runAll(stream, (job) => {
    given.push([...job.condition]);
    guided.push(job.guidance.length);
    listen(job);
  });
  // Hop h speaks of the time from 40 h - 60 ms on.
  expect(given[11]?.slice(0, 3)).toEqual([0, 0, 0]);
  expect(given[12]?.slice(0, 3)).toEqual([0.5, 0, 1]);
  expect(given.at(-1)?.[5]).toBeCloseTo(0.7);
  expect(given.at(-1)?.[11]).toBeCloseTo(0.3);
  expect([guided[11], guided[12]]).toEqual([0, 1]);
});

test('smiles pass over a face of which no feeling is asked, and hardly over another', () => {
  const smilesOf = (stream: MotionStream): number =>
    runAll(stream).filter(({ motion }) => motion[MOTION_INDEX.mouthSmileLeft]! > 0.15).length;
  const asked = speaking(30);
  asked.control({ type: 'emotion', name: 'neutral', strength: 1 }, at(0));
  const unasked = smilesOf(speaking(30));
  expect(unasked).toBeGreaterThan(150);
  expect(smilesOf(asked)).toBeLessThan(0.2 * unasked);
});

test('ten minutes do not drift: every frame at its time, the last as lively as the first', { timeout: 300_000 }, () => {
  const stream = open();
  const minute = voice(60);
  const spreads: number[] = [];
  let frame = 0;
  for (let part = 0; part < 10; part++) {
    stream.push(minute);
    let [sum, squares] = [0, 0];
    const frames = runAll(stream);
    for (const { timeUs, motion } of frames) {
      if (timeUs !== frame++ * 20_000) throw new Error(`Frame ${frame} is at ${timeUs}`);
      sum += motion[JAW]!;
      squares += motion[JAW]! ** 2;
    }
    spreads.push(Math.sqrt(squares / frames.length - (sum / frames.length) ** 2));
  }
  expect(frame).toBe(10 * 60 * 50 - 3);
  expect(stream.newestUs).toBe((10 * 60 * 50 - 4) * 20_000);
  // Chance widens one minute's mouth by some percent more than another's, so four minutes stand against four.
  const meanOf = (minutes: readonly number[]): number =>
    minutes.reduce((sum, spread) => sum + spread, 0) / minutes.length;
  expect(Math.abs(meanOf(spreads.slice(6)) / meanOf(spreads.slice(1, 5)) - 1)).toBeLessThan(0.05);
  expect(stream.counts).toEqual({ skippedHops: 0, invalidHops: 0, lateResults: 0 });
});

test('reset begins again: the same sound gives the same motion', () => {
  const stream = speaking(0.5);
  stream.control({ type: 'pose', yaw: 10, pitch: 0, roll: 0 }, at(0));
  runAll(stream);
  stream.reset();
  stream.push(voice(0.5));
  const fresh = speaking(0.5);
  expect(numbersOf(runAll(stream))).toEqual(numbersOf(runAll(fresh)));
  expect(stream.waitingHops).toBe(0);
});

test('in a call of two, a silent face follows the voice of the other, until its own person speaks', () => {
  const towards = { yaw: 10, pitch: 0 };
  const talks = new Prosody(16_000);
  talks.push(Float32Array.from([...voice(3), ...new Float32Array(24_000), ...voice(3)]));
  const stream = open();
  const listensFor = (seconds: number, own: Float32Array, from: number): MotionFrame[] => {
    const frames: MotionFrame[] = [];
    for (let block = 0; block < seconds * 50; block++) {
      const time = at((from * 50 + block + 1) * 20_000);
      stream.hear({ voice: talks.take(time), towards }, time);
      stream.push(own.subarray(block * 320, (block + 1) * 320));
      frames.push(...runAll(stream));
    }
    return frames;
  };
  const gazeYaw = ({ motion }: MotionFrame): number =>
    motion[MOTION_INDEX.headYaw]! + 20 * (motion[MOTION_INDEX.eyeLookOutLeft]! - motion[MOTION_INDEX.eyeLookInLeft]!);
  const nearShare = (frames: readonly MotionFrame[]): number =>
    frames.filter((frame) => Math.abs(gazeYaw(frame) - towards.yaw) < 5).length / frames.length;
  const listening = listensFor(3, new Float32Array(48_000), 0);
  const speaking = listensFor(3, voice(3), 3);
  expect(nearShare(listening.slice(50))).toBeGreaterThan(0.7);
  expect(nearShare(speaking.slice(25))).toBeLessThan(nearShare(listening.slice(50)) - 0.25);
});
