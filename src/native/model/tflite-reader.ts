import { FlatBuffer, foreignFlatBuffer } from './flatbuffer.ts';

/** A TFLite graph as its flatbuffer states it; tensors are numbered by their place in `tensors`. */
export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly operators: readonly TfliteOperator[];
}

export interface TfliteTensor {
  readonly name: string;
  /** Activations are `[batch, height, width, channels]`. */
  readonly shape: readonly number[];
  readonly type: 'float32' | 'float16' | 'int32';
  /** Constant contents; empty for what is computed. */
  readonly bytes: Uint8Array;
}

export interface TfliteOperator {
  /** TFLite's name in capitals, or the name of a custom operator. */
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** @returns the option in field `index` of the operator's options table. */
  readonly int8Option: (index: number, fallback?: number) => number;
  readonly int32Option: (index: number, fallback?: number) => number;
  readonly customOptions: Uint8Array;
}

const CUSTOM = 32;
/** Of the TFLite schema: the operators that the face models use. */
const OPERATOR_NAMES: Readonly<Record<number, string>> = {
  0: 'ADD',
  1: 'AVERAGE_POOL_2D',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  14: 'LOGISTIC',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  22: 'RESHAPE',
  23: 'RESIZE_BILINEAR',
  34: 'PAD',
  45: 'STRIDED_SLICE',
  54: 'PRELU',
  117: 'HARD_SWISH',
};
const TENSOR_TYPES: Readonly<Record<number, TfliteTensor['type']>> = { 0: 'float32', 1: 'float16', 2: 'int32' };

/** @throws AvatarError `BUNDLE_FOREIGN` when the bytes are no TFLite model or use what no face model does. */
export function readTflite(bytes: Uint8Array): TfliteModel {
  if (new TextDecoder().decode(bytes.subarray(4, 8)) !== 'TFL3') throw foreignFlatBuffer('no TFL3 identifier');
  const buffer = new FlatBuffer(bytes);
  const root = buffer.root();
  const names = buffer.tableVector(root, 1).map((table) => {
    // Codes beyond 127 live in a later, wider field; the older one then holds a placeholder.
    const code = Math.max(buffer.int8(table, 0), buffer.int32(table, 3));
    const name = code === CUSTOM ? buffer.string(table, 1) : OPERATOR_NAMES[code];
    if (name === undefined) throw foreignFlatBuffer(`operator ${code}`);
    return name;
  });
  const buffers = buffer.tableVector(root, 4).map((table) => buffer.byteVector(table, 0));
  const [graph] = buffer.tableVector(root, 2);
  if (graph === undefined) throw foreignFlatBuffer('no graph');
  return {
    tensors: buffer.tableVector(graph, 0).map((table) => {
      const type = TENSOR_TYPES[buffer.int8(table, 1)];
      if (type === undefined) throw foreignFlatBuffer(`tensor type ${buffer.int8(table, 1)}`);
      const contents = buffers[buffer.int32(table, 2)];
      if (contents === undefined) throw foreignFlatBuffer('a tensor without a buffer');
      return { name: buffer.string(table, 3), shape: buffer.int32Vector(table, 0), type, bytes: contents };
    }),
    inputs: buffer.int32Vector(graph, 1),
    outputs: buffer.int32Vector(graph, 2),
    operators: buffer.tableVector(graph, 3).map((table) => {
      const options = buffer.table(table, 4);
      const name = names[buffer.int32(table, 0)];
      if (name === undefined) throw foreignFlatBuffer('an operator without a code');
      return {
        name,
        inputs: buffer.int32Vector(table, 1),
        outputs: buffer.int32Vector(table, 2),
        int8Option: (index, fallback = 0) => (options === 0 ? fallback : buffer.int8(options, index, fallback)),
        int32Option: (index, fallback = 0) => (options === 0 ? fallback : buffer.int32(options, index, fallback)),
        customOptions: buffer.byteVector(table, 5),
      };
    }),
  };
}

/** @returns the constant as float32, widened from float16 where needed; a copy. */
export function floatConstant(tensor: TfliteTensor): Float32Array {
  const { bytes, type } = tensor;
  const copy = bytes.slice();
  if (type === 'float32') return new Float32Array(copy.buffer);
  if (type === 'float16') return widened(new Uint16Array(copy.buffer));
  throw foreignFlatBuffer(`${tensor.name} of type ${type}, expected floats`);
}

export function intConstant(tensor: TfliteTensor): Int32Array {
  if (tensor.type !== 'int32') throw foreignFlatBuffer(`${tensor.name} of type ${tensor.type}, expected int32`);
  return new Int32Array(tensor.bytes.slice().buffer);
}

let halves: Float32Array | undefined;

/** A network has a million of them: looking each up takes a thirtieth of the time that computing it does. */
function widened(values: Uint16Array): Float32Array {
  halves ??= Float32Array.from({ length: 0x1_0000 }, (_, half) => widenHalf(half));
  const wide = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) wide[index] = halves[values[index]!]!;
  return wide;
}

/** IEEE 754 binary16. */
function widenHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
