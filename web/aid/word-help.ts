import { language, onLanguageChange } from '../i18n.ts';
import { recall, remember } from '../storage.ts';
import type { PreferenceStore } from './preferences.ts';
import type { Speaker } from './speaker.ts';
import { readLearned, Vocabulary, type Suggestion } from './vocabulary.ts';
import { isWordLanguage } from './words/load.ts';

const STORAGE_KEY = 'learned';

/** The vocabulary of this page: in the page's language, kept in this browser, told of what is said. */
export class WordHelp {
  readonly #vocabulary = new Vocabulary(readLearned(recall(STORAGE_KEY) ?? ''));
  readonly #preferences: PreferenceStore;
  readonly #listeners = new Set<() => void>();

  constructor(speaker: Speaker, preferences: PreferenceStore) {
    this.#preferences = preferences;
    speaker.onSaid((text) => {
      if (!preferences.current.learns || speaker.foreignLanguageOf(text) !== undefined) return;
      this.#vocabulary.learn(text);
      this.#keep();
    });
    preferences.watch(({ words }) => {
      if (words > 0) void this.#open();
      this.#tell();
    });
    onLanguageChange(() => void this.#open());
  }

  get abbreviations(): Readonly<Record<string, string>> {
    return this.#vocabulary.learned.abbreviations;
  }

  /** Calls `listener` whenever what is offered for a draft may be another. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** @returns what to offer for `draft`, best first. */
  offer(draft: string): Suggestion[] {
    const { words, situation } = this.#preferences.current;
    return this.#vocabulary.suggest(draft, situation, words);
  }

  expand(draft: string): string {
    return this.#vocabulary.expand(draft);
  }

  /** Lets `short` stand for `full`; an empty `full` takes it back. */
  abbreviate(short: string, full: string): void {
    this.#vocabulary.abbreviate(short, full);
    this.#keep();
    this.#tell();
  }

  /** What was learned and the abbreviations, for another browser or for safety. */
  toJson(): string {
    return JSON.stringify(this.#vocabulary.learned);
  }

  /** @returns whether `json` held anything learned; it takes the place of what there was. */
  async restore(json: string): Promise<boolean> {
    const learned = readLearned(json);
    if (Object.keys(learned.said).length + Object.keys(learned.abbreviations).length === 0) return false;
    await this.#vocabulary.restore(learned);
    this.#keep();
    this.#tell();
    return true;
  }

  async forget(): Promise<void> {
    await this.#vocabulary.forget();
    this.#keep();
    this.#tell();
  }

  async #open(): Promise<void> {
    if (this.#preferences.current.words === 0) return;
    try {
      const own = this.#preferences.current.language.split('-')[0] ?? '';
      await this.#vocabulary.open(isWordLanguage(own) ? own : language());
    } catch {
      // Without the list, which a lost connection may keep away, everything else works.
    }
    this.#tell();
  }

  #keep(): void {
    remember(STORAGE_KEY, this.toJson());
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
