/** A word as it is written in the middle of a sentence, and what it is counted by. */
interface Entry {
  readonly written: string;
  /** Share of all words of the language, estimated from its rank. */
  readonly share: number;
}

/** What follows a context: how often each word, and how often any. */
interface Followers {
  readonly counts: Map<string, number>;
  total: number;
}

const WORD = /[\p{L}\p{M}]+(?:['’\u200c\u200d-][\p{L}\p{M}]+)*/gu;
const SENTENCE_END = /[.!?…؟۔\n]+/u;
/** Stands before the first word of a sentence. */
const START = '^';
/** Zipf's law with Mandelbrot's shift: the word of rank r has a share in proportion to 1 / (r + 2.7). */
const MANDELBROT_SHIFT = 2.7;
/** What a person says counts more than what everybody says. */
const OWN_WEIGHT = 4;
const EVERYBODYS_WEIGHT = 1;

/** Which words are likely to come next: a frequency list, and counts of which word followed which two before it. */
export class WordModel {
  readonly #entries = new Map<string, Entry>();
  readonly #followers = new Map<string, Followers>();
  readonly #own = new Map<string, number>();
  #ownTotal = 0;

  /** @param words - of the language, the most frequent first, separated by spaces. */
  constructor(words: string) {
    const list = words.split(' ').filter((word) => word !== '');
    const sum = list.reduce((total, _, rank) => total + 1 / (rank + MANDELBROT_SHIFT), 0);
    for (const [rank, word] of list.entries())
      this.#entries.set(keyOf(word), { written: word, share: 1 / (rank + MANDELBROT_SHIFT) / sum });
  }

  /** Counts which words follow which in sentences that everybody says. */
  read(text: string): void {
    this.#count(text, EVERYBODYS_WEIGHT);
  }

  /** Learns from a text that the person said, its words included. */
  learn(text: string): void {
    this.#count(text, OWN_WEIGHT);
  }

  /**
   * @param before - the words of the sentence before this one.
   * @param begun - letters of this word, perhaps none.
   * @returns the likeliest words that begin so, best first, at most `limit`.
   */
  predict(before: readonly string[], begun: string, limit: number): string[] {
    const prefix = keyOf(begun);
    const [second, first] = [before.at(-2), before.at(-1)].map((word) => (word === undefined ? START : keyOf(word)));
    const pair = this.#followers.get(contextOf(second ?? START, first ?? START));
    const single = this.#followers.get(first ?? START);
    const fits = (key: string): boolean => key.startsWith(prefix);
    // Of the words that no context brings the most frequent are enough: the list is in that order.
    const candidates = new Set([...(pair?.counts.keys() ?? []), ...(single?.counts.keys() ?? []), ...this.#own.keys()]);
    for (const key of candidates) if (!fits(key)) candidates.delete(key);
    let fillers = 0;
    for (const key of this.#entries.keys()) {
      if (fillers === limit) break;
      if (!fits(key) || candidates.has(key)) continue;
      candidates.add(key);
      fillers++;
    }
    const scored: [score: number, written: string][] = [];
    for (const key of candidates) {
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      const own = mixed(this.#own.get(key) ?? 0, this.#ownTotal, this.#own.size, entry.share);
      scored.push([after(pair, key, after(single, key, own)), entry.written]);
    }
    return scored
      .toSorted(([a], [b]) => b - a)
      .slice(0, limit)
      .map(([, written]) => written);
  }

  #count(text: string, weight: number): void {
    for (const sentence of text.split(SENTENCE_END)) {
      let [second, first] = [START, START];
      for (const [place, word] of wordsOf(sentence).entries()) {
        const key = keyOf(word);
        this.#meet(key, word, place, weight);
        follow(this.#followers, first, key, weight);
        follow(this.#followers, contextOf(second, first), key, weight);
        [second, first] = [first, key];
      }
    }
  }

  /** A word that is not known yet becomes one; its capital at the beginning of a sentence says nothing. */
  #meet(key: string, word: string, place: number, weight: number): void {
    if (!this.#entries.has(key))
      this.#entries.set(key, { written: place === 0 ? word.toLowerCase() : word, share: 1e-6 });
    if (weight === EVERYBODYS_WEIGHT) return;
    this.#own.set(key, (this.#own.get(key) ?? 0) + 1);
    this.#ownTotal++;
  }
}

/** @returns the words of a text. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** @returns what is being written: the words of its sentence so far, and the letters of the one that is not finished. */
export function draftOf(text: string): { readonly before: readonly string[]; readonly begun: string } {
  const sentence = text.split(SENTENCE_END).at(-1) ?? '';
  const words = wordsOf(sentence);
  const begun = /[\p{L}\p{M}'’\u200c\u200d-]$/u.test(sentence) ? (words.pop() ?? '') : '';
  return { before: words, begun };
}

function keyOf(word: string): string {
  return word.normalize('NFC').replaceAll('’', "'").toLowerCase();
}

function contextOf(second: string, first: string): string {
  return `${second} ${first}`;
}

function follow(followers: Map<string, Followers>, context: string, key: string, weight: number): void {
  const entry = followers.get(context) ?? { counts: new Map<string, number>(), total: 0 };
  entry.counts.set(key, (entry.counts.get(key) ?? 0) + weight);
  entry.total += weight;
  followers.set(context, entry);
}

function after(followers: Followers | undefined, key: string, otherwise: number): number {
  if (followers === undefined) return otherwise;
  return mixed(followers.counts.get(key) ?? 0, followers.total, followers.counts.size, otherwise);
}

/** Interpolation after Witten and Bell (1991): a context is trusted by how seldom it brought something new. */
function mixed(count: number, total: number, kinds: number, otherwise: number): number {
  return total === 0 ? otherwise : (count + kinds * otherwise) / (total + kinds);
}
