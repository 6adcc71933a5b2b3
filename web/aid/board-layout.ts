import type { WordLanguage } from './words/load.ts';

/** A key of the board for switches. */
export type BoardKey =
  | { readonly kind: 'say' | 'stop' | 'delete' | 'undo' | 'clear' }
  | { readonly kind: 'word'; readonly place: number }
  | { readonly kind: 'letter'; readonly letter: string };

const COLUMNS = 6;

/** Letters and signs by how often they are written, a space among them. It is not the first, because a suggested word brings its own. */
const BY_FREQUENCY: Readonly<Record<WordLanguage, string>> = {
  en: "etaoi nshrdlucmwfygpbvkxjqz,.?!'",
  de: 'enisr atdhulcgmobwfkzpväüößjyxq,.?!',
  es: 'eaosr nidlctumpbgvyqhfzjñxkwáéíóú,.¿?¡!',
  ar: 'اليمن وتربعدسفهكقحجشصخطزضذثغظءةىأإآؤئ،.؟!',
};

/**
 * Rows of letters: the n-th most frequent where it takes the n-th fewest steps, counting rows and then keys.
 * @returns rows of at most six.
 */
export function lettersOf(language: WordLanguage): string[][] {
  const letters = Array.from(BY_FREQUENCY[language]);
  const places = letters
    .map((_, index) => ({ row: Math.floor(index / COLUMNS), column: index % COLUMNS }))
    .toSorted((a, b) => a.row + a.column - (b.row + b.column) || a.row - b.row);
  const rows: string[][] = [];
  for (const [rank, { row, column }] of places.entries()) (rows[row] ??= [])[column] = letters[rank] ?? '';
  return rows;
}

/**
 * The rows that a switch goes through: what says it and the words that are offered, then letters, then corrections.
 * @param words - how many words are offered.
 */
export function boardRows(language: WordLanguage, words: number, first: 'say' | 'stop' | undefined): BoardKey[][] {
  const letters = lettersOf(language).map((row) => row.map((letter): BoardKey => ({ kind: 'letter', letter })));
  const offered = Array.from({ length: words }, (_, place): BoardKey => ({ kind: 'word', place }));
  return [
    [...(first === undefined ? [] : [{ kind: first }]), ...offered],
    ...letters,
    [{ kind: 'delete' as const }, { kind: 'undo' as const }, { kind: 'clear' as const }, { kind: 'stop' as const }],
  ].filter((row) => row.length > 0);
}
