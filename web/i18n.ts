import { ar } from './i18n/ar.ts';
import { de } from './i18n/de.ts';
import { en } from './i18n/en.ts';
import type { Catalogue, MessageKey } from './i18n/catalogue.ts';
import { es } from './i18n/es.ts';

/** A text of the page; `{name}` in it is filled in by `t`. A catalogue without one of the keys does not compile. */
export type { MessageKey };

export const CATALOGUES = { en, es, ar, de } as const satisfies Readonly<Record<string, Catalogue>>;
export type Language = keyof typeof CATALOGUES;

/** Each language by its own name, as a choice in the page shows it. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  es: 'Español',
  ar: 'العربية',
  de: 'Deutsch',
};

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(['ar']);
const STORAGE_KEY = 'visavis.language';

let current: Language = 'en';
const listeners = new Set<(language: Language) => void>();

/** @returns the text of `key` in the page's language, with each `{name}` replaced by `values.name`. */
export function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  return CATALOGUES[current][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function language(): Language {
  return current;
}

export function direction(of: Language = current): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(of) ? 'rtl' : 'ltr';
}

/** @returns the first of `wanted` (BCP 47 tags, best first) that there is a catalogue for, else English. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}

/**
 * Starts with the language of `?lang=`, else the one chosen before, else the browser's; sets `lang` and `dir` of the
 * page and fills every element that carries a message key.
 */
export function startLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  const wanted = [asked, stored(), ...navigator.languages].filter((tag) => tag !== null);
  apply(chooseLanguage(wanted));
  return current;
}

/** Changes the page's language, remembers it, refills the page and tells the listeners. */
export function setLanguage(next: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // A browser without storage keeps the choice until the page goes.
  }
  apply(next);
}

/** Calls `listener` after each change of language. @returns a function that ends it. */
export function onLanguageChange(listener: (language: Language) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Fills `root` from the catalogue: `data-i18n="key"` sets the text; `data-i18n-label`, `data-i18n-title`,
 * `data-i18n-placeholder` and `data-i18n-alt` set `aria-label`, `title`, `placeholder` and `alt`.
 */
export function translate(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-i18n]')) {
    const key = element.dataset['i18n'];
    if (isMessageKey(key)) element.textContent = t(key);
  }
  for (const [suffix, attribute] of ATTRIBUTES) {
    for (const element of root.querySelectorAll(`[data-i18n-${suffix}]`)) {
      const key = element.getAttribute(`data-i18n-${suffix}`);
      if (isMessageKey(key)) element.setAttribute(attribute, t(key));
    }
  }
}

const ATTRIBUTES = [
  ['label', 'aria-label'],
  ['title', 'title'],
  ['placeholder', 'placeholder'],
  ['alt', 'alt'],
] as const;

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(CATALOGUES, tag);
}

function isMessageKey(key: string | null | undefined): key is MessageKey {
  return typeof key === 'string' && Object.hasOwn(en, key);
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function apply(next: Language): void {
  current = next;
  document.documentElement.lang = next;
  document.documentElement.dir = direction(next);
  translate(document);
  for (const listener of listeners) listener(next);
}
