import { assert } from '../../base/errors.ts';
import { foreignFlatBuffer } from './flatbuffer.ts';
import type { OnnxGraphWriter } from './onnx-writer.ts';
import {
  floatConstant,
  intConstant,
  type TfliteModel,
  type TfliteOperator,
  type TfliteTensor,
} from './tflite-reader.ts';

const TO_INTERLEAVED = [0, 2, 3, 1];

/** What is known half way through: the ONNX name of each tensor so far, planar where it has four axes. */
export class TfliteTranslation {
  readonly graph: OnnxGraphWriter;
  readonly #model: TfliteModel;
  readonly #names = new Map<number, string>();
  readonly #constants = new Map<number, TfliteTensor>();

  constructor(graph: OnnxGraphWriter, model: TfliteModel) {
    this.graph = graph;
    this.#model = model;
  }

  tensor(index: number | undefined): TfliteTensor {
    const tensor = index === undefined ? undefined : this.#model.tensors[index];
    assert(tensor !== undefined, 'an operator names a tensor of its graph');
    return tensor;
  }

  shape(index: number | undefined): readonly number[] {
    return this.tensor(index).shape;
  }

  name(index: number, name: string): void {
    this.#names.set(index, name);
  }

  /** `to` is the same constant as `from`, as float16 weights are after DEQUANTIZE. */
  alias(to: number, from: number): void {
    this.#constants.set(to, this.tensor(from));
  }

  isConstant(index: number): boolean {
    return this.#constants.has(index) || this.tensor(index).bytes.length > 0;
  }

  /** @returns the constant's values in TFLite's order. */
  constant(index: number | undefined): Float32Array {
    assert(index !== undefined, 'a constant input is present');
    return floatConstant(this.#constants.get(index) ?? this.tensor(index));
  }

  ints(index: number | undefined): Int32Array {
    return intConstant(this.tensor(index));
  }

  /** @returns the ONNX value; a constant of few axes becomes one that broadcasts over planar activations. */
  value(index: number | undefined): string {
    assert(index !== undefined, 'an operator has its inputs');
    const known = this.#names.get(index);
    if (known !== undefined) return known;
    const { shape } = this.tensor(index);
    const values = this.constant(index);
    const channels = shape.at(-1) ?? 1;
    if (shape.length === 3 && shape[0] === 1 && shape[1] === 1) return this.graph.floats(values, [channels, 1, 1]);
    if (values.length === 1) return this.graph.floats(values, [1]);
    return this.graph.floats(values, shape);
  }

  /** @returns the value with its channels last again. */
  interleaved(index: number | undefined): string {
    const value = this.value(index);
    return this.shape(index).length === 4 ? this.graph.node('Transpose', [value], { perm: TO_INTERLEAVED }) : value;
  }

  /** Names the operator's output, behind its fused activation. */
  finish(operator: TfliteOperator, value: string, activation = 0): void {
    const [output] = operator.outputs;
    assert(output !== undefined, 'an operator has an output');
    if (activation > 1) throw foreignFlatBuffer(`fused activation ${activation}`);
    this.name(output, activation === 1 ? this.graph.node('Relu', [value]) : value);
  }
}
