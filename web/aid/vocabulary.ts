import { isRecord } from './json.ts';
import { draftOf, type WordModel } from './word-model.ts';
import { modelOf, startersOf, type Situation, type Starters, type WordLanguage } from './words/load.ts';
import { withWord } from './writing.ts';

/** What a key of the word bar shows, and the draft that it makes. */
export interface Suggestion {
  readonly shown: string;
  readonly draft: string;
}

/** What the person taught: sentences that were said, the newest last, and abbreviations. */
export interface Learned {
  readonly said: Readonly<Partial<Record<WordLanguage, readonly string[]>>>;
  readonly abbreviations: Readonly<Record<string, string>>;
}

export const NOTHING_LEARNED: Learned = { said: {}, abbreviations: {} };
/** About two months of daily talk; a longer memory takes longer to read than it helps. */
const MAX_SENTENCES = 500;
const MAX_SENTENCE_CHARACTERS = 300;
const MAX_ABBREVIATIONS = 200;
/** A sentence that was said before is offered whole from here on. */
const WHOLE_FROM_CHARACTERS = 3;

/** Words, beginnings and whole sentences that are offered while somebody writes. Nothing here has a side effect but `open`, which fetches a language. */
export class Vocabulary {
  #learned: Learned;
  #language: WordLanguage | undefined;
  #model: WordModel | undefined;
  #starters: Starters | undefined;

  constructor(learned: Learned) {
    this.#learned = learned;
  }

  get learned(): Learned {
    return this.#learned;
  }

  /** Fetches the words of a language; until then nothing is offered. */
  async open(language: WordLanguage): Promise<void> {
    if (language === this.#language) return;
    this.#language = language;
    const [model, starters] = await Promise.all([modelOf(language), startersOf(language)]);
    // Another language may have been asked for meanwhile.
    if (this.#language !== language) return;
    for (const sentence of this.#learned.said[language] ?? []) model.learn(sentence);
    this.#model = model;
    this.#starters = starters;
  }

  /** @returns what to offer for `draft`, best first, at most `limit`. */
  suggest(draft: string, situation: Situation, limit: number): Suggestion[] {
    if (limit <= 0 || this.#model === undefined) return [];
    if (draft.trim() === '') {
      const starters = this.#starters?.[situation] ?? [];
      return starters.slice(0, limit).map((shown) => ({ shown, draft: `${shown} ` }));
    }
    const { before, begun } = draftOf(draft);
    const first = [this.#expansionOf(draft, begun)].filter((one) => one !== undefined);
    const last = [this.#saidBefore(draft)].filter((one) => one !== undefined);
    const words = this.#model
      .predict(before, begun, limit)
      .map((word) => ({ shown: word, draft: withWord(draft, word) }));
    // The whole sentence comes last: a person who looks for a word should find it where it was.
    const room = Math.max(0, limit - first.length - last.length);
    return [...first, ...words.slice(0, room), ...last].slice(0, limit);
  }

  /** Learns a text that was said in the language that is open. */
  learn(text: string): void {
    if (this.#language === undefined) return;
    const sentence = text
      .replace(/\s*\[[a-z ]+\]\s*/g, ' ')
      .trim()
      .slice(0, MAX_SENTENCE_CHARACTERS);
    if (sentence === '') return;
    this.#model?.learn(sentence);
    const others = (this.#learned.said[this.#language] ?? []).filter((one) => one !== sentence);
    const said = [...others, sentence].slice(-MAX_SENTENCES);
    this.#learned = { ...this.#learned, said: { ...this.#learned.said, [this.#language]: said } };
  }

  /** Lets `short` stand for `full`; an empty `full` takes it back. */
  abbreviate(short: string, full: string): void {
    const key = short.trim().toLowerCase();
    if (key === '' || /\s/u.test(key)) return;
    const others = Object.entries(this.#learned.abbreviations).filter(([one]) => one !== key);
    const next: [string, string][] = full.trim() === '' ? others : [...others, [key, full.trim()]];
    this.#learned = { ...this.#learned, abbreviations: Object.fromEntries(next.slice(-MAX_ABBREVIATIONS)) };
  }

  /** Forgets what was learned; abbreviations, which the person wrote, stay. */
  forget(): Promise<void> {
    return this.restore({ ...this.#learned, said: {} });
  }

  /** Takes what was learned elsewhere in the place of what was learned here. */
  async restore(learned: Learned): Promise<void> {
    this.#learned = learned;
    const language = this.#language;
    this.#language = undefined;
    if (language !== undefined) await this.open(language);
  }

  /** @returns the draft with the abbreviation that was just finished by a space written out, or as it was. */
  expand(draft: string): string {
    const short = /(?:^|\s)(\S+)\s$/u.exec(draft)?.[1];
    const full = short === undefined ? undefined : this.#fullOf(short);
    return full === undefined ? draft : `${draft.slice(0, -1 - (short ?? '').length)}${full} `;
  }

  #expansionOf(draft: string, begun: string): Suggestion | undefined {
    const full = begun === '' ? undefined : this.#fullOf(begun);
    return full === undefined ? undefined : { shown: full, draft: `${draft.slice(0, -begun.length)}${full} ` };
  }

  #fullOf(short: string): string | undefined {
    const { abbreviations } = this.#learned;
    const key = short.toLowerCase();
    return Object.hasOwn(abbreviations, key) ? abbreviations[key] : undefined;
  }

  #saidBefore(draft: string): Suggestion | undefined {
    if (draft.trim().length < WHOLE_FROM_CHARACTERS || this.#language === undefined) return undefined;
    const begun = draft.trimStart().toLowerCase();
    const whole = this.#learned.said[this.#language]?.findLast(
      (one) => one.length > begun.length + 3 && one.toLowerCase().startsWith(begun),
    );
    return whole === undefined ? undefined : { shown: whole, draft: `${whole} ` };
  }
}

/** @returns what was stored, without entries of a wrong type. */
export function readLearned(json: string): Learned {
  try {
    const parsed: unknown = JSON.parse(json);
    if (!isRecord(parsed)) return NOTHING_LEARNED;
    const said = Object.entries(isRecord(parsed['said']) ? parsed['said'] : {})
      .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
      .map(([language, list]) => [language, list.filter((one) => typeof one === 'string').slice(-MAX_SENTENCES)]);
    const abbreviations = Object.entries(isRecord(parsed['abbreviations']) ? parsed['abbreviations'] : {}).filter(
      ([, full]) => typeof full === 'string',
    );
    return {
      said: Object.fromEntries(said) as Learned['said'],
      abbreviations: Object.fromEntries(abbreviations) as Learned['abbreviations'],
    };
  } catch {
    return NOTHING_LEARNED;
  }
}
