/** Who goes first on a thread that several sessions share. */
export const RANKS = ['established', 'newcomer', 'preparation'] as const;
export type Rank = (typeof RANKS)[number];

interface Waiting {
  readonly key: number;
  readonly rank: number;
  readonly sinceMs: number;
  readonly go: () => void;
}

/** Whoever has waited longer than this goes next whatever its rank, so that nobody waits for ever. */
const LONGEST_WAIT_MS = 500;

/**
 * The order of work on one thread. All that has arrived is looked at before each piece of work, and the one with the best
 * rank begins, so a picture of a call never waits behind more than the one piece that is being done. Whoever gets its turn
 * works without waiting for anything; long work takes a turn for each of its pieces.
 */
export class Turns {
  readonly #now: () => number;
  readonly #waiting: Waiting[] = [];
  #due = false;

  /** @param now - ms on a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * @param key - turns of one key keep their order: a better rank takes those of its key before it along.
   * @returns when it is this one's turn, which lasts until it next waits for something.
   */
  take(rank: Rank, key: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ key, rank: RANKS.indexOf(rank), sinceMs: this.#now(), go });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#due) return;
    this.#due = true;
    // After the messages that are here already have been read.
    setImmediate(() => {
      this.#due = false;
      const next = this.#next();
      if (next === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      next.go();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #next(): Waiting | undefined {
    const lateMs = this.#now() - LONGEST_WAIT_MS;
    const rankOf = ({ rank, sinceMs }: Waiting): number => (sinceMs < lateMs ? -1 : rank);
    let best: Waiting | undefined;
    let bestRank = Infinity;
    for (const [index, first] of this.#waiting.entries()) {
      const ofKey = this.#waiting.filter(({ key }) => key === first.key);
      if (ofKey[0] !== this.#waiting[index]) continue;
      const rank = Math.min(...ofKey.map(rankOf));
      if (rank >= bestRank) continue;
      best = first;
      bestRank = rank;
    }
    return best;
  }
}
