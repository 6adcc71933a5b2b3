import { WordModel } from '../word-model.ts';

/** Kinds of situation that sentences begin in. */
export type Situation = 'talk' | 'needs' | 'feelings' | 'health' | 'work';
export type Starters = Readonly<Record<Situation, readonly string[]>>;

export type WordLanguage = 'en' | 'es' | 'ar' | 'de';

interface WordFiles {
  readonly words: string;
  readonly sentences: string;
  readonly starters: Starters;
}

/** Each language is fetched when it is first written in. */
const FILES: Readonly<Record<WordLanguage, () => Promise<WordFiles>>> = {
  en: async () => files(await import('./words-en.ts'), await import('./sentences-en.ts')),
  es: async () => files(await import('./words-es.ts'), await import('./sentences-es.ts')),
  ar: async () => files(await import('./words-ar.ts'), await import('./sentences-ar.ts')),
  de: async () => files(await import('./words-de.ts'), await import('./sentences-de.ts')),
};

export const WORD_LANGUAGES: readonly WordLanguage[] = ['en', 'es', 'ar', 'de'];

export function isWordLanguage(language: string): language is WordLanguage {
  return Object.hasOwn(FILES, language);
}

/** @returns a model of the language that has learned nothing of anybody yet. */
export async function modelOf(language: WordLanguage): Promise<WordModel> {
  const { words, sentences } = await FILES[language]();
  const model = new WordModel(words);
  model.read(sentences);
  return model;
}

export async function startersOf(language: WordLanguage): Promise<Starters> {
  return (await FILES[language]()).starters;
}

function files(
  { WORDS }: { readonly WORDS: string },
  { SENTENCES, STARTERS }: { readonly SENTENCES: string; readonly STARTERS: Starters },
): WordFiles {
  return { words: WORDS, sentences: SENTENCES, starters: STARTERS };
}
