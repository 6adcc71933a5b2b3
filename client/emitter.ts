export interface ListenOptions {
  /** Ends the listening when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** Tells listeners of events; each kind of event has its own type of value. @typeParam Events - value by kind. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => void>>();

  /** Calls `listener` with each event of a kind. @returns a function that ends it. */
  on<Kind extends keyof Events>(
    kind: Kind,
    listener: (value: Events[Kind]) => void,
    { signal }: ListenOptions = {},
  ): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners);
    listeners.add(listener);
    const end = (): void => {
      listeners.delete(listener);
      signal?.removeEventListener('abort', end);
    };
    if (signal?.aborted === true) end();
    else signal?.addEventListener('abort', end);
    return end;
  }

  protected emit<Kind extends keyof Events>(kind: Kind, value: Events[Kind]): void {
    const listeners = this.#listeners.get(kind) as Set<(value: Events[Kind]) => void> | undefined;
    for (const listener of [...(listeners ?? [])]) listener(value);
  }
}
