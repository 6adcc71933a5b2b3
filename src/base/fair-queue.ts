export interface FairQueueOptions {
  /** Items that may wait, of all owners together. */
  readonly capacity: number;
  /** Items of one owner that may wait. */
  readonly perOwner: number;
}

/** What became of an item: `displaced` is another one that had to leave the full queue for it. */
export type Admission<T> = { readonly admitted: true; readonly displaced?: T } | { readonly admitted: false };

/** Work of several owners that waits for one worker. Owners take turns, so nobody waits behind all the work of another. */
export class FairQueue<T> {
  readonly #options: FairQueueOptions;
  /** In the order of their turns. */
  readonly #owners = new Map<string, T[]>();
  #depth = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  get depth(): number {
    return this.#depth;
  }

  /** A full queue still takes an owner who has nothing in it, in place of the last item of whoever has most. */
  push(owner: string, item: T): Admission<T> {
    const own = this.#owners.get(owner) ?? [];
    if (own.length >= this.#options.perOwner) return { admitted: false };
    let displaced: T | undefined;
    if (this.#depth >= this.#options.capacity) {
      const most = [...this.#owners.values()].reduce<T[]>((a, b) => (b.length > a.length ? b : a), []);
      if (own.length > 0 || most.length < 2) return { admitted: false };
      displaced = most.pop();
      this.#depth--;
    }
    own.push(item);
    this.#owners.set(owner, own);
    this.#depth++;
    return displaced === undefined ? { admitted: true } : { admitted: true, displaced };
  }

  /** @returns the next item of the owner whose turn it is. */
  shift(): T | undefined {
    const [next] = this.#owners;
    if (next === undefined) return undefined;
    const [owner, items] = next;
    const item = items.shift();
    this.#owners.delete(owner);
    // Behind all the others now.
    if (items.length > 0) this.#owners.set(owner, items);
    this.#depth--;
    return item;
  }
}
