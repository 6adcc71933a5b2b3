/** What a person chose; it stays in this browser. */
export interface Preferences {
  readonly sentences: boolean;
  readonly showTyping: boolean;
  readonly voice: string;
  readonly language: string;
  readonly rate: number;
  readonly pitch: number;
  readonly policy: 'wait' | 'duck';
  readonly captions: boolean;
  readonly captionSize: 'small' | 'medium' | 'large' | 'huge';
  readonly captionColour: 'whiteOnBlack' | 'yellowOnBlack' | 'blackOnWhite';
  readonly captionPosition: 'bottom' | 'top' | 'below';
  readonly scan: 'off' | 'one' | 'two';
  readonly dwellS: number;
  readonly lips: boolean;
  readonly contrast: boolean;
  readonly lessMotion: boolean;
  readonly strength: number;
  /** Whether a pointer that rests on a target chooses it, and after how long. */
  readonly dwell: boolean;
  readonly hoverS: number;
  readonly large: boolean;
  /** Words offered while the person writes; 0 for none. */
  readonly words: number;
  /** Whether words and sentences are learned from what is said. */
  readonly learns: boolean;
  /** Whether the keys 1 to 6 take the words that are offered. */
  readonly digitKeys: boolean;
  readonly situation: 'talk' | 'needs' | 'feelings' | 'health' | 'work';
}

export const DEFAULT_PREFERENCES: Preferences = {
  sentences: false,
  showTyping: false,
  voice: '',
  language: '',
  rate: 1,
  pitch: 1,
  policy: 'duck',
  captions: true,
  captionSize: 'medium',
  captionColour: 'whiteOnBlack',
  captionPosition: 'bottom',
  scan: 'off',
  dwellS: 1.4,
  lips: false,
  contrast: false,
  lessMotion: false,
  strength: 0.7,
  dwell: false,
  hoverS: 1,
  large: false,
  words: 5,
  learns: true,
  digitKeys: false,
  situation: 'talk',
};

const STORAGE_KEY = 'visavis.aid';

/** Reads, keeps and tells changes of the preferences. */
export class PreferenceStore {
  #current: Preferences;
  readonly #listeners = new Set<(preferences: Preferences) => void>();

  constructor() {
    this.#current = { ...DEFAULT_PREFERENCES, ...stored() };
  }

  get current(): Preferences {
    return this.#current;
  }

  set(change: Partial<Preferences>): void {
    this.#current = { ...this.#current, ...change };
    try {
      localStorage.setItem(STORAGE_KEY, JSON.stringify(this.#current));
    } catch {
      // Without storage a choice lasts as long as the page.
    }
    for (const listener of this.#listeners) listener(this.#current);
  }

  /** Calls `listener` at once and after each change. */
  watch(listener: (preferences: Preferences) => void): void {
    this.#listeners.add(listener);
    listener(this.#current);
  }
}

/** @returns what was stored, without anything of another kind than today's. */
function stored(): Partial<Preferences> {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter(([key, value]) => {
        const usual: unknown = (DEFAULT_PREFERENCES as unknown as Record<string, unknown>)[key];
        return usual !== undefined && typeof value === typeof usual;
      }),
    );
  } catch {
    return {};
  }
}
