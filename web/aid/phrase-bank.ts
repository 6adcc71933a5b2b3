/** One phrase and how often it was said. */
export interface Phrase {
  readonly text: string;
  readonly category: string;
  readonly uses: number;
  /** A symbol or photograph that the person gave it: a `data:` URL of a PNG, JPEG or WebP picture. */
  readonly picture?: string;
}

export const MAX_PHRASES = 1000;
const MAX_PHRASE_CHARACTERS = 500;
const MAX_CATEGORY_CHARACTERS = 40;
/** About 45 kB; a picture of 128 px takes a tenth. A browser keeps some 5 MB for a page. */
const MAX_PICTURE_CHARACTERS = 60_000;
const PICTURE = /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=]+$/;
const FORMAT = 'visavis-phrases';

/** @returns a phrase as it is shown: without expressions such as `[smile]`. */
export function withoutMarks(text: string): string {
  return text.replace(/\s*\[[a-z ]+\]/g, '');
}

/** A person's phrases: an immutable list with a few moves. */
export class PhraseBank {
  readonly phrases: readonly Phrase[];

  constructor(phrases: readonly Phrase[]) {
    this.phrases = phrases;
  }

  /** In the order in which they first appear. */
  get categories(): string[] {
    return [...new Set(this.phrases.map(({ category }) => category))];
  }

  /** @returns the phrases of a category, or all, most used first and else as they were entered. */
  shown(category?: string): Phrase[] {
    return this.phrases
      .filter((phrase) => category === undefined || phrase.category === category)
      .toSorted((a, b) => b.uses - a.uses);
  }

  /** Adds a phrase, or moves the one with the same text to `category`; it keeps its picture unless it is given one. */
  add(text: string, category: string, picture?: string): PhraseBank {
    const before = this.#find(text);
    const shown = picture ?? before?.picture;
    const phrase = tidy({
      text,
      category,
      uses: before?.uses ?? 0,
      ...(shown === undefined ? {} : { picture: shown }),
    });
    if (phrase === undefined) return this;
    return new PhraseBank([...this.remove(text).phrases, phrase].slice(-MAX_PHRASES));
  }

  remove(text: string): PhraseBank {
    return new PhraseBank(this.phrases.filter((phrase) => phrase.text !== text));
  }

  /** Counts that it was said. */
  use(text: string): PhraseBank {
    return new PhraseBank(
      this.phrases.map((phrase) => (phrase.text === text ? { ...phrase, uses: phrase.uses + 1 } : phrase)),
    );
  }

  /** Adds those that are not there yet. */
  merge(others: readonly Phrase[]): PhraseBank {
    const known = new Set(this.phrases.map(({ text }) => text));
    const fresh = others
      .map(tidy)
      .filter((phrase) => phrase !== undefined)
      .filter(({ text }) => !known.has(text) && known.add(text));
    return new PhraseBank([...this.phrases, ...fresh].slice(0, MAX_PHRASES));
  }

  toJson(): string {
    return JSON.stringify({ format: FORMAT, version: 1, phrases: this.phrases }, null, 2);
  }

  #find(text: string): Phrase | undefined {
    return this.phrases.find((phrase) => phrase.text === text);
  }
}

/**
 * Reads a bank from JSON: this program's own, or a plain list of texts or of `{ text, category }`.
 * @returns the phrases that were found, or `undefined` when the text holds none.
 */
export function parsePhrases(json: string, category: string): Phrase[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  const list: unknown = typeof parsed === 'object' && parsed !== null && 'phrases' in parsed ? parsed.phrases : parsed;
  if (!Array.isArray(list)) return undefined;
  const phrases = list
    .slice(0, MAX_PHRASES)
    .map((entry: unknown) =>
      typeof entry === 'string' ? tidy({ text: entry, category, uses: 0 }) : read(entry, category),
    )
    .filter((phrase) => phrase !== undefined);
  return phrases.length > 0 ? phrases : undefined;
}

function read(entry: unknown, category: string): Phrase | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { text, category: own, uses, picture } = entry as Partial<Record<keyof Phrase, unknown>>;
  if (typeof text !== 'string') return undefined;
  return tidy({
    text,
    category: typeof own === 'string' && own.trim() !== '' ? own : category,
    uses: typeof uses === 'number' && Number.isInteger(uses) && uses > 0 ? uses : 0,
    ...(typeof picture === 'string' ? { picture } : {}),
  });
}

function tidy({ text, category, uses, picture }: Phrase): Phrase | undefined {
  const clean = (raw: string, limit: number): string =>
    raw
      .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')
      .replace(/\s+/gu, ' ')
      .trim()
      .slice(0, limit);
  const hasPicture = picture !== undefined && picture.length <= MAX_PICTURE_CHARACTERS && PICTURE.test(picture);
  const phrase = {
    text: clean(text, MAX_PHRASE_CHARACTERS),
    category: clean(category, MAX_CATEGORY_CHARACTERS),
    uses,
    ...(hasPicture ? { picture } : {}),
  };
  return phrase.text === '' || phrase.category === '' ? undefined : phrase;
}
