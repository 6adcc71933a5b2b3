import { draftOf } from './word-model.ts';

/** Signs that stand right behind a word: the space of a suggestion moves behind them. */
const CLOSING = /^[.,;:!?…،؛؟)\]»”]$/u;
const SENTENCE_BEGINS = /(?:^|[.!?…؟]\s+)[¿¡«“"]?$/u;

/** @returns the draft with `word` in the place of what was begun of it, a space behind it, and a capital where one is due. */
export function withWord(draft: string, word: string): string {
  const { begun } = draftOf(draft);
  const kept = draft.slice(0, draft.length - begun.length);
  const capital = SENTENCE_BEGINS.test(kept) || /^\p{Lu}/u.test(begun);
  const written = capital ? word.charAt(0).toLocaleUpperCase() + word.slice(1) : word;
  return `${kept}${written} `;
}

/** @returns the draft with one more sign; a comma or full stop goes before the space that a suggestion left. */
export function withSign(draft: string, sign: string): string {
  return CLOSING.test(sign) && /\S $/u.test(draft) ? `${draft.slice(0, -1)}${sign} ` : draft + sign;
}

/** @returns a draft that was typed sign by sign, with a comma or full stop before the space that a suggestion left. */
export function tidied(draft: string): string {
  const sign = draft.slice(-1);
  return CLOSING.test(sign) && /[\p{L}\p{M}\p{N}] $/u.test(draft.slice(0, -1))
    ? withSign(draft.slice(0, -1), sign)
    : draft;
}
