import { fits, fitting, type TextLimit } from './graphemes.ts';

/**
 * Names of people and rooms in every script, by the same rules on the page and on the server. A name is in composed form
 * (NFC) and has nothing in it that cannot be seen, so two names that differ look different.
 */
export const PERSON_NAME_LIMIT: TextLimit = { graphemes: 40, bytes: 512 };
export const PORTRAIT_NAME_LIMIT: TextLimit = { graphemes: 60, bytes: 512 };
export const ROOM_NAME_LIMIT: TextLimit = { graphemes: 64, bytes: 512 };

// What must stay although it has no shape of its own: variation selectors (emoji, Han, Mongolian) after what they vary;
// joiners between the letters of a script that joins or stacks them, and between emoji (compare RFC 5892, CONTEXTJ); the
// letters that make a flag of a region (UTS #51, tag sequences).
const KEPT = [
  String.raw`(?<=[\p{L}\p{M}\p{N}\p{S}\p{Emoji}])\p{Variation_Selector}`,
  String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`,
  String.raw`(?<=\p{M}|(?![\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hani}])\p{L})[\u200c\u200d](?=[\p{L}\p{M}])`,
  String.raw`(?<=\u{1f3f4}[\u{e0020}-\u{e007e}]{0,8})[\u{e0020}-\u{e007f}]`,
].join('|');
const HIDDEN = new RegExp(
  String.raw`(${KEPT})|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\uffff]`,
  'gu',
);

/** @returns the name in composed form, with plain single spaces and without what cannot be seen. */
function seen(typed: string): string {
  return typed
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .replace(HIDDEN, (_, kept: string | undefined) => kept ?? '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** @returns what a person typed or a link says as a name: cut, where it is too long, between graphemes. */
export function nameOf(typed: string, limit = PERSON_NAME_LIMIT): string {
  return fitting(seen(fitting(typed, { graphemes: 4 * limit.graphemes, bytes: 4 * limit.bytes })), limit).trimEnd();
}

/** @returns whether a name that came over the wire, in composed form, is one that `nameOf` leaves alone. */
export function isName(name: string, limit = PERSON_NAME_LIMIT): boolean {
  return fits(name, limit) && (name === '' || seen(name) === name);
}

/**
 * @returns the room of what a person typed or a link says, or `undefined` where it is none. Nothing visible is replaced
 * or cut, so two different names are never one room.
 */
export function roomOf(typed: string): string | undefined {
  if (typed.length > 4 * ROOM_NAME_LIMIT.bytes) return undefined;
  const room = seen(typed);
  return isRoom(room) ? room : undefined;
}

/** @returns whether this, in composed form, names a room: no slash, which would end it in a path, and not only dots. */
export function isRoom(name: string): boolean {
  return isName(name, ROOM_NAME_LIMIT) && !/^\.*$|[/\\]/u.test(name);
}
