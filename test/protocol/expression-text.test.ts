import { describe, expect, test } from 'vitest';
import { controlMessageSchema } from '../../protocol/control.ts';
import { readExpression } from '../../protocol/expression-text.ts';

describe('readExpression()', () => {
  test.each([
    ['I am glad :)', 'I am glad', ['happy@9']],
    ['Yes [nod] of course', 'Yes of course', ['nod@4']],
    ['[smile] Hello', 'Hello', ['happy@0']],
    ['Oh no :( .', 'Oh no.', ['sad@6']],
    ['Wow! 😮 Really', 'Wow! Really', ['surprised@5']],
    ['👍🏽', '', ['nod@0']],
    ['a 🚀 b', 'a b', []],
    ['see http://x.org at 12:00', 'see http://x.org at 12:00', []],
    ['keep [this] as it is', 'keep [this] as it is', []],
    ['[NOD]', '', ['nod@0']],
  ])('%j', (written, text, cues) => {
    const read = readExpression(written);
    expect(read.text).toBe(text);
    expect(read.cues.map(({ at, control }) => `${'name' in control ? control.name : control.type}@${at}`)).toEqual(
      cues,
    );
  });

  test('a strength may be given, and is never above 1', () => {
    expect(readExpression('[happy 0.4] x').cues[0]?.control).toEqual({ type: 'emotion', name: 'happy', strength: 0.4 });
    expect(readExpression('[angry 9] x').cues[0]?.control).toMatchObject({ strength: 1 });
  });

  test('whatever is written, every control is one that the avatar takes, inside the text', () => {
    const all =
      '[smile][calm][nod][yes][shake][no][blink][shrug][laugh][look][aside][sad 0.2][afraid] 😀😂😢😠😮😱🤢😉👎🤷 :D ;) >:( x';
    const { text, cues } = readExpression(all);
    expect(cues.length).toBeGreaterThan(24);
    for (const { at, control } of cues) {
      expect(controlMessageSchema.parse(control)).toEqual(control);
      expect(at).toBeLessThanOrEqual(text.length);
    }
  });
});
