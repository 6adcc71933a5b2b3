import { assert, AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { OnnxSession, type FloatTensor, type TensorDescription } from './onnx-session.ts';

/** Names of tensors, each with its axes: `{ mel: ['batch', 'melFrames', 40] }`. All are float32. */
export type TensorShapes = Readonly<Record<string, readonly (number | string)[]>>;

/** How long a run's free axes are, by their names. */
export type FreeAxes = Readonly<Record<string, number>>;

export interface ShapedGraphOptions {
  /** For messages. */
  readonly name: string;
  /** The graph's bytes; only read. */
  readonly graph: Uint8Array;
  readonly inputs: TensorShapes;
  readonly outputs: TensorShapes;
}

/** An ONNX graph whose tensors have been found to be those that were expected; axes with names are free. */
export class ShapedGraph implements Closable {
  readonly name: string;
  readonly #session: OnnxSession;
  readonly #inputs: TensorShapes;
  readonly #outputs: TensorShapes;
  /** What the last run left: the next of that size overwrites it, so that no run leaves garbage. */
  #made: { readonly size: string; readonly tensors: Readonly<Record<string, FloatTensor>> } | undefined;

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
   * @param free - how long the free axes are.
   * @param inputs - the values of each input, only read.
   * @returns the values of each output, until the next run.
   * @throws AvatarError `BUNDLE_SHAPE_MISMATCH` when the graph gives what it did not promise.
   */
  async run(free: FreeAxes, inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>> {
    const feeds: Record<string, FloatTensor> = {};
    for (const [tensor, axes] of Object.entries(this.#inputs)) {
      const values = inputs[tensor];
      const shape = shapeOf(axes, free);
      assert(values?.length === volume(shape), `${this.name} is fed ${tensor} of its shape`);
      feeds[tensor] = { shape, values };
    }
    const size = Object.values(free).join();
    const results = await this.#session.run(feeds, this.#made?.size === size ? this.#made.tensors : undefined);
    const outputs: Record<string, Float32Array> = {};
    for (const [tensor, axes] of Object.entries(this.#outputs)) {
      const result = results[tensor];
      const expected = shapeOf(axes, free);
      if (result?.values.length !== volume(expected)) {
        const found = result === undefined ? 'missing' : `[${result.shape.join(', ')}]`;
        throw new AvatarError(
          'BUNDLE_SHAPE_MISMATCH',
          `Cannot use ${tensor} of ${this.name}: it is ${found}, expected [${expected.join(', ')}]`,
        );
      }
      outputs[tensor] = result.values;
    }
    this.#made = { size, tensors: results };
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
    found.every(({ name, type, axes }) => {
      const wanted = expected[name];
      const same = axes.every((axis, index) => typeof axis === 'string' || axis === wanted?.[index]);
      return type === 'float32' && axes.length === wanted?.length && same;
    });
  if (fits) return;
  const describe = (name: string, axes: readonly (number | string)[]): string => `${name} [${axes.join(', ')}]`;
  const has = found.map(({ name, type, axes }) => `${type} ${describe(name, axes)}`).join('; ');
  const wants = Object.entries(expected).map(([name, axes]) => `float32 ${describe(name, axes)}`);
  throw new AvatarError('BUNDLE_SHAPE_MISMATCH', `Cannot use ${what}: found ${has}, expected ${wants.join('; ')}`);
}

function shapeOf(axes: readonly (number | string)[], free: FreeAxes): number[] {
  return axes.map((axis) => (typeof axis === 'number' ? axis : free[axis]!));
}

function volume(axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * axis, 1);
}
