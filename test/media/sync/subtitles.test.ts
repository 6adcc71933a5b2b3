import { describe, expect, test } from 'vitest';
import { subtitleFile, subtitlesOf, type SpokenWord } from '../../../src/media/sync/subtitles.ts';

/** One word a third of a second; a full stop ends the sentence. */
const spoken = (text: string): SpokenWord[] =>
  text.split(' ').map((word, index) => ({
    text: word,
    startUs: index * 333_000,
    endUs: index * 333_000 + 300_000,
    endsSentence: word.endsWith('.'),
  }));

describe('subtitlesOf()', () => {
  test('begins a subtitle with each sentence and lets none overlap the next', () => {
    const subtitles = subtitlesOf(spoken('One two. Three four five.'));
    expect(subtitles.map(({ text }) => text)).toEqual(['One two.', 'Three four five.']);
    expect(subtitles[0]?.endUs).toBe(subtitles[1]?.startUs);
  });

  test('keeps to two lines of 42 characters and to six seconds', () => {
    const subtitles = subtitlesOf(spoken(`${'wonderful '.repeat(40)}end.`));
    for (const { text, startUs, endUs } of subtitles) {
      const lines = text.split('\n');
      expect(lines.length).toBeLessThanOrEqual(2);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(42);
      expect(endUs - startUs).toBeLessThanOrEqual(6_400_000);
    }
    expect(subtitles.flatMap(({ text }) => text.split(/\s/)).length).toBe(41);
  });
});

describe('subtitleFile()', () => {
  const subtitles = [{ startUs: 3_661_234_000, endUs: 3_662_000_000, text: 'a <b> & c' }];

  test('is SubRip', () => {
    expect(subtitleFile(subtitles, 'srt')).toBe('1\n01:01:01,234 --> 01:01:02,000\na <b> & c\n');
  });

  test('is WebVTT, with its signs escaped', () => {
    expect(subtitleFile(subtitles, 'vtt')).toBe('WEBVTT\n\n01:01:01.234 --> 01:01:02.000\na &lt;b&gt; &amp; c\n');
  });
});
