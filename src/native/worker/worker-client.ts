import { type MessagePort, Worker } from 'node:worker_threads';
import { AvatarError, ERROR_CODES, messageOf, type ErrorCode } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { WorkerFailure, WorkerReply, WorkerRequest } from './protocol.ts';

interface Pending<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (failure: Error) => void;
}

export interface WorkerClientOptions {
  /** The worker's entry, named as this process runs it: see `workerEntry`. */
  readonly entry: URL;
  /** For messages: `inference`, `render`. */
  readonly name: string;
  /** Handed to the worker as `workerData`. */
  readonly workerData?: unknown;
}

/**
 * This thread's end of one worker: a promise per request. When the worker dies, all that waits and all that is asked
 * later is rejected as `WORKER_CRASHED`; opening another one is up to the caller.
 */
export class WorkerClient<Request extends { readonly type: string }, Reply> implements Closable {
  readonly name: string;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending<Reply>>();
  readonly #gone: Promise<void>;
  #nextId = 0;
  #ended: AvatarError | undefined;

  constructor(options: WorkerClientOptions) {
    this.name = options.name;
    const fromSource = options.entry.pathname.endsWith('.ts');
    this.#worker = new Worker(fromSource ? sourceStarter(options.entry) : options.entry, {
      name: options.name,
      workerData: options.workerData,
      eval: fromSource,
    });
    // A process that has nothing left to do but wait for its workers may end.
    this.#worker.unref();
    this.#worker.on('message', (message: WorkerReply<Reply>) => {
      this.#settle(message);
    });
    this.#worker.on('messageerror', (thrown) => {
      this.#end(thrown.message);
    });
    this.#worker.on('error', (thrown) => {
      this.#end(messageOf(thrown));
    });
    this.#gone = new Promise((resolve) => {
      this.#worker.on('exit', (exitCode) => {
        this.#end(`it exited with code ${exitCode}`);
        resolve();
      });
    });
  }

  /** Requests that wait for their reply. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Whether the worker can still answer. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Resolves when the worker has gone, whatever the reason. */
  get closed(): Promise<void> {
    return this.#gone;
  }

  /**
   * @param transfer - buffers that leave this thread (the worker sends them home in its reply), and ports.
   * @throws AvatarError what the worker threw, or `WORKER_CRASHED`.
   */
  request(request: Request, transfer: readonly (ArrayBuffer | MessagePort)[] = []): Promise<Reply> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      // An idle worker keeps no process alive, a busy one does.
      if (this.#pending.size === 1) this.#worker.ref();
      const message: WorkerRequest<Request> = { id, request };
      try {
        this.#worker.postMessage(message, [...transfer]);
      } catch (thrown) {
        this.#pending.delete(id);
        throw thrown;
      }
    });
  }

  async close(reason = 'closed'): Promise<void> {
    this.#end(reason);
    await this.#worker.terminate();
  }

  #settle(message: WorkerReply<Reply>): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ('failure' in message) pending.reject(revive(message.failure));
    else pending.resolve(message.reply);
  }

  #end(reason: string): void {
    this.#ended ??= new AvatarError('WORKER_CRASHED', `Cannot ask worker ${this.name}: ${reason}`);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(this.#ended);
  }
}

/**
 * @param moduleUrl - `import.meta.url` of a module beside the worker's entry.
 * @returns the entry `name` as source when the process runs from source, compiled when it runs compiled.
 */
export function workerEntry(name: string, moduleUrl: string): URL {
  return new URL(`${name}.worker${moduleUrl.endsWith('.ts') ? '.ts' : '.js'}`, moduleUrl);
}

/** A worker of Node 20 takes no loader from `execArgv`, so tests register one inside before the entry is imported. */
function sourceStarter(entry: URL): string {
  return `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); })`;
}

function revive({ code, message }: WorkerFailure): Error {
  const known = ERROR_CODES.find((each): each is ErrorCode => each === code);
  return known === undefined ? new Error(message) : new AvatarError(known, message);
}
