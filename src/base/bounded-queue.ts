/** `drop-oldest` for live media, `refuse` for work. */
export type QueuePolicy = 'drop-oldest' | 'refuse';

/** A first-in first-out queue with a name, a capacity and a policy: what stands wherever two clocks or threads meet. */
export class BoundedQueue<T> {
  readonly name: string;
  readonly capacity: number;
  readonly policy: QueuePolicy;
  readonly #items: T[] = [];
  #dropped = 0;

  constructor(name: string, capacity: number, policy: QueuePolicy) {
    this.name = name;
    this.capacity = capacity;
    this.policy = policy;
  }

  /** @returns whether `item` is in the queue now: `drop-oldest` always takes it, `refuse` only while there is room. */
  push(item: T): boolean {
    if (this.#items.length >= this.capacity) {
      this.#dropped++;
      if (this.policy === 'refuse') return false;
      this.#items.shift();
    }
    this.#items.push(item);
    return true;
  }

  shift(): T | undefined {
    return this.#items.shift();
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  clear(): void {
    this.#items.length = 0;
  }

  get depth(): number {
    return this.#items.length;
  }

  /** Items dropped or refused since the queue was made. */
  get dropped(): number {
    return this.#dropped;
  }
}
