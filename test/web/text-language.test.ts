import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { languageOf, languageRuns } from '../../web/aid/text-language.ts';

describe('languageOf', () => {
  test.each([
    ['أريد أن أشرب الماء', 'en', 'ar'],
    ['من می‌خواهم آب بنوشم، چطوری؟', 'en', 'fa'],
    ['سلام دوست من', 'fa', 'fa'],
    ['我想喝水', 'en', 'zh'],
    ['お水をください', 'en', 'ja'],
    ['물 좀 주세요', 'de', 'ko'],
    ['Где ты живёшь?', 'en', 'ru'],
    ['Де ти живеш, їжаче?', 'en', 'uk'],
    ['मैं ठीक हूँ', 'en', 'hi'],
    ['Ich möchte bitte ein Glas Wasser', 'en', 'de'],
    ['¿Dónde está el baño, por favor?', 'en-GB', 'es'],
    ['Where are you from?', 'de', 'en'],
    ['Je suis très content de vous voir', 'en', 'fr'],
    ['I met Señor García in München', 'en-GB', 'en-GB'],
    ['No', 'en', 'en'],
    ['Ok', 'ar', 'en'],
    ['Wie geht es dir?', 'ar', 'de'],
    ['12:30', 'es', 'es'],
    ['', 'es', 'es'],
  ])('%j, usually %s, is %s', (sentence, usual, language) => {
    expect(languageOf(sentence, usual)).toBe(language);
  });
});

describe('languageRuns', () => {
  test('sentences of one language stay together, another language begins anew', () => {
    expect(languageRuns('Hello Ben. How are you? كيف حالك؟ Wo ist das Buch, das ich habe?', 'en')).toEqual([
      { text: 'Hello Ben. How are you? ', language: 'en' },
      { text: 'كيف حالك؟ ', language: 'ar' },
      { text: 'Wo ist das Buch, das ich habe?', language: 'de' },
    ]);
  });

  test('a mark of an expression is no English', () => {
    expect(languageRuns('[surprised] نعم', 'ar')).toEqual([{ text: '[surprised] نعم', language: 'ar' }]);
  });

  test('nothing is lost, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        expect(
          languageRuns(text, 'en')
            .map((run) => run.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
