import './telemetry-off.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';

/** A float32 tensor: `shape` multiplies up to `values.length`. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a graph says of one of its tensors: axes that are free have names. */
export interface TensorDescription {
  readonly name: string;
  readonly type: string;
  readonly axes: readonly (number | string)[];
}

/** One ONNX graph, loaded. Runs may overlap; each uses one thread of its own pool. */
export class OnnxSession implements Closable {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  readonly #session: InferenceSession;
  readonly #runs = new Set<Promise<unknown>>();
  #released: Promise<void> | undefined;

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
    this.inputs = session.inputMetadata.map(describe);
    this.outputs = session.outputMetadata.map(describe);
  }

  /**
   * @param graph - the bytes of an ONNX model.
   * @throws AvatarError `BUNDLE_FOREIGN` when the runtime refuses them.
   */
  static async open(graph: Uint8Array): Promise<OnnxSession> {
    try {
      const session = await InferenceSession.create(graph, {
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        interOpNumThreads: 1,
        // Two threads were slower than one on graphs this small.
        intraOpNumThreads: 1,
        logSeverityLevel: 3,
      });
      return new OnnxSession(session);
    } catch (thrown) {
      throw new AvatarError('BUNDLE_FOREIGN', `Cannot load an ONNX graph: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  /**
   * @param outputs - where they shall go; without it into memory of their own.
   * @returns every output by name; the caller owns them.
   */
  async run(
    inputs: Readonly<Record<string, FloatTensor>>,
    outputs?: Readonly<Record<string, FloatTensor>>,
  ): Promise<Record<string, FloatTensor>> {
    const feeds = tensorsOf(inputs);
    const run = outputs ? this.#session.run(feeds, tensorsOf(outputs)) : this.#session.run(feeds);
    this.#runs.add(run);
    const results = await run.finally(() => this.#runs.delete(run));
    const made: Record<string, FloatTensor> = {};
    for (const [name, tensor] of Object.entries(results)) {
      if (!(tensor.data instanceof Float32Array)) {
        throw new AvatarError('BUNDLE_SHAPE_MISMATCH', `Output ${name} is ${tensor.type}, expected float32`);
      }
      made[name] = { shape: tensor.dims, values: tensor.data };
    }
    return made;
  }

  /** Releases the graph once the runs under way have ended: the runtime crashes when it is released during a run. */
  close(): Promise<void> {
    this.#released ??= Promise.allSettled(this.#runs).then(() => this.#session.release());
    return this.#released;
  }
}

function tensorsOf(tensors: Readonly<Record<string, FloatTensor>>): Record<string, Tensor> {
  const made: Record<string, Tensor> = {};
  for (const [name, { shape, values }] of Object.entries(tensors)) made[name] = new Tensor('float32', values, shape);
  return made;
}

function describe(value: InferenceSession.ValueMetadata): TensorDescription {
  return value.isTensor
    ? { name: value.name, type: value.type, axes: value.shape }
    : { name: value.name, type: 'no tensor', axes: [] };
}
