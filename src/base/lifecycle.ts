/** Something that was opened. `close` is idempotent and resolves once all is released. */
export interface Closable {
  close(reason?: string): Promise<void> | void;
}

/**
 * Owns what is opened inside it and releases it last-opened-first, each even if another failed. Its `signal` reaches
 * everything awaited inside and aborts as closing begins.
 */
export class Scope implements Closable, AsyncDisposable {
  readonly #children: Closable[] = [];
  readonly #abort = new AbortController();
  #closing: Promise<void> | undefined;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Takes over `child`; a scope that is closing closes it at once. */
  own<T extends Closable>(child: T): T {
    if (this.#closing === undefined) this.#children.push(child);
    else void child.close('scope closed');
    return child;
  }

  /** Runs `release` when the scope closes. */
  defer(release: () => Promise<void> | void): void {
    this.own({ close: release });
  }

  close(reason = 'closed'): Promise<void> {
    this.#closing ??= this.#release(reason);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #release(reason: string): Promise<void> {
    this.#abort.abort(reason);
    const failures: unknown[] = [];
    for (let child = this.#children.pop(); child !== undefined; child = this.#children.pop()) {
      try {
        await child.close(reason);
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Closing a scope failed in part');
  }
}
