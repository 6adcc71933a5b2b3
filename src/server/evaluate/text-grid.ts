import { mediaTimeUs, US_PER_S } from '../../base/timeline.ts';
import type { TimeSpan } from '../../media/motion/motion-metrics.ts';

/** A label of Praat's, with its time. */
export interface Labelled extends TimeSpan {
  readonly label: string;
}

/**
 * Reads the interval tiers of a Praat TextGrid, in its long or its short form. Anything else in it is passed over.
 * @returns the labels of each tier by name, empty ones left out.
 */
export function readTextGrid(text: string): ReadonlyMap<string, readonly Labelled[]> {
  const tiers = new Map<string, Labelled[]>();
  // Both forms say the same strings and numbers in the same order; the long one names them besides.
  const tokens = text.match(/"(?:[^"]|"")*"|(?<![\w.[-])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w\]])/g) ?? [];
  const numberAt = (index: number): number => Number(tokens[index]);
  const isText = (index: number): boolean => tokens[index]?.startsWith('"') === true;
  const textAt = (index: number): string => (tokens[index] ?? '').slice(1, -1).replaceAll('""', '"');
  for (let index = 0; index < tokens.length; index++) {
    if (tokens[index] !== '"IntervalTier"') continue;
    const labels: Labelled[] = [];
    tiers.set(textAt(index + 1), labels);
    const count = numberAt(index + 4);
    for (let at = index + 5; at < index + 5 + 3 * count && isText(at + 2); at += 3) {
      const label = textAt(at + 2).trim();
      if (label === '') continue;
      const [startUs, endUs] = [mediaTimeUs(numberAt(at) * US_PER_S), mediaTimeUs(numberAt(at + 1) * US_PER_S)];
      labels.push({ startUs, endUs, label });
    }
  }
  return tiers;
}

/** Phones at which the lips meet, in ARPABET and IPA. */
const CLOSURES = new Set(['p', 'b', 'm', 'pʰ', 'pʲ', 'bʲ', 'mʲ', 'em']);
/** Vowels that keep the lips plainly apart. */
const OPEN_SOUNDS = new Set(['aa', 'ae', 'ah', 'ay', 'aw', 'eh', 'ey', 'a', 'ɑ', 'æ', 'ɐ', 'ʌ', 'ɛ', 'aɪ', 'aʊ', 'eɪ']);

/** @returns the spans at which lips close and at which they must not, of labels that are phones. */
export function lipTargets(phones: readonly Labelled[]): {
  readonly closures: Labelled[];
  readonly openSounds: Labelled[];
} {
  // ARPABET writes stress as a digit, aligners write length and place after a colon or an underscore.
  const of = (known: ReadonlySet<string>): Labelled[] =>
    phones.filter(({ label }) => known.has(label.toLowerCase().replace(/[\d:ː_].*$/, '')));
  return { closures: of(CLOSURES), openSounds: of(OPEN_SOUNDS) };
}
