import { randomBytes } from 'node:crypto';
import type { SpeakWish } from './speak-desk.ts';

/** What a session of Simli's protocol will be like. */
export interface SimliWish extends Pick<SpeakWish, 'portraitId' | 'ownerKey' | 'lifetimeS' | 'address'> {
  /** The session ends after so many seconds without sound. */
  readonly idleS: number;
}

/** A page fetches its token just before it connects. */
const VALID_MS = 5 * 60_000;
const MOST_TOKENS = 1000;

/** Tokens that open a session; clients that lose their socket show theirs again. */
export class SimliTokens {
  readonly #now: () => number;
  /** Oldest first. */
  readonly #wishes = new Map<string, { readonly wish: SimliWish; readonly untilMs: number }>();

  /** @param now - any clock, ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  make(wish: SimliWish): string {
    for (const [token, { untilMs }] of this.#wishes) {
      if (untilMs > this.#now() && this.#wishes.size < MOST_TOKENS) break;
      this.#wishes.delete(token);
    }
    const token = randomBytes(24).toString('base64url');
    this.#wishes.set(token, { wish, untilMs: this.#now() + VALID_MS });
    return token;
  }

  /** @returns what the token is for; nothing when it is too old, or none. */
  wishOf(token: string): SimliWish | undefined {
    const found = this.#wishes.get(token);
    return found === undefined || found.untilMs < this.#now() ? undefined : found.wish;
  }
}
