import { describe, expect, test } from 'vitest';
import { writeBySwitch } from '../../bench/support/switch-user.ts';
import { keysFor } from '../../bench/support/writer.ts';
import { lettersOf } from '../../web/aid/board-layout.ts';
import { NOTHING_LEARNED, readLearned, Vocabulary } from '../../web/aid/vocabulary.ts';
import { draftOf, WordModel } from '../../web/aid/word-model.ts';
import { modelOf, WORD_LANGUAGES } from '../../web/aid/words/load.ts';
import { tidied, withSign, withWord } from '../../web/aid/writing.ts';

const ONE = { switches: 1, stepS: 1.4, reactionS: 0.3, suggestions: 5 } as const;
const TWO = { switches: 2, stepS: 0.4, reactionS: 0.4, suggestions: 5 } as const;

async function english(): Promise<Vocabulary> {
  const vocabulary = new Vocabulary(NOTHING_LEARNED);
  await vocabulary.open('en');
  return vocabulary;
}

const shownBy = (vocabulary: Vocabulary, draft: string, limit = 5): string[] =>
  vocabulary.suggest(draft, 'talk', limit).map(({ shown }) => shown);

describe('WordModel', () => {
  test('offers frequent words first, then what usually follows, then what the person says', () => {
    const model = new WordModel('the to that tea time tired');
    expect(model.predict([], 't', 3)).toEqual(['the', 'to', 'that']);
    model.read('We drink tea. We drink tea. It is time.');
    expect(model.predict(['We', 'drink'], 't', 1)).toEqual(['tea']);
    for (let i = 0; i < 3; i++) model.learn('We drink tonic');
    expect(model.predict(['we', 'drink'], 't', 2)).toEqual(['tonic', 'tea']);
  });

  test('a name that was said keeps its capital, the first word of a sentence does not', () => {
    const model = new WordModel('a');
    model.learn('Yesterday Zelda called');
    expect(model.predict([], 'z', 1)).toEqual(['Zelda']);
    expect(model.predict(['and'], 'yes', 1)).toEqual(['yesterday']);
  });

  test('German nouns are offered with a capital', async () => {
    const german = await modelOf('de');
    expect(german.predict([], 'monta', 3)).toContain('Montag');
    expect(german.predict([], 'freita', 3)).toContain('Freitag');
  });

  test.each([
    ['', [], ''],
    ['I wo', ['I'], 'wo'],
    ['I would ', ['I', 'would'], ''],
    ["Stop it. I don't", ['I'], "don't"],
    ['هل أنت بخير؟ نعم أر', ['نعم'], 'أر'],
  ])('%j is after %j and begins %j', (draft, before, begun) => {
    expect(draftOf(draft)).toEqual({ before, begun });
  });

  test.each(WORD_LANGUAGES)(
    'the words of %s save at least a fifth of the keys of everyday sentences',
    async (language) => {
      const sentence = {
        en: 'Where did you put my new shoes?',
        es: '¿Dónde has puesto mis zapatos nuevos?',
        de: 'Wo hast du meine neuen Schuhe hingestellt?',
        ar: 'أين وضعت الكتاب الجديد؟',
      }[language];
      expect(keysFor(await modelOf(language), sentence, 5)).toBeLessThan(0.8 * sentence.length);
    },
  );
});

describe('what a word becomes in the text', () => {
  test.each([
    ['I wou', 'would', 'I would '],
    ['', 'hello', 'Hello '],
    ['Yes. ', 'and', 'Yes. And '],
    ['¿', 'qué', '¿Qué '],
  ])('%j with %j is %j', (draft, word, next) => {
    expect(withWord(draft, word)).toBe(next);
  });

  test('a full stop goes before the space that a word left; one after a space that was typed in a number stays', () => {
    expect(withSign('I would ', '.')).toBe('I would. ');
    expect(tidied('I would .')).toBe('I would. ');
    expect(tidied('see :)')).toBe('see :)');
  });
});

describe('Vocabulary', () => {
  test('begins with beginnings, offers a sentence that was said whole, and forgets', async () => {
    const vocabulary = await english();
    expect(shownBy(vocabulary, '')[0]).toBe('I');
    vocabulary.learn('[smile] My physiotherapist is called Dorothea');
    expect(shownBy(vocabulary, 'my ph').at(-1)).toBe('My physiotherapist is called Dorothea');
    expect(shownBy(vocabulary, 'ask Dor')).toContain('Dorothea');
    const again = new Vocabulary(readLearned(JSON.stringify(vocabulary.learned)));
    await again.open('en');
    expect(shownBy(again, 'ask Dor')).toContain('Dorothea');
    const elsewhere = await english();
    await elsewhere.restore(again.learned);
    expect(shownBy(elsewhere, 'ask Dor')).toContain('Dorothea');
    await again.forget();
    expect(shownBy(again, 'ask Dor')).not.toContain('Dorothea');
    expect(again.learned.said).toEqual({});
  });

  test('an abbreviation is offered first and written out by a space; nothing else is', async () => {
    const vocabulary = await english();
    vocabulary.abbreviate('OMW', 'on my way');
    expect(shownBy(vocabulary, 'I am omw')[0]).toBe('on my way');
    expect(vocabulary.expand('I am omw ')).toBe('I am on my way ');
    expect(vocabulary.expand('constructor ')).toBe('constructor ');
    vocabulary.abbreviate('omw', '');
    expect(vocabulary.expand('omw ')).toBe('omw ');
  });

  test.each(['', 'rubbish', '[]', '{"said":7,"abbreviations":[1]}', '{"said":{"en":[1,{}]}}'])(
    '%j is nothing learned',
    (json) => {
      const { said, abbreviations } = readLearned(json);
      expect([...Object.values(said).flat(), ...Object.keys(abbreviations)]).toEqual([]);
    },
  );
});

describe('the board for switches', () => {
  test.each(WORD_LANGUAGES)('has every letter of %s once, the most frequent nearest', (language) => {
    const rows = lettersOf(language);
    const all = rows.flat();
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain(' ');
    expect(rows.every((row) => row.length <= 6 && Array.from(row).every((letter) => letter !== ''))).toBe(true);
  });

  test('“hi” is spoken within 12 s with one switch at 1.4 s, and within 8 s with two', async () => {
    const vocabulary = await english();
    expect(writeBySwitch(vocabulary, 'en', 'hi', ONE).seconds).toBeLessThanOrEqual(12);
    expect(writeBySwitch(vocabulary, 'en', 'hi', TWO).seconds).toBeLessThanOrEqual(8);
  });

  test('eight everyday words take under a minute, and less than half of that once they were said before', async () => {
    const vocabulary = await english();
    const sentence = 'I would like a cup of tea please';
    const first = writeBySwitch(vocabulary, 'en', sentence, ONE).seconds;
    expect(first).toBeLessThanOrEqual(60);
    vocabulary.learn(sentence);
    expect(writeBySwitch(vocabulary, 'en', sentence, ONE).seconds).toBeLessThan(first / 2);
  });
});
