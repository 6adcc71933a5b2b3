/**
 * Writes ONNX graphs (the protobuf messages of onnx.proto3, IR version 8, operator set 17): just what a translator
 * needs. Values are named by strings; constants are float32 or int64.
 */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

const IR_VERSION = 8;
const OPERATOR_SET = 17;
const TYPE_FLOAT = 1;
const TYPE_INT64 = 7;

export class OnnxGraphWriter {
  readonly #nodes: Uint8Array[] = [];
  readonly #initializers: Uint8Array[] = [];
  readonly #inputs: Uint8Array[] = [];
  readonly #outputs: Uint8Array[] = [];
  #names = 0;

  /** @returns a name nothing else has. */
  fresh(): string {
    return `v${this.#names++}`;
  }

  input(name: string, shape: readonly number[]): void {
    this.#inputs.push(valueMessage(name, shape));
  }

  output(name: string, shape: readonly number[]): void {
    this.#outputs.push(valueMessage(name, shape));
  }

  floats(values: Float32Array | readonly number[], shape: readonly number[]): string {
    const floats = Float32Array.from(values);
    return this.#constant(TYPE_FLOAT, shape, new Uint8Array(floats.buffer));
  }

  ints(values: readonly number[]): string {
    const longs = BigInt64Array.from(values, BigInt);
    return this.#constant(TYPE_INT64, [values.length], new Uint8Array(longs.buffer));
  }

  /** Adds an operator; integer attributes are numbers, floating ones `{ float }`. @returns its output. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    output = this.fresh(),
  ): string {
    const message = new Message();
    for (const input of inputs) message.string(1, input);
    message.string(2, output);
    message.string(4, operator);
    for (const [name, value] of Object.entries(attributes)) message.bytes(5, attributeMessage(name, value));
    this.#nodes.push(message.done());
    return output;
  }

  /** @returns the model's bytes. */
  done(): Uint8Array {
    const graph = new Message();
    for (const node of this.#nodes) graph.bytes(1, node);
    graph.string(2, 'graph');
    for (const constant of this.#initializers) graph.bytes(5, constant);
    for (const input of this.#inputs) graph.bytes(11, input);
    for (const output of this.#outputs) graph.bytes(12, output);
    return new Message()
      .int(1, IR_VERSION)
      .bytes(7, graph.done())
      .bytes(8, new Message().int(2, OPERATOR_SET).done())
      .done();
  }

  #constant(type: number, shape: readonly number[], raw: Uint8Array): string {
    const name = this.fresh();
    const message = new Message();
    for (const side of shape) message.int(1, side);
    this.#initializers.push(message.int(2, type).string(8, name).bytes(9, raw).done());
    return name;
  }
}

function attributeMessage(name: string, value: OnnxAttribute): Uint8Array {
  const message = new Message().string(1, name);
  // The last field says which kind it is (AttributeProto.AttributeType).
  if (typeof value === 'number') return message.int(3, value).int(20, 2).done();
  if (typeof value === 'string') return message.string(4, value).int(20, 3).done();
  if ('float' in value) return message.float(2, value.float).int(20, 1).done();
  for (const item of value) message.int(8, item);
  return message.int(20, 7).done();
}

function valueMessage(name: string, shape: readonly number[]): Uint8Array {
  const sides = new Message();
  for (const side of shape) sides.bytes(1, new Message().int(1, side).done());
  const tensor = new Message().int(1, TYPE_FLOAT).bytes(2, sides.done()).done();
  return new Message().string(1, name).bytes(2, new Message().bytes(1, tensor).done()).done();
}

/** One protobuf message, field by field. */
class Message {
  readonly #parts: Uint8Array[] = [];

  int(field: number, value: number): this {
    this.#parts.push(varint(BigInt(field * 8)), varint(BigInt.asUintN(64, BigInt(value))));
    return this;
  }

  float(field: number, value: number): this {
    this.#parts.push(varint(BigInt(field * 8 + 5)), new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#parts.push(varint(BigInt(field * 8 + 2)), varint(BigInt(value.length)), value);
    return this;
  }

  done(): Uint8Array {
    const joined = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) {
      bytes.push(Number(rest));
      return Uint8Array.from(bytes);
    }
    bytes.push(Number(rest & 127n) | 128);
  }
}
