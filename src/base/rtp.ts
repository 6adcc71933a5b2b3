/** Sequence numbers and timestamps of RTP wrap (RFC 3550, 5.1); these do not. */
export class Unwrapper {
  readonly #modulus: number;
  #last: number | undefined;

  /** @param bits - 16 for sequence numbers, 32 for timestamps. */
  constructor(bits: 16 | 32) {
    this.#modulus = 2 ** bits;
  }

  /** @returns the number that is nearest to the one before and equal to `value` modulo 2^bits. */
  unwrap(value: number): number {
    const last = this.#last;
    const modulus = this.#modulus;
    // One turn up, so that what came before the first is not below zero.
    if (last === undefined) return (this.#last = value + modulus);
    let step = (value - last) % modulus;
    if (step < 0) step += modulus;
    if (step >= modulus / 2) step -= modulus;
    return (this.#last = last + step);
  }

  reset(): void {
    this.#last = undefined;
  }
}
