import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { Prosody } from '../../../src/media/features/prosody.ts';
import type { VoiceMoment } from '../../../src/media/voice-moment.ts';

const RATE = 16_000;

/** A buzz whose level and pitch are given second by second. */
function buzz(seconds: number, level: (s: number) => number, hz: (s: number) => number): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: seconds * RATE }, (_, index) => {
    const s = index / RATE;
    phase += hz(s) / RATE;
    return level(s) * (2 * (phase % 1) - 1);
  });
}

function momentsOf(sound: Float32Array): VoiceMoment[] {
  const prosody = new Prosody(RATE);
  prosody.push(sound);
  const blocks = Math.floor((sound.length / RATE) * 50);
  return Array.from({ length: blocks }, (_, block) => prosody.take(mediaTimeUs((block + 1) * 20_000)));
}

const syllables = (perSecond: number) => (s: number) => 0.3 * Math.max(0.02, Math.sin(Math.PI * perSecond * s) ** 2);

test('any cutting of the sound says the same', () => {
  const sound = buzz(1, syllables(4), (s) => 120 + 40 * s);
  const expected = momentsOf(sound);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 8 }), (cuts) => {
      const prosody = new Prosody(RATE);
      let start = 0;
      for (const samples of cuts) {
        prosody.push(sound.subarray(start, start + samples));
        start = Math.min(sound.length, start + samples);
      }
      prosody.push(sound.subarray(start));
      expect(expected.map((_, block) => prosody.take(mediaTimeUs((block + 1) * 20_000)))).toEqual(expected);
    }),
    { numRuns: 10 },
  );
});

test('a voice that begins, halts shortly, and ends', () => {
  const moments = momentsOf(
    buzz(
      3,
      (s) => (s > 0.5 && s < 2 && !(s > 1.2 && s < 1.4) ? 0.2 : 0),
      () => 150,
    ),
  );
  const changes = moments.flatMap(({ speaking, forS }, block) => (forS === 0 ? [{ speaking, ms: block * 20 }] : []));
  expect(changes.map(({ speaking }) => speaking)).toEqual([true, false]);
  expect(changes[0]?.ms).toBeCloseTo(500, -2);
  expect(changes[1]?.ms).toBeCloseTo(2300, -2);
});

test.each([90, 150, 240])('a pitch that rises by an octave from %d Hz', (from) => {
  const moments = momentsOf(
    buzz(
      4,
      () => 0.2,
      (s) => (s < 2 ? from : from * 2 ** Math.min(1, 4 * (s - 2))),
    ),
  );
  const top = moments.slice(0, 200).reduce((most, { rise }) => Math.max(most, rise), 0);
  // An octave in a quarter of a second is 9.6 semitones in a fifth of one.
  expect(top).toBeGreaterThan(7);
  expect(top).toBeLessThan(11);
});

test('each syllable is counted once, and the loud and high ones are the stressed', () => {
  const loud = (s: number): boolean => Math.floor(3 * s) % 4 === 0;
  const moments = momentsOf(
    buzz(
      6,
      (s) => syllables(3)(s) * (loud(s) ? 1 : 0.3),
      (s) => (loud(s) ? 180 : 140),
    ),
  );
  const stresses = moments.map(({ stress }) => stress).filter((stress) => stress > 0);
  expect(stresses.length).toBeGreaterThan(15);
  expect(stresses.length).toBeLessThan(20);
  const settled = stresses.slice(6).toSorted((a, b) => b - a);
  expect(settled[2]! - settled[4]!).toBeGreaterThan(0.2);
});

test('laughter is told from talk', () => {
  const share = (sound: Float32Array): number => {
    const moments = momentsOf(sound);
    return moments.filter(({ laughing }) => laughing).length / moments.length;
  };
  const laugh = buzz(
    3,
    (s) => 0.3 * Math.max(0.002, Math.sin(Math.PI * 5 * s) ** 2),
    (s) => 300 - 20 * s,
  );
  const talk = buzz(
    10,
    (s) => 0.3 * Math.max(0.03, Math.sin(Math.PI * (3.1 * s + 0.9 * Math.sin(2.3 * s) + 0.5 * Math.sin(5.9 * s))) ** 2),
    (s) => 140 + 30 * Math.sin(2 * s),
  );
  expect(share(laugh)).toBeGreaterThan(0.4);
  expect(share(talk)).toBeLessThan(0.08);
});

test('silence, and sound that is no number, say nothing', () => {
  for (const value of [0, NaN]) {
    const moments = momentsOf(new Float32Array(RATE).fill(value));
    expect(moments.some(({ speaking, stress, laughing }) => speaking || stress > 0 || laughing)).toBe(false);
    expect(moments.every(({ forS, loudDb, pitch }) => Number.isFinite(forS + loudDb + pitch))).toBe(true);
  }
});
