import { graphemesOf } from '../protocol/graphemes.ts';

/**
 * Text that is seen while it grows (ITU-T T.140): characters, and a few controls among them. A data channel carries it
 * as UTF-8, each message what was typed since the last (RFC 8865).
 */

/** How long typed characters are gathered before they go out (RFC 4103: 300 ms; RFC 8865 keeps it). */
export const T140_BUFFER_MS = 300;
/** What a receiver takes without asking for less (RFC 8865 §4.2.1: `cps`, 30 unless told). */
export const T140_CHARACTERS_PER_SECOND = 30;
/** More than this is never shown; the oldest goes first. */
export const T140_SHOWN_CHARACTERS = 600;

const ERASE = '\b';
const NEW_LINE = '\u2028';
const BYTE_ORDER_MARK = '\ufeff';
const MISSING = '\ufffd';

/** @returns what to send so that a display that shows `before` comes to show `after`: erasures, then new characters. */
export function typedBetween(before: string, after: string): string {
  const old = graphemesOf(before);
  const now = graphemesOf(after);
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same++;
  return ERASE.repeat(old.length - same) + now.slice(same).join('').replaceAll('\n', NEW_LINE);
}

/** One person's growing text, as a receiver shows it. */
export class TextDisplay {
  #shown: string;

  constructor(shown = '') {
    this.#shown = shown;
  }

  /** Takes one message; controls that mean nothing to a page are left out. @returns the text to show now. */
  push(received: string): string {
    const plain = received
      // Of a flood only the end can be seen.
      .slice(-4 * T140_SHOWN_CHARACTERS)
      .replaceAll(BYTE_ORDER_MARK, '')
      .replace(/\r\n|\r|\u2028|\u2029/g, '\n')
      // SOS … ST carries functions of the other side's equipment, CSI … m its colours (T.140 §8).
      .replace(/\u0098[^\u009c]*\u009c/g, '')
      .replace(/(?:\u001b\[|\u009b)[0-9;]*[A-Za-z]/g, '')
      // Turned reading directions would reach beyond this text.
      .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
      .replace(/[\0-\u0007\t\u000b-\u001f\u007f-\u009f]/g, '');
    for (const part of plain.split(/(\x08)/)) {
      if (part === ERASE) this.#shown = withoutLast(this.#shown);
      else this.#shown += part;
    }
    const { length } = this.#shown;
    if (length > T140_SHOWN_CHARACTERS) this.#shown = newest(this.#shown);
    return this.#shown;
  }

  /** Marks that characters never came (T.140 Addendum 1). */
  lose(): string {
    return this.push(MISSING);
  }

  /** The person sent the line off: what follows is a new one. */
  clear(): void {
    this.#shown = '';
  }

  get text(): string {
    return this.#shown;
  }
}

/** No character that a person sees is longer; the whole text is not cut up for one erasure. */
const LONGEST_CHARACTER = 64;

/** Cut where a person would: a mark may have come in a later message than its letter. */
function withoutLast(text: string): string {
  const last = graphemesOf(text.slice(-LONGEST_CHARACTER)).at(-1) ?? '';
  return text.slice(0, text.length - last.length);
}

/** @returns the end of a text that is too long, from the start of a character. */
function newest(text: string): string {
  const from = text.length - T140_SHOWN_CHARACTERS;
  // Segmented from a little before: a cut in the middle of a character would pass for a start.
  let at = Math.max(0, from - LONGEST_CHARACTER);
  for (const character of graphemesOf(text.slice(at, from + LONGEST_CHARACTER))) {
    if (at >= from) break;
    at += character.length;
  }
  return text.slice(at);
}

/**
 * Decides what may go out now: gathers for `T140_BUFFER_MS` and stays under the receiver's rate, so that a pasted page
 * does not flood it.
 */
export class TextSender {
  readonly #charactersPerSecond: number;
  #sent = '';
  #lastMs = Number.NEGATIVE_INFINITY;
  #allowance: number;

  constructor(charactersPerSecond = T140_CHARACTERS_PER_SECOND) {
    this.#charactersPerSecond = charactersPerSecond;
    this.#allowance = charactersPerSecond;
  }

  /** @returns the message to send now, or `undefined`; ask again after `T140_BUFFER_MS` while `text` is not all sent. */
  next(text: string, nowMs: number): string | undefined {
    const elapsedMs = nowMs - this.#lastMs;
    if (elapsedMs < T140_BUFFER_MS || text === this.#sent) return undefined;
    // A burst of ten seconds' worth is in the spirit of the mean that cps is.
    const grown = Number.isFinite(elapsedMs) ? (elapsedMs / 1000) * this.#charactersPerSecond : 0;
    this.#allowance = Math.min(10 * this.#charactersPerSecond, this.#allowance + grown);
    const message = graphemesOf(typedBetween(this.#sent, text)).slice(0, Math.floor(this.#allowance)).join('');
    if (message === '') return undefined;
    this.#allowance -= graphemesOf(message).length;
    this.#lastMs = nowMs;
    this.#sent = new TextDisplay(this.#sent).push(message);
    return message;
  }

  get settled(): string {
    return this.#sent;
  }

  /** The line is done: @returns what tells the receiver so. */
  endLine(): string {
    this.#sent = '';
    return NEW_LINE;
  }
}
