import { expect, test } from 'vitest';
import { MOTION_INDEX, restMotion } from '../../../src/media/motion-space.ts';
import { Life } from '../../../src/media/motion/life.ts';
import { SILENT } from '../../../src/media/voice-moment.ts';
import { openSound, seedFrom } from '../../../src/server/cli/seed.ts';

const RATE_HZ = 1000;

async function* pieces(sound: Float32Array, length: number): AsyncGenerator<Float32Array, void> {
  // One buffer for every piece, as decoders have it.
  const buffer = new Float32Array(length);
  for (let at = 0; at < sound.length; at += length) {
    const piece = sound.subarray(at, at + length);
    buffer.set(piece);
    yield await Promise.resolve(buffer.subarray(0, piece.length));
  }
}

const tone = (hz: number): Float32Array =>
  Float32Array.from({ length: 6 * RATE_HZ }, (_, at) => Math.sin((2 * Math.PI * hz * at) / RATE_HZ));

async function digestOf(sound: Float32Array, length = 777): Promise<Uint8Array> {
  return (await openSound(pieces(sound, length), RATE_HZ)).digest;
}

test('the beginning of a sound decides, however it is cut, and nothing of the sound is lost', async () => {
  const sound = tone(100);
  const { digest, samples } = await openSound(pieces(sound, 640), RATE_HZ);
  expect(await digestOf(sound, 4999)).toEqual(digest);
  expect(await digestOf(tone(101))).not.toEqual(digest);
  const heard: number[] = [];
  for await (const piece of samples) heard.push(...piece);
  expect(Float32Array.from(heard)).toEqual(sound);
});

test('an empty sound has a seed as well', async () => {
  expect(seedFrom('portrait', await digestOf(new Float32Array(0)))).toBeGreaterThanOrEqual(0);
});

/** @returns the frames in which the lids begin to fall, of a minute of silence. */
function blinks(seed: number): number[] {
  const life = new Life(seed, 25);
  let before = 0;
  return Array.from({ length: 60 * 25 }, (_, frame) => frame).filter(() => {
    const motion = restMotion();
    life.step(
      { voice: SILENT, liveliness: undefined, gazeAsked: false, distanceAsked: false, feelingAsked: false },
      motion,
    );
    const lid = motion[MOTION_INDEX.eyeBlinkLeft]!;
    const begins = lid > 0.5 && before <= 0.5;
    before = lid;
    return begins;
  });
}

test('another sound or another portrait blinks at other times, the same ones at the same times', async () => {
  const digest = await digestOf(tone(100));
  const seed = seedFrom('one', digest);
  expect(blinks(seedFrom('one', await digestOf(tone(100))))).toEqual(blinks(seed));
  for (const other of [seedFrom('two', digest), seedFrom('one', await digestOf(tone(101)))]) {
    const theirs = new Set(blinks(other));
    const ours = blinks(seed);
    expect(ours.length).toBeGreaterThan(8);
    expect(ours.filter((frame) => theirs.has(frame)).length).toBeLessThan(ours.length / 4);
  }
});
