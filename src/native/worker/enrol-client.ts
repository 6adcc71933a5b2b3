import { MessageChannel } from 'node:worker_threads';
import { AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { ConsentRecord } from '../../media/portrait/consent.ts';
import { ENROLMENT_VERSION, type EnrolOptions } from './enrol-portrait.ts';
import type { Enrolled, EnrolProgress, EnrolRequest } from './enrol-protocol.ts';
import { WorkerClient, workerEntry } from './worker-client.ts';

export interface EnrolClientOptions {
  /** Portraits that may wait for their turn; one more is refused. */
  readonly capacity?: number;
}

/**
 * Makes avatar files in a worker, one at a time, so that enrolling takes no time from live calls. The worker starts
 * with the first portrait; if it crashes, that portrait fails and the next one gets a new worker.
 */
export class EnrolClient implements Closable {
  /** Changes whenever enrolment would give another result. */
  readonly version = ENROLMENT_VERSION;
  readonly #capacity: number;
  #worker: WorkerClient<EnrolRequest, Enrolled> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor({ capacity = 4 }: EnrolClientOptions = {}) {
    this.#capacity = capacity;
  }

  /**
   * @param image - a JPEG, PNG, WebP or AVIF file; copied.
   * @throws AvatarError `CAPACITY_FULL` when too many wait, `CONSENT_MISSING`, `IMAGE_…`, `FACE_…`, `AVATAR_TOO_LARGE`
   * or `WORKER_CRASHED`; the signal's reason when aborted.
   */
  async enrol(image: Uint8Array, consent: ConsentRecord, options: EnrolOptions = {}): Promise<Enrolled> {
    if (this.#waiting >= this.#capacity) {
      throw new AvatarError(
        'CAPACITY_FULL',
        `Cannot enrol yet: ${this.#waiting} portraits are waiting; try again soon`,
      );
    }
    this.#waiting++;
    const turn = this.#turn.then(() => this.#enrol(image, consent, options));
    // The next in line waits for this one, whatever becomes of it.
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  async close(reason = 'closed'): Promise<void> {
    this.#closed = true;
    await this.#worker?.close(reason);
  }

  async #enrol(image: Uint8Array, consent: ConsentRecord, options: EnrolOptions): Promise<Enrolled> {
    const { declared, onProgress, signal } = options;
    signal?.throwIfAborted();
    if (this.#closed) throw new AvatarError('WORKER_CRASHED', 'Cannot enrol: enrolment is closed');
    if (this.#worker?.alive !== true) {
      this.#worker = new WorkerClient({ entry: workerEntry('enrol', import.meta.url), name: 'enrol' });
    }
    const { port1, port2 } = new MessageChannel();
    const abort = (): void => {
      port1.postMessage('abort');
    };
    port1.on('message', (progress: EnrolProgress) => onProgress?.(progress));
    port1.unref();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const request: EnrolRequest = {
        type: 'enrol',
        image,
        consent,
        progress: port2,
        ...(declared === undefined ? {} : { declared }),
      };
      return await this.#worker.request(request, [port2]);
    } catch (thrown) {
      signal?.throwIfAborted();
      throw thrown;
    } finally {
      signal?.removeEventListener('abort', abort);
      port1.close();
    }
  }
}
