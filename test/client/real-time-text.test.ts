import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  T140_BUFFER_MS,
  T140_SHOWN_CHARACTERS,
  TextDisplay,
  TextSender,
  typedBetween,
} from '../../client/real-time-text.ts';

const typedText = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .map((text) => text.replace(/[\p{C}\u2028\u2029]/gu, ''));

describe('typedBetween()', () => {
  test.each([
    ['', 'Hi', 'Hi'],
    ['Hi', 'Hip', 'p'],
    ['Hip', 'Hop', '\b\bop'],
    ['a👍🏽', 'a', '\b'],
    ['a', 'a\nb', '\u2028b'],
    ['same', 'same', ''],
  ])('%j to %j sends %j', (before, after, message) => {
    expect(typedBetween(before, after)).toBe(message);
  });

  test('a display that showed the one shows the other', () => {
    fc.assert(
      fc.property(typedText, typedText, (before, after) => {
        const display = new TextDisplay();
        display.push(typedBetween('', before));
        expect(display.push(typedBetween(before, after))).toBe(after);
      }),
    );
  });
});

describe('TextDisplay', () => {
  test.each([
    ['\ufeffHello', 'Hello'],
    ['Hel\bp', 'Hep'],
    ['\b\b\bx', 'x'],
    ['a\r\nb', 'a\nb'],
    ['bell\u0007 \u001b[31mred\u009b0m', 'bell red'],
    ['\u0098secret\u009cshown', 'shown'],
    ['\u202eturned', 'turned'],
  ])('%j shows %j', (message, shown) => {
    expect(new TextDisplay().push(message)).toBe(shown);
  });

  test('one erasure takes a letter with its mark, even when they came apart', () => {
    const display = new TextDisplay();
    display.push('xe');
    display.push('\u0301');
    expect(display.push('\b')).toBe('x');
  });

  test('a flood shows only its end', () => {
    expect(new TextDisplay().push('a'.repeat(100_000)).length).toBe(T140_SHOWN_CHARACTERS);
    const family = '👨‍👩‍👧‍👦';
    const display = new TextDisplay();
    for (let i = 0; i < 60; i++) display.push(family);
    expect(display.push('a')).toBe(`${family.repeat(54)}a`);
  });

  test('what was lost is marked', () => {
    expect(new TextDisplay('a').lose()).toBe('a\ufffd');
  });
});

describe('TextSender', () => {
  test('gathers for 300 ms, then sends what is new', () => {
    const sender = new TextSender();
    expect(sender.next('H', 0)).toBe('H');
    expect(sender.next('He', 100)).toBeUndefined();
    expect(sender.next('Hel', T140_BUFFER_MS)).toBe('el');
    expect(sender.next('Hel', 5000)).toBeUndefined();
    expect(sender.endLine()).toBe('\u2028');
    expect(sender.next('N', 6000)).toBe('N');
  });

  test('a pasted page goes out no faster than the receiver takes it, and whole', () => {
    const sender = new TextSender(30);
    const display = new TextDisplay();
    const page = Array.from({ length: 500 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
    let sent = 0;
    let nowMs = 0;
    for (; sender.settled !== page && nowMs < 60_000; nowMs += T140_BUFFER_MS) {
      const message = sender.next(page, nowMs) ?? '';
      sent += message.length;
      expect(sent).toBeLessThanOrEqual(30 * (1 + nowMs / 1000) + 1);
      display.push(message);
    }
    expect(display.text).toBe(page);
    expect(nowMs).toBeGreaterThan(15_000);
  });
});
