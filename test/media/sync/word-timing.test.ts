import { expect, test } from 'vitest';
import { WordTiming } from '../../../src/media/sync/word-timing.ts';
import { tone } from '../../support/sound.ts';

const RATE_HZ = 16_000;
const silence = (seconds: number): Float32Array => new Float32Array(Math.round(RATE_HZ * seconds));
const voice = (seconds: number): Float32Array => tone(200, RATE_HZ, seconds);

function wordsOf(text: string, ...sounds: readonly Float32Array[]) {
  const timing = new WordTiming(RATE_HZ);
  for (const sound of sounds) timing.push(sound);
  return timing.wordsOf(text);
}

test('sentences begin where the voice does after a gap, though they are spoken at different speeds', () => {
  const sounds = [silence(0.5), voice(1), silence(0.5), voice(1.1), silence(0.4), voice(1.2), silence(1)];
  const words = wordsOf('One two three. Is this slow? Nine, ten, eleven and twelve.', ...sounds);
  expect(words.map(({ text }) => text).join(' ')).toBe('One two three. Is this slow? Nine, ten, eleven and twelve.');
  const starts = [0, 3, 6].map((index) => (words[index]?.startUs ?? NaN) / 1e6);
  [0.5, 2, 3.5].forEach((second, sentence) => {
    expect(Math.abs((starts[sentence] ?? NaN) - second)).toBeLessThan(0.03);
  });
  expect((words.at(-1)?.endUs ?? NaN) / 1e6).toBeCloseTo(4.7, 1);
  expect(words.flatMap(({ endsSentence }, index) => (endsSentence ? [index] : []))).toEqual([2, 5, 10]);
});

test('words of a sentence share its speech by their length, in order, and none is in a gap', () => {
  const words = wordsOf('A considerably longer word.', voice(1), silence(0.15), voice(1));
  const lengths = words.map(({ startUs, endUs }) => endUs - startUs);
  expect(lengths[1]).toBeGreaterThan(2 * (lengths[0] ?? NaN));
  for (const [index, { startUs, endUs }] of words.entries()) {
    expect(endUs).toBeGreaterThan(startUs);
    expect(startUs).toBeGreaterThanOrEqual(words[index - 1]?.startUs ?? 0);
  }
});

test('a sound without a voice, or a text without words, has no words', () => {
  expect(wordsOf('Nobody speaks.', silence(2))).toEqual([]);
  expect(wordsOf(' \n ', voice(1))).toEqual([]);
  expect(wordsOf('Nothing.')).toEqual([]);
});
