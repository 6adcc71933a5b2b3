/** An invitation that lets nobody in any more. */
export interface Withdrawn {
  /** SHA-256 of the token, so that this tells nobody the token itself. */
  readonly tokenId: string;
  /** When it would have expired: Unix time in seconds. */
  readonly expiresS: number;
}

/**
 * Invitations that let nobody in any more, because a call that they opened was ended. Each is remembered until it would
 * have expired; only the operator can make invitations, so there are never many.
 */
export class WithdrawnTokens {
  readonly #expiryOf = new Map<string, number>();

  add({ tokenId, expiresS }: Withdrawn, nowS: number): void {
    for (const [each, expiry] of this.#expiryOf) if (expiry <= nowS) this.#expiryOf.delete(each);
    this.#expiryOf.set(tokenId, expiresS);
  }

  has(tokenId: string): boolean {
    return this.#expiryOf.has(tokenId);
  }

  all(): Withdrawn[] {
    return [...this.#expiryOf].map(([tokenId, expiresS]) => ({ tokenId, expiresS }));
  }
}
