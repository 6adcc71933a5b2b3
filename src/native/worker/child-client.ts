import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { PendingReplies } from './pending-replies.ts';
import type { ChildReply, ChildRequest } from './protocol.ts';

export interface ChildClientOptions {
  /** The child's entry, named as this process runs it: see `workerEntry`. */
  readonly entry: URL;
  /** For messages. */
  readonly name: string;
}

export interface ChildRequestOptions<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What a child needs of the environment. The secrets of this process stay here: the child reads files of strangers. */
const ENVIRONMENT = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LD_LIBRARY_PATH', 'NODE_ENV'] as const;

/**
 * This process's end of one child process: a promise per request. Unlike a thread a child can be ended at any moment,
 * and what it does wrong (a crash of a native library, too much memory) ends the child alone.
 */
export class ChildClient<Request, Reply, Progress> implements Closable {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #pending = new PendingReplies<Reply>();
  readonly #listeners = new Map<number, (progress: Progress) => void>();
  readonly #gone: Promise<void>;
  #ended: AvatarError | undefined;

  constructor({ entry, name }: ChildClientOptions) {
    this.name = name;
    const fromSource = entry.pathname.endsWith('.ts');
    this.#child = fork(fileURLToPath(entry), {
      // Buffers cross as they are, not as JSON.
      serialization: 'advanced',
      execArgv: fromSource ? ['--import', 'tsx'] : ['--enable-source-maps'],
      env: Object.fromEntries(ENVIRONMENT.map((key) => [key, process.env[key]])),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#rest();
    this.#child.on('message', (message) => {
      this.#receive(message as ChildReply<Reply, Progress>);
    });
    this.#child.on('error', (thrown) => {
      this.#end(thrown.message);
    });
    this.#gone = new Promise((resolve) => {
      this.#child.on('exit', (exitCode, signal) => {
        this.#end(signal === null ? `it exited with code ${exitCode}` : `it was ended by ${signal}`);
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether the child can still answer. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** @throws AvatarError what the child threw, or `WORKER_CRASHED`; the signal's reason when aborted. */
  async request(request: Request, options: ChildRequestOptions<Progress> = {}): Promise<Reply> {
    const { signal, onProgress } = options;
    signal?.throwIfAborted();
    if (this.#ended !== undefined) throw this.#ended;
    let sentAs = -1;
    const reply = this.#pending.add((id) => {
      sentAs = id;
      if (onProgress !== undefined) this.#listeners.set(id, onProgress);
      this.#send({ id, request });
    });
    const abort = (): void => {
      this.#send({ id: sentAs, abort: true });
    };
    signal?.addEventListener('abort', abort, { once: true });
    // An idle child keeps no process alive, a busy one does.
    this.#child.ref();
    this.#child.channel?.ref();
    try {
      return await reply;
    } catch (thrown) {
      signal?.throwIfAborted();
      throw thrown;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#listeners.delete(sentAs);
      if (this.#pending.size === 0) this.#rest();
    }
  }

  /** Ends the child at once, whatever it is doing. */
  async close(reason = 'closed'): Promise<void> {
    this.#end(reason);
    this.#child.ref();
    this.#child.kill('SIGKILL');
    if (this.#child.pid !== undefined) await this.#gone;
  }

  #send(message: ChildRequest<Request>): void {
    // A child that has gone is met by its exit.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #receive(message: ChildReply<Reply, Progress>): void {
    if ('progress' in message) this.#listeners.get(message.id)?.(message.progress);
    else this.#pending.settle(message);
  }

  #rest(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  #end(reason: string): void {
    this.#ended ??= new AvatarError('WORKER_CRASHED', `Cannot ask the ${this.name} process: ${reason}`);
    this.#pending.rejectAll(this.#ended);
  }
}
