/** Something that a switch can reach: a button, or a group that is entered first. */
export interface ScanNode<T> {
  readonly target: T;
  readonly children: readonly ScanNode<T>[];
  /** After a choice within it the scan begins anew here, and not outermost: whoever writes goes on writing. */
  readonly stays?: boolean;
}

/** Where the scan stands: on a node, or past the last one of a group, where choosing leaves it. */
export type ScanStop<T> =
  { readonly node: ScanNode<T>; readonly back: false } | { readonly node: ScanNode<T>; readonly back: true };

/** Rounds through a group without a choice before the scan goes back out. */
const ROUNDS = 2;

/**
 * Row and column scanning as a state machine: `advance` is one step (a dwell, or the first switch of two), `choose` the
 * switch. Groups with one member are passed through.
 */
export class Scan<T> {
  #path: { readonly group: ScanNode<T>; index: number; rounds: number }[];

  /** @param before - the scan of what there was to choose till now: this one stands where that stood, as far as it can. */
  constructor(root: ScanNode<T>, before?: Scan<T>) {
    this.#path = [{ group: root, index: 0, rounds: 0 }];
    for (const [depth, { group, index, rounds }] of (before === undefined ? [] : before.#path).entries()) {
      if (depth > 0) {
        const entered = this.stop === undefined ? undefined : innermost(this.stop.node);
        if (entered?.target !== group.target) break;
        this.#path.push({ group: entered, index: 0, rounds });
      }
      const target = group.children[index]?.target;
      const at = this.#level.group.children.findIndex((node) => node.target === target);
      if (at < 0) break;
      this.#level.index = at;
    }
  }

  get stop(): ScanStop<T> | undefined {
    const level = this.#level;
    const node = level.group.children[level.index];
    if (node !== undefined) return { node, back: false };
    return level.group.children.length > 0 && this.#path.length > 1 ? { node: level.group, back: true } : undefined;
  }

  /** Whether a round begins: then what there is to choose may be looked at anew. */
  get isAtStart(): boolean {
    return this.#path.length === 1 && this.#level.index === 0;
  }

  /** @returns where the scan stands then. */
  advance(): ScanStop<T> | undefined {
    const level = this.#level;
    level.index++;
    // Within a group the stop after the last leads back out; outermost there is nowhere to go.
    const last = level.group.children.length - (this.#path.length > 1 ? 0 : 1);
    if (level.index > last) {
      level.index = 0;
      level.rounds++;
      if (level.rounds >= ROUNDS) this.#leave();
    }
    return this.stop;
  }

  /** @returns the button that was chosen; `undefined` when a group was entered or left. */
  choose(): T | undefined {
    const stop = this.stop;
    if (stop === undefined) return undefined;
    if (stop.back) {
      this.#leave();
      return undefined;
    }
    const node = innermost(stop.node);
    if (node.children.length > 0) {
      this.#path.push({ group: node, index: 0, rounds: 0 });
      return undefined;
    }
    // After a choice the scan begins anew at the group, where the next word of a conversation most likely is.
    const staying = this.#path.findLastIndex(({ group }) => group.stays === true);
    this.#path = this.#path.slice(0, Math.max(0, staying) + 1);
    if (staying > 0) Object.assign(this.#level, { index: 0, rounds: 0 });
    return node.target;
  }

  #leave(): void {
    if (this.#path.length > 1) this.#path.pop();
    this.#level.rounds = 0;
  }

  get #level(): { readonly group: ScanNode<T>; index: number; rounds: number } {
    const level = this.#path.at(-1);
    if (level === undefined) throw new Error('a scan has a root');
    return level;
  }
}

/** @returns the node itself, or the one that a group of a single member leads to. */
function innermost<T>(node: ScanNode<T>): ScanNode<T> {
  const [only, ...others] = node.children;
  return only === undefined || others.length > 0 ? node : innermost(only);
}
