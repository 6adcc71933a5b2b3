import { AvatarError } from '../../base/errors.ts';
import { systemClock } from '../../base/clock.ts';
import { BoundedQueue } from '../../base/bounded-queue.ts';
import { US_PER_MS, type MonotonicUs } from '../../base/timeline.ts';
import type { MotionManifest } from '../../media/motion/manifest.ts';
import type { MotionJob, MotionResult } from '../../media/motion/motion-job.ts';
import type { MotionEngine, OnnxMotionEngineOptions } from '../model/motion-engine.ts';
import type { InferenceReply, InferenceRequest } from './inference-protocol.ts';
import { WorkerClient, workerEntry } from './worker-client.ts';

export interface InferenceWorkerOptions extends OnnxMotionEngineOptions {
  /** How long the first job of a batch waits for those of other sessions. */
  readonly gatherMs?: number;
  /** Jobs in one run: more would make the first wait too long. */
  readonly maxBatch?: number;
  /** Jobs that may wait for the run before them. */
  readonly capacity?: number;
  /** A job that has waited longer is not run any more: its session has gone on without it. */
  readonly deadlineMs?: number;
}

/** What a run cost, for metrics. */
export interface InferenceRun {
  readonly jobs: number;
  readonly computeUs: number;
}

interface Waiting {
  readonly job: MotionJob;
  readonly sinceUs: MonotonicUs;
  readonly resolve: (result: MotionResult) => void;
  readonly reject: (failure: unknown) => void;
}

/** The networks on their own thread. Jobs of all sessions that come within a few ms are one batch. */
export class InferenceWorker implements MotionEngine {
  readonly manifest: MotionManifest;
  /** Called after each run. */
  onRun: ((run: InferenceRun) => void) | undefined;
  readonly #client: WorkerClient<InferenceRequest, InferenceReply>;
  readonly #queue: BoundedQueue<Waiting>;
  readonly #gatherMs: number;
  readonly #maxBatch: number;
  readonly #deadlineUs: number;
  #gathering: NodeJS.Timeout | undefined;
  #running = false;

  private constructor(
    client: WorkerClient<InferenceRequest, InferenceReply>,
    manifest: MotionManifest,
    options: InferenceWorkerOptions,
  ) {
    this.#client = client;
    this.manifest = manifest;
    this.#gatherMs = options.gatherMs ?? 3;
    this.#maxBatch = options.maxBatch ?? 8;
    this.#deadlineUs = (options.deadlineMs ?? 400) * US_PER_MS;
    this.#queue = new BoundedQueue('inference', options.capacity ?? 32, 'refuse');
  }

  /** @throws AvatarError any `BUNDLE_…` code, or `WORKER_CRASHED`. */
  static async open(options: InferenceWorkerOptions): Promise<InferenceWorker> {
    const { folder, precision } = options;
    const entry = workerEntry('inference', import.meta.url);
    const client = new WorkerClient<InferenceRequest, InferenceReply>({ entry, name: 'inference' });
    try {
      const reply = await client.request({ type: 'open', folder, precision });
      if (reply.type !== 'opened') throw new Error(`The inference worker answered ${reply.type}`);
      return new InferenceWorker(client, reply.manifest, options);
    } catch (thrown) {
      await client.close();
      throw thrown;
    }
  }

  /** Whether the worker can still run jobs; once not, open another one. */
  get alive(): boolean {
    return this.#client.alive;
  }

  /** Resolves when the worker has gone, whatever the reason. */
  get closed(): Promise<void> {
    return this.#client.closed;
  }

  get depth(): number {
    return this.#queue.depth;
  }

  /** Jobs refused because too many waited. */
  get refused(): number {
    return this.#queue.dropped;
  }

  async run(jobs: readonly MotionJob[]): Promise<MotionResult[]> {
    return Promise.all(jobs.map((job) => this.#wait(job)));
  }

  async close(): Promise<void> {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const gone = new AvatarError('WORKER_CRASHED', 'Cannot run inference: the worker is closed');
    for (let waiting = this.#queue.shift(); waiting !== undefined; waiting = this.#queue.shift()) waiting.reject(gone);
    await this.#client.close();
  }

  #wait(job: MotionJob): Promise<MotionResult> {
    return new Promise((resolve, reject) => {
      if (!this.#queue.push({ job, sinceUs: systemClock.now(), resolve, reject })) {
        const { depth, capacity } = this.#queue;
        reject(new AvatarError('CAPACITY_FULL', `Cannot run inference: ${depth} jobs wait, at most ${capacity} may`));
      } else if (!this.#running && this.#gathering === undefined) {
        // A timer waits a millisecond at least, and a file has no other session to wait for.
        if (this.#gatherMs === 0) void this.#run();
        else this.#gathering = setTimeout(() => void this.#run(), this.#gatherMs);
      }
    });
  }

  /** Runs what waits, batch after batch, until nothing does. */
  async #run(): Promise<void> {
    this.#gathering = undefined;
    this.#running = true;
    while (this.#queue.depth > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#runBatch(batch);
      } catch (thrown) {
        for (const { reject } of batch) reject(thrown);
      }
    }
    this.#running = false;
  }

  #nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    while (batch.length < this.#maxBatch) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      const waitedUs = systemClock.now() - next.sinceUs;
      if (waitedUs <= this.#deadlineUs) batch.push(next);
      else next.reject(new AvatarError('CAPACITY_FULL', `Cannot run inference: a job waited ${waitedUs} µs, too long`));
    }
    return batch;
  }

  async #runBatch(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    const jobs = batch.map(({ job }) => job);
    const buffers = jobs.map(({ buffer }) => buffer);
    const reply = await this.#client.request({ type: 'run', jobs }, buffers);
    if (reply.type !== 'ran') throw new Error(`The inference worker answered ${reply.type}`);
    batch.forEach(({ resolve }, index) => {
      resolve(reply.results[index]!);
    });
    this.onRun?.({ jobs: jobs.length, computeUs: reply.computeUs });
  }
}
