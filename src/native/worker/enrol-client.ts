import { AvatarError } from '../../base/errors.ts';
import { FairQueue } from '../../base/fair-queue.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { ConsentRecord } from '../../media/portrait/consent.ts';
import { ChildClient } from './child-client.ts';
import { ENROLMENT_VERSION, type EnrolOptions } from './enrol-portrait.ts';
import type { Enrolled, EnrolProgress, EnrolRequest } from './enrol-protocol.ts';
import { watchProcess, type ProcessLimits } from './process-limits.ts';
import { workerEntry } from './worker-client.ts';

export interface EnrolClientOptions {
  /** Portraits that may wait for their turn; one more is refused. */
  readonly capacity?: number;
  /** Portraits of one owner that may wait. */
  readonly perOwner?: number;
  /** How long the process is kept after a portrait; its start loads the networks anew, and they take about 240 MB. */
  readonly idleMs?: number;
}

export interface ClientEnrolOptions extends EnrolOptions {
  /** Whose portrait it is: owners take turns. */
  readonly owner?: string;
}

interface Turn {
  readonly begin: () => void;
  readonly refuse: (failure: AvatarError) => void;
}

type EnrolProcess = ChildClient<EnrolRequest, Enrolled, EnrolProgress>;

const IDLE_MS = 120_000;
/** Many times what a portrait of 40 megapixels takes (bench/enrol.ts): what takes more is a picture that was made to. */
const LIMITS: ProcessLimits = { cpuMs: 30_000, memoryBytes: 1_500_000_000 };

/**
 * Makes avatar files in a child process, one at a time, so that enrolling takes no time from live calls and a picture
 * that crashes a decoder ends no call. If the process ends, its portrait fails and the next one gets a new process.
 */
export class EnrolClient implements Closable {
  /** Changes whenever enrolment would give another result. */
  readonly version = ENROLMENT_VERSION;
  readonly #queue: FairQueue<Turn>;
  readonly #idleMs: number;
  #process: EnrolProcess | undefined;
  #idling: NodeJS.Timeout | undefined;
  #isBusy = false;
  #closed: AvatarError | undefined;

  constructor({ capacity = 8, perOwner = 2, idleMs = IDLE_MS }: EnrolClientOptions = {}) {
    this.#queue = new FairQueue({ capacity, perOwner });
    this.#idleMs = idleMs;
  }

  /** Of the process, while there is one. */
  get pid(): number | undefined {
    return this.#process?.alive === true ? this.#process.pid : undefined;
  }

  /** A portrait may soon come: the process is started while it is still being uploaded. */
  prepare(): void {
    if (this.#closed !== undefined) return;
    this.#living();
    if (!this.#isBusy) this.#idle();
  }

  /**
   * @param image - a JPEG, PNG, WebP or AVIF file; copied.
   * @throws AvatarError `CAPACITY_FULL` when too many wait, `CONSENT_MISSING`, `IMAGE_…`, `FACE_…`, `AVATAR_TOO_LARGE`
   * or `WORKER_CRASHED`; the signal's reason when aborted.
   */
  async enrol(image: Uint8Array, consent: ConsentRecord, options: ClientEnrolOptions = {}): Promise<Enrolled> {
    await this.#turn(options.owner ?? '');
    try {
      return await this.#enrol(image, consent, options);
    } finally {
      this.#isBusy = false;
      this.#idle();
      this.#next();
    }
  }

  async close(reason = 'closed'): Promise<void> {
    const closed = new AvatarError('WORKER_CRASHED', `Cannot enrol: ${reason}`);
    this.#closed ??= closed;
    clearTimeout(this.#idling);
    for (let turn = this.#queue.shift(); turn !== undefined; turn = this.#queue.shift()) turn.refuse(closed);
    await this.#process?.close(reason);
  }

  #turn(owner: string): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    return new Promise((begin, refuse) => {
      const full = new AvatarError('CAPACITY_FULL', 'Cannot enrol yet: too many portraits are waiting; try again soon');
      const admission = this.#queue.push(owner, { begin, refuse });
      if (!admission.admitted) refuse(full);
      else admission.displaced?.refuse(full);
      this.#next();
    });
  }

  #next(): void {
    if (this.#isBusy) return;
    const turn = this.#queue.shift();
    if (turn === undefined) return;
    this.#isBusy = true;
    turn.begin();
  }

  async #enrol(image: Uint8Array, consent: ConsentRecord, options: ClientEnrolOptions): Promise<Enrolled> {
    const { onProgress, signal } = options;
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw this.#closed;
    const child = this.#living();
    let excess: string | undefined;
    const endWatch = watchProcess(child.pid, LIMITS, (what) => {
      excess = what;
      void child.close(what);
    });
    try {
      const request: EnrolRequest = { image, consent };
      return await child.request(request, { signal, onProgress });
    } catch (thrown) {
      if (excess === undefined) throw thrown;
      const message = `Cannot enrol the portrait: ${excess}; save it again as JPEG or PNG and try once more`;
      throw new AvatarError('IMAGE_UNREADABLE', message, { cause: thrown });
    } finally {
      endWatch();
    }
  }

  #living(): EnrolProcess {
    clearTimeout(this.#idling);
    if (this.#process?.alive !== true) {
      this.#process = new ChildClient({ entry: workerEntry('enrol', import.meta.url), name: 'enrolment' });
    }
    return this.#process;
  }

  #idle(): void {
    clearTimeout(this.#idling);
    this.#idling = setTimeout(() => void this.#process?.close('nobody enrols'), this.#idleMs);
    this.#idling.unref();
  }
}
