import { AvatarError, ERROR_CODES, type ErrorCode } from '../../base/errors.ts';
import type { WorkerFailure, WorkerReply } from './protocol.ts';

interface Waiting<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (failure: Error) => void;
}

/** The requests to one worker that have no reply yet. */
export class PendingReplies<Reply> {
  readonly #waiting = new Map<number, Waiting<Reply>>();
  /** What the worker is still working on, for callers who wait and for callers who were refused meanwhile. */
  readonly #unanswered = new Set<number>();
  readonly #idleListeners: (() => void)[] = [];
  #nextId = 0;

  /** Callers that wait for a reply. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * @param send - hands the request to the worker under this id; what it throws goes to the caller.
   * @returns the reply.
   */
  add(send: (id: number) => void): Promise<Reply> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#unanswered.add(id);
      try {
        send(id);
      } catch (thrown) {
        this.#waiting.delete(id);
        this.#answered(id);
        throw thrown;
      }
    });
  }

  settle(message: WorkerReply<Reply>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('failure' in message) waiting?.reject(revive(message.failure));
    else waiting?.resolve(message.reply);
    this.#answered(message.id);
  }

  /** Tells all callers that nobody answers. The worker may still be working on what they asked. */
  rejectAll(failure: Error): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(failure);
  }

  /** Resolves when the worker has answered everything that was sent to it. */
  idle(): Promise<void> {
    if (this.#unanswered.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idleListeners.push(resolve);
    });
  }

  #answered(id: number): void {
    this.#unanswered.delete(id);
    if (this.#unanswered.size > 0) return;
    for (const resolve of this.#idleListeners.splice(0)) resolve();
  }
}

function revive({ code, message }: WorkerFailure): Error {
  const known = ERROR_CODES.find((each): each is ErrorCode => each === code);
  return known === undefined ? new Error(message) : new AvatarError(known, message);
}
