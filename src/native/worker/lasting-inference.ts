import { AvatarError, messageOf } from '../../base/errors.ts';
import type { MotionManifest } from '../../media/motion/manifest.ts';
import type { MotionJob, MotionResult } from '../../media/motion/motion-job.ts';
import type { MotionEngine } from '../model/motion-engine.ts';

/** An engine that can go away by itself. */
export interface MortalEngine extends MotionEngine {
  /** Resolves when it has gone, whatever the reason. */
  readonly closed: Promise<void>;
}

export interface LastingInferenceOptions {
  /** Opens one more, with the same bundle. */
  readonly open: () => Promise<MortalEngine>;
  /** Told each time one has gone and another is to be opened. */
  readonly onCrash?: () => void;
  /** How long to wait before the first attempt to open another; doubles with each that fails. */
  readonly restMs?: number;
}

const REST_MS = 100;
/** A bundle that cannot be opened that often will not be opened by patience. */
const ATTEMPTS = 6;

/**
 * Inference that outlives its worker: when the worker dies, another is opened, and sessions lose a hop instead of their
 * call. What was being run fails as an ordinary failure; what comes meanwhile waits for the next worker.
 */
export class LastingInference implements MotionEngine {
  readonly manifest: MotionManifest;
  readonly #options: LastingInferenceOptions;
  #engine: Promise<MortalEngine>;
  #crashes = 0;
  #closed = false;

  private constructor(options: LastingInferenceOptions, first: MortalEngine) {
    this.#options = options;
    this.manifest = first.manifest;
    this.#engine = Promise.resolve(first);
    this.#watch(first);
  }

  /** @throws AvatarError what opening the first worker threw: a bundle that is wrong is not tried again. */
  static async open(options: LastingInferenceOptions): Promise<LastingInference> {
    return new LastingInference(options, await options.open());
  }

  /** Workers that died. */
  get crashes(): number {
    return this.#crashes;
  }

  async run(jobs: readonly MotionJob[]): Promise<MotionResult[]> {
    const engine = await this.#engine;
    try {
      return await engine.run(jobs);
    } catch (thrown) {
      const crashed = thrown instanceof AvatarError && thrown.code === 'WORKER_CRASHED';
      if (!crashed || this.#closed) throw thrown;
      throw new Error(`Cannot run inference: a hop was lost (${messageOf(thrown)})`, { cause: thrown });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const engine = await this.#engine.catch(() => undefined);
    await engine?.close();
  }

  #watch(engine: MortalEngine): void {
    void engine.closed.then(() => {
      if (this.#closed) return;
      this.#crashes++;
      this.#options.onCrash?.();
      this.#engine = this.#reopen();
      // Whoever runs a job next is told; nobody needs to be told twice.
      this.#engine.catch(() => undefined);
    });
  }

  async #reopen(): Promise<MortalEngine> {
    const restMs = this.#options.restMs ?? REST_MS;
    for (let attempt = 0; ; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, restMs * 2 ** attempt));
      if (this.#closed) throw new AvatarError('WORKER_CRASHED', 'Cannot run inference: it is closed');
      try {
        const engine = await this.#options.open();
        this.#watch(engine);
        return engine;
      } catch (cause) {
        if (attempt + 1 < ATTEMPTS) continue;
        const why = `no worker opens any more: ${messageOf(cause)}`;
        throw new AvatarError('WORKER_CRASHED', `Cannot run inference: ${why}`, { cause });
      }
    }
  }
}
