import '../model/telemetry-off.ts';
import { type MessagePort, Worker } from 'node:worker_threads';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { PendingReplies } from './pending-replies.ts';
import type { WorkerReply, WorkerRequest } from './protocol.ts';

export interface WorkerClientOptions {
  /** The worker's entry, named as this process runs it: see `workerEntry`. */
  readonly entry: URL;
  /** For messages: `inference`, `render`. */
  readonly name: string;
  /** Handed to the worker as `workerData`. */
  readonly workerData?: unknown;
  /** How long `close` waits for what the worker is doing; 5 s by default. */
  readonly closeMs?: number;
}

/** Nothing that a worker does takes longer, even on a busy machine: one that takes longer hangs. */
const CLOSE_MS = 5000;

/**
 * This thread's end of one worker: a promise per request. When the worker dies, all that waits and all that is asked
 * later is rejected as `WORKER_CRASHED`; opening another one is up to the caller.
 */
export class WorkerClient<Request extends { readonly type: string }, Reply> implements Closable {
  readonly name: string;
  readonly #worker: Worker;
  readonly #pending = new PendingReplies<Reply>();
  readonly #gone: Promise<void>;
  readonly #closeMs: number;
  #ended: AvatarError | undefined;

  constructor(options: WorkerClientOptions) {
    this.name = options.name;
    this.#closeMs = options.closeMs ?? CLOSE_MS;
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
    const reply = this.#pending.add((id) => {
      const message: WorkerRequest<Request> = { id, request };
      this.#worker.postMessage(message, [...transfer]);
    });
    // An idle worker keeps no process alive, a busy one does.
    if (this.#pending.size > 0) this.#worker.ref();
    return reply;
  }

  /**
   * Rejects what waits at once, and ends the worker when it has done what it is doing: a thread that is ended inside a
   * native library aborts the whole process.
   */
  async close(reason = 'closed'): Promise<void> {
    this.#end(reason);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#closeMs);
    });
    await Promise.race([this.#pending.idle(), this.#gone, late]);
    clearTimeout(timer);
    await this.#worker.terminate();
  }

  #settle(message: WorkerReply<Reply>): void {
    this.#pending.settle(message);
    if (this.#pending.size === 0) this.#worker.unref();
  }

  #end(reason: string): void {
    this.#ended ??= new AvatarError('WORKER_CRASHED', `Cannot ask worker ${this.name}: ${reason}`);
    this.#pending.rejectAll(this.#ended);
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
