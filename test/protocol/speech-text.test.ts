import { describe, expect, test } from 'vitest';
import {
  cleanText,
  finishedLength,
  isSpeakable,
  MAX_SENTENCE_CHARACTERS,
  MAX_SPOKEN_CHARACTERS,
  splitSentences,
  withoutVoiceMarkup,
} from '../../protocol/speech-text.ts';

describe('cleanText()', () => {
  test.each([
    ['Hello\r\n\tthere', 'Hello there'],
    ['a\u0000b\u001b[31mc', 'ab[31mc'],
    ['turn \u202eback', 'turn back'],
    ['half \ud83d pair', 'half pair'],
    ['e\u0301', '\u00e9'],
    ['ha'.repeat(3) + '!'.repeat(50), 'hahaha!!!!!!!!!'],
    ['\u0644\u0627 \u0628\u0623\u0633', '\u0644\u0627 \u0628\u0623\u0633'],
    ['\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['   ', ''],
  ])('row %#: %j', (typed, text) => {
    expect(cleanText(typed)).toEqual({ text, shortened: false });
  });

  test('cuts what is too long between words and says so', () => {
    const { text, shortened } = cleanText('word '.repeat(20_000));
    expect(shortened).toBe(true);
    expect(text.length).toBeLessThanOrEqual(MAX_SPOKEN_CHARACTERS);
    expect(text.endsWith('word')).toBe(true);
  });

  test('cuts nothing that is seen as one character', () => {
    const family = '👨‍👩‍👧‍👦';
    const { text } = cleanText(family.repeat(400));
    expect(text).toBe(family.repeat(Math.floor(MAX_SPOKEN_CHARACTERS / family.length)));
    for (const sentence of splitSentences(text)) expect(sentence.replaceAll(family, '')).toBe('');
  });

  test('100 kB of combining marks is quickly little', () => {
    expect(cleanText(`a${'\u0301'.repeat(100_000)}`).text.length).toBeLessThan(8);
  });
});

describe('withoutVoiceMarkup()', () => {
  test.each([
    ['see [[Main Page]] now', 'see   Main Page   now'],
    ['a <break time="5s"/> b', 'a  break time="5s"/  b'],
    ['</speak>', ' /speak '],
    ['<speak', ' speak'],
    ['[Kokoro](/x/) [sighs]', ' Kokoro (/x/)  sighs '],
    ['3 < 5 > 2 <3', '3 < 5 > 2 <3'],
  ])('%j becomes %j, as long as before', (text, plain) => {
    expect(withoutVoiceMarkup(text)).toBe(plain);
    expect(plain).toHaveLength(text.length);
  });
});

describe('splitSentences()', () => {
  test.each([
    ['One. Two! Three?', ['One.', 'Two!', 'Three?']],
    ['He said "go." Then left', ['He said "go."', 'Then left']],
    ['Version 2.5 is out. Good', ['Version 2.5 is out.', 'Good']],
    ['你好。你好吗？', ['你好。', '你好吗？']],
    ['مرحبا؟ نعم.', ['مرحبا؟', 'نعم.']],
    ['Wait… what', ['Wait…', 'what']],
    ['', []],
    ['...', ['...']],
  ])('%j', (text, sentences) => {
    expect(splitSentences(text)).toEqual(sentences);
  });

  test('loses no word, and nothing is longer than a voice is asked for', () => {
    const text = `${'a long list, of many things '.repeat(40)}${'x'.repeat(700)} end. Short.`;
    const sentences = splitSentences(text);
    expect(Math.max(...sentences.map((sentence) => sentence.length))).toBeLessThanOrEqual(MAX_SENTENCE_CHARACTERS);
    expect(sentences.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
  });
});

describe('finishedLength()', () => {
  test.each([
    ['Hello', 0],
    ['Hello.', 0],
    ['Hello. ', 7],
    ['Hello. How are', 7],
    ['I saw Dr. Smith', 0],
    ['A. B', 0],
    ['你好。再', 3],
    ['line\nnext', 5],
    ['3.5 litres', 0],
  ])('%j: %i characters are whole sentences', (draft, length) => {
    expect(finishedLength(draft)).toBe(length);
  });
});

test.each([
  ['a', true],
  ['7', true],
  ['مرحبا', true],
  ['?!', false],
  ['', false],
])('isSpeakable(%j) is %s', (text, speakable) => {
  expect(isSpeakable(text)).toBe(speakable);
});
