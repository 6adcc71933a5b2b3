/**
 * Keystrokes that word prediction saves a person who takes every right suggestion, on text that the model never saw:
 *
 *     npx tsx bench/keystrokes.ts [LANGUAGE [TEXT]]
 *
 * Each letter, sign and space is one key, each suggestion one; case costs nothing. "Learning": each sentence is learned
 * once it is said, as in the page.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isWordLanguage, modelOf, WORD_LANGUAGES, type WordLanguage } from '../web/aid/words/load.ts';
import { keysFor } from './support/writer.ts';

const [asked, file] = process.argv.slice(2);
const languages = asked === undefined ? WORD_LANGUAGES : [asked].filter(isWordLanguage);
for (const language of languages) await measure(language);

async function measure(language: WordLanguage): Promise<void> {
  const path = file ?? resolve(import.meta.dirname, `../test/fixtures/held-out/${language}.txt`);
  const sentences = readFileSync(path, 'utf8').trim().split('\n');
  const characters = sentences.reduce((sum, sentence) => sum + sentence.length + 1, 0);
  const columns: string[] = [];
  for (const suggestions of [3, 5, 6]) {
    for (const learns of [false, true]) {
      const model = await modelOf(language);
      let keys = 0;
      for (const sentence of sentences) {
        // One more says it.
        keys += keysFor(model, sentence, suggestions) + 1;
        if (learns) model.learn(sentence);
      }
      const saved = 100 * (1 - keys / characters);
      columns.push(`${suggestions}${learns ? ' learning' : ''} ${saved.toFixed(1)} %`);
    }
  }
  process.stdout.write(`${language} (${characters} keys without): ${columns.join(', ')}\n`);
}
