import { graphemesOf } from './graphemes.ts';

/**
 * What becomes of typed text before a voice gets it: nothing in it may stop a voice, hide in a caption or turn the
 * reading direction of the page, and no one text may hold the floor for ever.
 */

/** About two minutes of speech; what is typed beyond it is left out, and said to be. */
export const MAX_SPOKEN_CHARACTERS = 2000;
/** Voices are asked for so much at a time: the first sound comes sooner, and a stop is never far away. */
export const MAX_SENTENCE_CHARACTERS = 220;

export interface CleanText {
  readonly text: string;
  /** Whether something was left out at the end. */
  readonly shortened: boolean;
}

// Joiners stay: Arabic and Indic scripts, and emoji of several parts, mean something else without them.
const INVISIBLE =
  /[\p{Cc}\p{Cn}\p{Co}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const COMBINING_FLOOD = /(\p{M}{4})\p{M}+/gu;

/** @returns the text in composed form (NFC), without controls and with plain spaces. */
export function cleanText(typed: string): CleanText {
  // Far more than will be spoken is not even looked at: normalising 100 kB of combining marks is slow.
  const taken = typed.slice(0, 4 * MAX_SPOKEN_CHARACTERS);
  const text = taken
    .replace(/\s+/gu, ' ')
    .replace(INVISIBLE, '')
    .replace(/ {2,}/g, ' ')
    .normalize('NFC')
    .replace(COMBINING_FLOOD, '$1')
    .replace(/(.)\1{9,}/gu, (run, one: string) => (/\s/u.test(one) ? ' ' : run.slice(0, one.length * 9)))
    .trim();
  if (text.length <= MAX_SPOKEN_CHARACTERS && taken.length === typed.length) return { text, shortened: false };
  return { text: cutAtWord(text, MAX_SPOKEN_CHARACTERS), shortened: true };
}

/** @returns whether there is anything in `text` that a voice could say. */
export function isSpeakable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/**
 * Takes from a text what voices would obey instead of saying: phonemes (`[[…]]` of espeak-ng and Piper, `[…](/…/)` of
 * Kokoro), stage directions (`[sighs]`) and tags (SSML). A space stands for each bracket, so every word stays where the
 * caption has it.
 */
export function withoutVoiceMarkup(text: string): string {
  // "3 < 5" is no tag: a sign before a space or a digit means itself.
  return text
    .replace(/<(?=[/!?]?\p{L})([^<>]*)(>?)/gu, (_, inside: string, end: string) => ` ${inside}${end && ' '}`)
    .replace(/[[\]]/g, ' ');
}

/**
 * Splits into what is spoken at one go. A sentence ends at its mark (Latin, Arabic, Devanagari, Chinese and Japanese
 * ones) before a space or the end; one that is too long is cut after a comma, else between words.
 */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  for (const match of text.matchAll(SENTENCE)) {
    for (const piece of cutLong(match[0].trim())) {
      if (piece !== '') sentences.push(piece);
    }
  }
  return sentences;
}

const SENTENCE =
  /[^.!?…؟۔।。！？\n]+(?:[.!?…؟۔।。！？]+["'”’»)\]]*(?=\s|$)|[。！？]+|[.!?…؟۔।]+(?=\S)[^.!?…؟۔।。！？\n]*)*|[.!?…؟۔।。！？]+/gu;

/**
 * For saying each sentence while the person still writes.
 * @returns how many characters at the start of `draft` are whole sentences: their mark and a space have been typed.
 */
export function finishedLength(draft: string): number {
  let length = 0;
  for (const match of draft.matchAll(/[.!?…؟۔।]+["'”’»)\]]*\s+|[。！？]+\s*|\n+/gu)) {
    const before = draft.slice(0, match.index);
    // "Dr. " and "z. B. " end no sentence: a single capital or a known short form stands before the mark.
    if (match[0].startsWith('.') && ABBREVIATION.test(before)) continue;
    length = match.index + match[0].length;
  }
  return length;
}

const ABBREVIATION = /(?:^|[\s.])(?:\p{Lu}|\p{Ll}|Dr|Mr|Mrs|Ms|Prof|St|Sr|Sra|Nr|bzw|usw|etc|ca|vs)$/u;

function cutLong(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > MAX_SENTENCE_CHARACTERS) {
    const head = rest.slice(0, MAX_SENTENCE_CHARACTERS);
    const comma = Math.max(...[',', ';', ':', '،', '、', '，'].map((mark) => head.lastIndexOf(mark)));
    const piece = comma > MAX_SENTENCE_CHARACTERS / 3 ? head.slice(0, comma + 1) : cutAtWord(rest, head.length);
    pieces.push(piece.trim());
    rest = rest.slice(piece.length).trim();
  }
  pieces.push(rest);
  return pieces;
}

/** @returns at most `length` UTF-16 units, without half a word at the end where it can, and never half a character. */
function cutAtWord(text: string, length: number): string {
  if (text.length <= length && length < MAX_SENTENCE_CHARACTERS) return text;
  const head = text.slice(0, length);
  const space = head.lastIndexOf(' ');
  if (space > length / 2) return head.slice(0, space);
  return wholeHead(text, length);
}

/** No character that a person sees is longer; one that is gets cut, so that there is something left to go on from. */
const LONGEST_CHARACTER = 64;

/** @returns at most `length` UTF-16 units of whole characters, as a person sees them. */
function wholeHead(text: string, length: number): string {
  const from = Math.max(0, length - LONGEST_CHARACTER);
  let at = from;
  for (const character of graphemesOf(text.slice(from, length + LONGEST_CHARACTER))) {
    if (at + character.length > length) break;
    at += character.length;
  }
  return text.slice(0, at > from ? at : length);
}
