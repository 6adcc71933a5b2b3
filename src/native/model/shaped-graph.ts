import { assert, AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { OnnxSession, type FloatTensor, type TensorDescription } from './onnx-session.ts';

/** Names of tensors, each with its axes after the batch: `{ mel: [4, 40] }`. All are float32. */
export type TensorShapes = Readonly<Record<string, readonly number[]>>;

export interface ShapedGraphOptions {
  /** For messages. */
  readonly name: string;
  /** The graph's bytes; only read. */
  readonly graph: Uint8Array;
  readonly inputs: TensorShapes;
  readonly outputs: TensorShapes;
}

/** An ONNX graph whose tensors have been found to be those that were expected, with a free batch. */
export class ShapedGraph implements Closable {
  readonly name: string;
  readonly #session: OnnxSession;
  readonly #inputs: TensorShapes;
  readonly #outputs: TensorShapes;
  /** What the last run left: the next of that size overwrites it, so that no run leaves garbage. */
  #made: { readonly batch: number; readonly tensors: Readonly<Record<string, FloatTensor>> } | undefined;

  private constructor({ name, inputs, outputs }: ShapedGraphOptions, session: OnnxSession) {
    this.name = name;
    this.#session = session;
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  /** @throws AvatarError `BUNDLE_FOREIGN` when it is no graph, `BUNDLE_SHAPE_MISMATCH` when it is another one. */
  static async open(options: ShapedGraphOptions): Promise<ShapedGraph> {
    const session = await OnnxSession.open(options.graph);
    try {
      verify(`the inputs of ${options.name}`, session.inputs, options.inputs);
      verify(`the outputs of ${options.name}`, session.outputs, options.outputs);
    } catch (thrown) {
      await session.close();
      throw thrown;
    }
    return new ShapedGraph(options, session);
  }

  /**
   * @param batch - rows of every tensor.
   * @param inputs - `[batch, …axes]` of each input, only read.
   * @returns `[batch, …axes]` of each output, until the next run.
   * @throws AvatarError `BUNDLE_SHAPE_MISMATCH` when the graph gives what it did not promise.
   */
  async run(batch: number, inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>> {
    const feeds: Record<string, FloatTensor> = {};
    for (const [tensor, axes] of Object.entries(this.#inputs)) {
      const values = inputs[tensor];
      assert(values?.length === batch * volume(axes), `${this.name} is fed ${tensor} of its shape`);
      feeds[tensor] = { shape: [batch, ...axes], values };
    }
    const results = await this.#session.run(feeds, this.#made?.batch === batch ? this.#made.tensors : undefined);
    const outputs: Record<string, Float32Array> = {};
    for (const [tensor, axes] of Object.entries(this.#outputs)) {
      const result = results[tensor];
      if (result?.values.length !== batch * volume(axes)) {
        const found = result === undefined ? 'missing' : `[${result.shape.join(', ')}]`;
        throw new AvatarError(
          'BUNDLE_SHAPE_MISMATCH',
          `Cannot use ${tensor} of ${this.name}: it is ${found}, expected [${[batch, ...axes].join(', ')}]`,
        );
      }
      outputs[tensor] = result.values;
    }
    this.#made = { batch, tensors: results };
    return outputs;
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

/** An axis without a number is decided by the run, which checks it. */
function verify(what: string, found: readonly TensorDescription[], expected: TensorShapes): void {
  const fits =
    found.length === Object.keys(expected).length &&
    found.every(({ name, type, axes: [, ...axes] }) => {
      const wanted = expected[name];
      const same = axes.every((axis, index) => typeof axis === 'string' || axis === wanted?.[index]);
      return type === 'float32' && axes.length === wanted?.length && same;
    });
  if (fits) return;
  const describe = (name: string, axes: readonly (number | string)[]): string => `${name} [batch, ${axes.join(', ')}]`;
  const has = found.map(({ name, type, axes }) => `${type} ${describe(name, axes.slice(1))}`).join('; ');
  const wants = Object.entries(expected).map(([name, axes]) => `float32 ${describe(name, axes)}`);
  throw new AvatarError('BUNDLE_SHAPE_MISMATCH', `Cannot use ${what}: found ${has}, expected ${wants.join('; ')}`);
}

function volume(axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * axis, 1);
}
