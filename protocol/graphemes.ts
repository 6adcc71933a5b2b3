/** What a person sees as one character, and text that is cut between such characters only (Unicode UAX #29). */
export interface TextLimit {
  /** Characters as a person counts them: a letter with its marks, a flag and a family are one each. */
  readonly graphemes: number;
  /** Bytes of UTF-8: a grapheme may have any number of marks. */
  readonly bytes: number;
}

const SEGMENTER = new Intl.Segmenter('und', { granularity: 'grapheme' });
const ENCODER = new TextEncoder();

export function graphemesOf(text: string): string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

export function fits(text: string, limit: TextLimit): boolean {
  // Each UTF-16 unit is at least one byte: a flood is not segmented.
  if (text.length > limit.bytes || ENCODER.encode(text).length > limit.bytes) return false;
  return graphemesOf(text).length <= limit.graphemes;
}

/** @returns as many whole graphemes from the start of `text` as the limit allows. */
export function fitting(text: string, limit: TextLimit): string {
  let bytes = 0;
  let count = 0;
  for (const { segment, index } of SEGMENTER.segment(text.slice(0, limit.bytes + 1))) {
    bytes += ENCODER.encode(segment).length;
    count++;
    if (bytes > limit.bytes || count > limit.graphemes) return text.slice(0, index);
  }
  return text;
}
