/** Counts what was dropped, by kind, until somebody asks. */
export class Tally {
  #counts: Record<string, number> = {};

  add(kind: string): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
  }

  /** @returns what was counted since it was asked last; `undefined` for nothing. */
  take(): Readonly<Record<string, number>> | undefined {
    const counts = this.#counts;
    if (Object.keys(counts).length === 0) return undefined;
    this.#counts = {};
    return counts;
  }
}
