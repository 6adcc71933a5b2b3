import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fits, fitting, graphemesOf } from '../../protocol/graphemes.ts';
import { isName, isRoom, nameOf, PERSON_NAME_LIMIT, roomOf } from '../../protocol/display-names.ts';

const FAMILY = '👨‍👩‍👧‍👦';

describe('nameOf()', () => {
  test.each([
    ['Persian with a non-joiner', 'علی‌رضا'],
    ['Sinhala with a joiner', 'ශ්‍රී'],
    ['Devanagari with a joiner', 'क्‍ष'],
    ['a family', `${FAMILY} family`],
    ['a heart that varies', '❤️‍🔥'],
    ['the flag of Scotland', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['Han with its variant', '葛󠄀城'],
    ['a key cap', '1️⃣'],
    ['skin', '👩🏽‍🚀'],
    ['Thai', 'สมชาย'],
  ])('keeps %s whole, and the server takes it', (_, name) => {
    expect(nameOf(name)).toBe(name.normalize('NFC'));
    expect(isName(nameOf(name))).toBe(true);
  });

  test.each([
    ['A\u202eb', 'Ab'],
    ['  a \t b\n', 'a b'],
    ['e\u0301', '\u00e9'],
    ['a\u200db', 'ab'],
    ['tea\u200d', 'tea'],
    ['a\u3164', 'a'],
    ['a\u{e0067}', 'a'],
    ['\ud83d', ''],
  ])('%j is %j', (typed, name) => {
    expect(nameOf(typed)).toBe(name);
  });

  test('39 letters and an emoji stay whole, 40 and an emoji lose the emoji and not half of it', () => {
    expect(nameOf('a'.repeat(39) + FAMILY)).toBe('a'.repeat(39) + FAMILY);
    expect(nameOf('a'.repeat(40) + FAMILY)).toBe('a'.repeat(40));
    expect(nameOf(`a${'\u0301'.repeat(5000)}`)).toBe('');
  });

  test('whatever is typed, the server takes what the page makes of it, and cleaning twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (typed) => {
        const name = nameOf(typed);
        expect(isName(name)).toBe(true);
        expect(nameOf(name)).toBe(name);
        const room = roomOf(typed);
        if (room !== undefined) expect(isRoom(room) && roomOf(room) === room).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

describe('roomOf()', () => {
  test.each([
    ['मेरा', 'मेरी'],
    ['🎉', '🎂'],
    ['my room', 'my-room'],
    ['room!', 'room?'],
    ['علی‌رضا', 'علیرضا'],
    ['क', 'कि'],
    ['a'.repeat(64), 'a'.repeat(65)],
  ])('%j and %j are two rooms', (one, other) => {
    expect(roomOf(one)).toBe(one);
    expect(roomOf(other)).not.toBe(one);
  });

  test('what is written the same is the same room', () => {
    expect(roomOf('cafe\u0301')).toBe(roomOf('caf\u00e9'));
    expect(roomOf('  tea  time ')).toBe('tea time');
  });

  test.each(['', '  ', '..', '../etc', 'a/b', 'a\\b', 'a'.repeat(65), `a${'\u0301'.repeat(300)}x`])(
    '%j is none',
    (typed) => {
      expect(roomOf(typed)).toBeUndefined();
    },
  );
});

describe('fitting()', () => {
  test('cuts between graphemes at the limit of graphemes and of bytes', () => {
    expect(fitting(FAMILY.repeat(3), { graphemes: 2, bytes: 1000 })).toBe(FAMILY.repeat(2));
    expect(fitting(FAMILY.repeat(3), { graphemes: 9, bytes: 60 })).toBe(FAMILY.repeat(2));
    expect(fitting('abc', { graphemes: 3, bytes: 3 })).toBe('abc');
  });

  test('gives whole graphemes that fit, as many as there can be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(10), (text, graphemes) => {
        const cut = fitting(text, { graphemes, bytes: 10_000 });
        expect(fits(cut, { graphemes, bytes: 10_000 })).toBe(true);
        expect(graphemesOf(text).slice(0, graphemes).join('')).toBe(cut);
      }),
    );
    expect(fits('é', PERSON_NAME_LIMIT)).toBe(true);
  });
});
