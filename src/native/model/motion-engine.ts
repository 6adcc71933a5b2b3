import type { Closable } from '../../base/lifecycle.ts';
import { conditionDims, tokenDims, type MotionManifest } from '../../media/motion/manifest.ts';
import { hopOf, type Hearing, type MotionJob, type MotionResult } from '../../media/motion/motion-job.ts';
import { Sampler, type DenoiserBatch } from '../../media/motion/sampler.ts';
import { openBundle, type Bundle } from './bundle.ts';
import { EncoderBatch } from './encoder-batch.ts';
import type { Precision } from './manifest.ts';
import { ShapedGraph } from './shaped-graph.ts';

/** Runs the networks of one bundle, for any number of sessions. */
export interface MotionEngine extends Closable {
  readonly manifest: MotionManifest;
  /**
   * Runs each job, in one batch; the buffers of `jobs` come home in the results, in the same order.
   * @throws AvatarError `WORKER_CRASHED` when there is nobody left to run them, or `CAPACITY_FULL` when too many wait.
   */
  run(jobs: readonly MotionJob[]): Promise<MotionResult[]>;
  close(): Promise<void>;
}

export interface OnnxMotionEngineOptions {
  /** The bundle's folder. */
  readonly folder: string;
  readonly precision: Precision;
}

/** The networks on this thread: for the worker, for files, and for tests. */
export class OnnxMotionEngine implements MotionEngine {
  readonly manifest: MotionManifest;
  readonly #encoder: EncoderBatch;
  readonly #denoiser: ShapedGraph;
  readonly #sessions: readonly ShapedGraph[];
  readonly #sampler: Sampler;
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(manifest: MotionManifest, encoder: ShapedGraph, denoiser: ShapedGraph) {
    this.manifest = manifest;
    this.#encoder = new EncoderBatch(manifest, encoder);
    this.#denoiser = denoiser;
    this.#sessions = [encoder, denoiser];
    this.#sampler = new Sampler(manifest);
  }

  /** @throws AvatarError any `BUNDLE_…` code: the bundle is not one that can be run. */
  static async open({ folder, precision }: OnnxMotionEngineOptions): Promise<OnnxMotionEngine> {
    const { manifest, ...graphs } = await openBundle(folder, precision);
    const [encoder, denoiser] = await Promise.all([openEncoder(manifest, graphs), openDenoiser(manifest, graphs)]);
    return new OnnxMotionEngine(manifest, encoder, denoiser);
  }

  run(jobs: readonly MotionJob[]): Promise<MotionResult[]> {
    // The batch's buffers are shared, so one run follows the other.
    const run = this.#busy.then(() => this.#run(jobs));
    this.#busy = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    await this.#busy;
    for (const session of this.#sessions) await session.close();
  }

  async #run(jobs: readonly MotionJob[]): Promise<MotionResult[]> {
    await this.#encoder.hear(jobs);
    const most = jobs.reduce((found, { hops }) => Math.max(found, hops), 0);
    for (let hop = 0; hop < most; hop++) {
      const due = jobs.filter(({ hops }) => hop < hops).map((job) => hopOf(job, hop));
      await this.#sampler.sample(due, (batch) => this.#denoise(batch));
    }
    return [...jobs];
  }

  async #denoise({ rows, noiseLevel, ...batch }: DenoiserBatch): Promise<Float32Array> {
    const outputs = await this.#denoiser.run({ batch: rows }, { ...batch, noise_level: noiseLevel });
    return outputs['clean']!;
  }
}

/** The encoder alone, on this thread: it hears the next hops of a file while a worker makes the motion of the last. */
export class OnnxEncoder implements Closable {
  readonly #session: ShapedGraph;
  readonly #batch: EncoderBatch;

  private constructor(manifest: MotionManifest, session: ShapedGraph) {
    this.#session = session;
    this.#batch = new EncoderBatch(manifest, session);
  }

  /** @throws AvatarError any `BUNDLE_…` code: the bundle is not one that can be run. */
  static async open({ folder, precision }: OnnxMotionEngineOptions): Promise<OnnxEncoder> {
    const { manifest, ...graphs } = await openBundle(folder, precision);
    return new OnnxEncoder(manifest, await openEncoder(manifest, graphs));
  }

  /** Fills the last `melHops` rows of `features`, and leaves the state after them in `encoderState`. */
  hear(hearing: Hearing): Promise<void> {
    return this.#batch.hear([hearing]);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

/** @throws AvatarError `BUNDLE_FOREIGN` or `BUNDLE_SHAPE_MISMATCH`. */
export function openEncoder(
  manifest: MotionManifest,
  { encoder: graph }: Omit<Bundle, 'manifest'>,
): Promise<ShapedGraph> {
  const { features, encoder } = manifest;
  return ShapedGraph.open({
    name: `${manifest.name} encoder`,
    graph,
    inputs: { mel: ['batch', 'melFrames', features.melBins], state: ['batch', encoder.stateLength] },
    outputs: { features: ['batch', 'hops', encoder.featureDims], next_state: ['batch', encoder.stateLength] },
  });
}

/** @throws AvatarError `BUNDLE_FOREIGN` or `BUNDLE_SHAPE_MISMATCH`. */
export function openDenoiser(
  manifest: MotionManifest,
  { denoiser: graph }: Omit<Bundle, 'manifest'>,
): Promise<ShapedGraph> {
  const { motion, encoder } = manifest;
  const token = tokenDims(manifest);
  return ShapedGraph.open({
    name: `${manifest.name} denoiser`,
    graph,
    inputs: {
      context: ['batch', motion.contextTokens, token],
      noisy: ['batch', 1, token],
      features: ['batch', motion.contextTokens + 1, encoder.featureDims],
      condition: ['batch', conditionDims(manifest)],
      noise_level: ['batch'],
    },
    outputs: { clean: ['batch', 1, token] },
  });
}
