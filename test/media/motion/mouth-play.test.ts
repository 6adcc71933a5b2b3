import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { MouthPlay } from '../../../src/media/motion/mouth-play.ts';
import { MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';
import { SILENT, type VoiceMoment } from '../../../src/media/voice-moment.ts';

const FPS = 50;
const LOUD: VoiceMoment = { ...SILENT, speaking: true, forS: 1, loudDb: 0 };
const { jawOpen, mouthLowerDownLeft, mouthStretchLeft, mouthLeft, mouthRight } = MOTION_INDEX;

/** @param made - what the networks make in each frame. */
function mouthOf(
  seconds: number,
  voice: (frame: number) => VoiceMoment,
  made: (frame: number) => Partial<Record<MotionChannel, number>>,
): Float32Array[] {
  const mouth = new MouthPlay(seededRandom(1), 1 / FPS);
  return Array.from({ length: seconds * FPS }, (_, frame) => {
    const motion = restMotion();
    for (const [channel, value] of Object.entries(made(frame))) motion[MOTION_INDEX[channel as MotionChannel]] = value;
    mouth.step(voice(frame), 1, 1, motion);
    return motion;
  });
}

const meanOf = (motions: readonly Float32Array[], index: number): number =>
  motions.reduce((sum, motion) => sum + motion[index]!, 0) / motions.length;
const syllable = (frame: number): number => 0.2 * Math.max(0, Math.sin(frame / 2));

test('louder is wider', () => {
  const at = (loudDb: number): number =>
    meanOf(
      mouthOf(
        20,
        () => ({ ...LOUD, loudDb }),
        () => ({ jawOpen: 0.3 }),
      ),
      jawOpen,
    );
  expect(at(8) / at(-8)).toBeGreaterThan(1.3);
});

test('one corner does not go far without the other', () => {
  const motions = mouthOf(
    2,
    () => LOUD,
    () => ({ mouthFrownLeft: 0.5 }),
  );
  const { mouthFrownLeft, mouthFrownRight } = MOTION_INDEX;
  const [left, right] = [meanOf(motions, mouthFrownLeft), meanOf(motions, mouthFrownRight)];
  expect((left - right) / (left + right)).toBeCloseTo(0.4, 2);
});

test('lips stay apart in a gap of less than a fifth of a second, and are together after four tenths', () => {
  const gap = (frame: number): number => (frame % 50) - 25;
  const speaks = (frame: number): boolean => gap(frame) < 0;
  const motions = mouthOf(
    10,
    (frame) => (speaks(frame) ? LOUD : { ...LOUD, loudDb: -20 }),
    (frame) => ({
      jawOpen: speaks(frame) ? syllable(frame) : 0,
    }),
  ).slice(100);
  const within = (inGap: number): Float32Array[] => motions.filter((_, frame) => gap(frame) === inGap);
  expect(meanOf(within(8), mouthLowerDownLeft)).toBeGreaterThan(0.05);
  expect(meanOf(within(20), mouthLowerDownLeft)).toBeLessThan(0.001);
});

test('a sound that closes the lips closes them all the same', () => {
  const closure = { mouthRollUpper: 0.1, mouthPressLeft: 0.16, mouthPressRight: 0.16 };
  const motions = mouthOf(
    4,
    () => LOUD,
    (frame) => (frame % 20 < 4 ? closure : { jawOpen: 0.2 }),
  );
  const closed = motions.filter((_, frame) => frame % 20 < 4);
  expect(Math.max(...closed.map((motion) => motion[jawOpen]! + motion[mouthLowerDownLeft]!))).toBe(0);
  const open = motions.filter((_, frame) => frame % 20 > 6);
  expect(meanOf(open, mouthLowerDownLeft)).toBeGreaterThan(0.08);
});

test('between syllables lips stay apart, wide openings bend, and an open mouth is no narrower', () => {
  const spoken = (opening: number): Float32Array =>
    mouthOf(
      1,
      () => LOUD,
      (frame) => ({ jawOpen: frame < 25 ? 0.2 : opening }),
    ).at(-1) ?? restMotion();
  expect(spoken(0.04)[jawOpen]).toBeGreaterThan(0.08);
  expect(spoken(0.04)[mouthLowerDownLeft]).toBeGreaterThan(0.15);
  expect(spoken(0.5)[jawOpen]! - spoken(0.25)[jawOpen]!).toBeLessThan(0.225);
  expect(spoken(0.2)[mouthStretchLeft]).toBeGreaterThan(spoken(0.04)[mouthStretchLeft]! + 0.02);
});

test('lips part no faster than muscles part them, and come back at once', () => {
  const motions = mouthOf(
    4,
    () => LOUD,
    (frame) => ({ jawOpen: frame % 20 < 10 ? 0.3 : 0, mouthClose: 0 }),
  );
  const after = (frames: number): number =>
    meanOf(
      motions.filter((_, frame) => frame % 20 === frames),
      jawOpen,
    );
  expect(after(0)).toBeLessThan(0.7 * after(6));
  expect(after(10)).toBeLessThan(0.5 * after(9));
});

test('music as loud as a voice, which the networks do not open for, parts no lips', () => {
  const motions = mouthOf(
    4,
    () => LOUD,
    () => ({ jawOpen: 0.01 }),
  );
  expect(meanOf(motions, mouthLowerDownLeft)).toBeLessThan(0.001);
});

test('a mouth that speaks is a little aside now and then, and a silent one is not', () => {
  const aside = (voice: VoiceMoment): number => {
    const motions = mouthOf(
      30,
      () => voice,
      () => ({}),
    );
    return meanOf(motions, mouthLeft) + meanOf(motions, mouthRight);
  };
  expect(aside(LOUD)).toBeGreaterThan(0.02);
  expect(aside(SILENT)).toBe(0);
});
