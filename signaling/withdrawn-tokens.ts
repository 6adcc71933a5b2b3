/**
 * Invitations that let nobody in any more, because a call that they opened was ended. Each is remembered until it would
 * have expired; only the operator can make invitations, so there are never many.
 */
export class WithdrawnTokens {
  readonly #expiryOf = new Map<string, number>();

  /** @param expiresS - Unix time in seconds. */
  add(tokenId: string, expiresS: number, nowS: number): void {
    for (const [each, expiry] of this.#expiryOf) if (expiry <= nowS) this.#expiryOf.delete(each);
    this.#expiryOf.set(tokenId, expiresS);
  }

  has(tokenId: string): boolean {
    return this.#expiryOf.has(tokenId);
  }
}
