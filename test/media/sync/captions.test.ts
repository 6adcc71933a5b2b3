import { describe, expect, test } from 'vitest';
import { estimateDurationUs, findPauses, findWords, shareOut } from '../../../src/media/sync/captions.ts';
import { LONGEST_WAIT_US, takeFloor } from '../../../src/media/sync/speech-floor.ts';

describe('findWords()', () => {
  test.each([
    ["It's 12:30, isn't it?", ["It's", '12:30', "isn't", 'it']],
    ['«Olá», disse.', ['Olá', 'disse']],
    ['مرحبا بك', ['مرحبا', 'بك']],
    ['你好', ['你', '好']],
    ['...', []],
  ])('%j', (text, words) => {
    expect(findWords(text).map(({ from, to }) => text.slice(from, to))).toEqual(words);
  });
});

describe('shareOut()', () => {
  test('fills the sound, in order, without overlap', () => {
    const words = shareOut('One two, three and then four.', 100_000, 2_000_000);
    expect(words[0]?.startUs).toBe(100_000);
    expect(words.at(-1)?.endUs).toBe(2_000_000);
    for (let i = 1; i < words.length; i++) expect(words[i]!.startUs).toBeGreaterThanOrEqual(words[i - 1]!.endUs);
  });

  test('a word after a comma begins where the pause that is heard ends', () => {
    const pause = { startUs: 1_200_000, endUs: 1_400_000 };
    const words = shareOut('One two three, four five six', 0, 2_400_000, [pause]);
    expect(words[2]?.endUs).toBe(1_200_000);
    expect(words[3]?.startUs).toBe(1_400_000);
    expect(words.at(-1)?.endUs).toBe(2_400_000);
  });

  test('believes measured weights, and draws the last word out', () => {
    const [first, last] = shareOut('a b', 0, 1000, [], [1, 1]);
    expect(first?.endUs).toBe(last?.startUs);
    expect(first?.endUs).toBeGreaterThan(350);
    expect(first?.endUs).toBeLessThan(450);
    expect(last?.endUs).toBe(1000);
  });

  test('text without words has no times', () => {
    expect(shareOut('?!', 0, 1_000_000)).toEqual([]);
  });
});

test('estimateDurationUs() grows with the text and shrinks with the rate', () => {
  const short = estimateDurationUs('Hello');
  expect(short).toBeGreaterThan(200_000);
  expect(estimateDurationUs('Hello there, how are you today?')).toBeGreaterThan(2 * short);
  expect(estimateDurationUs('Hello', 2)).toBe(Math.round(short / 2));
});

test('findPauses() finds where speech begins, rests and ends', () => {
  const rateHz = 16_000;
  const sound = Float32Array.from({ length: rateHz }, (_, i) => {
    const second = i / rateHz;
    const loud = (second >= 0.1 && second < 0.4) || (second >= 0.5 && second < 0.9);
    return loud ? 0.4 * Math.sin(i * 0.3) : 0.0005 * Math.sin(i);
  });
  const { speech, pauses } = findPauses(sound, rateHz);
  expect(speech.startUs).toBeCloseTo(100_000, -4);
  expect(speech.endUs).toBeCloseTo(900_000, -4);
  expect(pauses).toHaveLength(1);
  expect(pauses[0]?.startUs).toBeCloseTo(400_000, -4);
  expect(pauses[0]?.endUs).toBeCloseTo(500_000, -4);
});

test.each([
  ['wait', true, 0, 'wait'],
  ['wait', true, LONGEST_WAIT_US, 'speak'],
  ['wait', false, 0, 'speak'],
  ['duck', true, 0, 'speak'],
] as const)('takeFloor(%s, talking %s, after %i µs) says %s', (policy, talking, waitedUs, decision) => {
  expect(takeFloor(policy, talking, waitedUs)).toBe(decision);
});
