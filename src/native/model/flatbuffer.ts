import { AvatarError } from '../../base/errors.ts';

/** Reads FlatBuffers tables in place. Positions are byte offsets into the buffer; 0 stands for an absent field. */
export class FlatBuffer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @returns the position of the root table. */
  root(): number {
    return this.#follow(0);
  }

  /** @returns the position of field `index` of `table`, or 0 when the table leaves it at its default. */
  field(table: number, index: number): number {
    const vtable = table - this.#view.getInt32(table, true);
    const entry = 4 + 2 * index;
    if (entry >= this.#view.getUint16(vtable, true)) return 0;
    const offset = this.#view.getUint16(vtable + entry, true);
    return offset === 0 ? 0 : table + offset;
  }

  int8(table: number, index: number, fallback = 0): number {
    const at = this.field(table, index);
    return at === 0 ? fallback : this.#view.getInt8(at);
  }

  int32(table: number, index: number, fallback = 0): number {
    const at = this.field(table, index);
    return at === 0 ? fallback : this.#view.getInt32(at, true);
  }

  /** @returns the position of the table in a field, or 0. */
  table(table: number, index: number): number {
    const at = this.field(table, index);
    return at === 0 ? 0 : this.#follow(at);
  }

  /** @returns a view of a vector of bytes; empty when absent. */
  byteVector(table: number, index: number): Uint8Array {
    const { start, count } = this.#vector(table, index);
    if (start + count > this.bytes.length) throw foreignFlatBuffer('a vector reaches past the end');
    return this.bytes.subarray(start, start + count);
  }

  string(table: number, index: number): string {
    return new TextDecoder().decode(this.byteVector(table, index));
  }

  int32Vector(table: number, index: number): number[] {
    const { start, count } = this.#vector(table, index);
    return Array.from({ length: count }, (_, item) => this.#view.getInt32(start + 4 * item, true));
  }

  /** @returns the positions of the tables in a vector. */
  tableVector(table: number, index: number): number[] {
    const { start, count } = this.#vector(table, index);
    return Array.from({ length: count }, (_, item) => this.#follow(start + 4 * item));
  }

  #follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  #vector(table: number, index: number): { start: number; count: number } {
    const at = this.field(table, index);
    if (at === 0) return { start: 0, count: 0 };
    const vector = this.#follow(at);
    const count = this.#view.getUint32(vector, true);
    if (count > this.bytes.length) throw foreignFlatBuffer('a vector is longer than the file');
    return { start: vector + 4, count };
  }
}

/**
 * Reads the one FlexBuffer map that a custom operator carries: numbers and vectors of numbers by name.
 * @throws AvatarError `BUNDLE_FOREIGN` for anything else.
 */
export function readFlexMap(bytes: Uint8Array): ReadonlyMap<string, number | readonly number[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const unsigned = (at: number, width: number): number =>
    width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
  const signed = (at: number, width: number): number =>
    width === 1 ? view.getInt8(at) : width === 2 ? view.getInt16(at, true) : view.getInt32(at, true);
  const scalar = (kind: number, at: number, width: number): number => {
    if (kind === FLEX_INT) return signed(at, width);
    if (kind === FLEX_UINT) return unsigned(at, width);
    if (kind === FLEX_FLOAT) return width === 8 ? view.getFloat64(at, true) : view.getFloat32(at, true);
    throw foreignFlatBuffer(`FlexBuffer type ${kind}`);
  };
  const vector = (kind: number, at: number, width: number): number[] => {
    const count = unsigned(at - width, width);
    return Array.from({ length: count }, (_, item) => {
      if (kind !== FLEX_VECTOR) return scalar(kind - FLEX_VECTOR_INT + FLEX_INT, at + item * width, width);
      const packed = view.getUint8(at + count * width + item);
      return scalar(packed >> 2, at + item * width, width);
    });
  };
  const rootWidth = view.getUint8(bytes.length - 1);
  const rootKind = view.getUint8(bytes.length - 2);
  if (rootKind >> 2 !== FLEX_MAP) throw foreignFlatBuffer('a FlexBuffer that is no map');
  const width = 1 << (rootKind & 3);
  const rootAt = bytes.length - 2 - rootWidth;
  const map = rootAt - unsigned(rootAt, rootWidth);
  const count = unsigned(map - width, width);
  const keysWidth = unsigned(map - 2 * width, width);
  const keys = map - 3 * width - unsigned(map - 3 * width, width);
  const values = new Map<string, number | readonly number[]>();
  for (let item = 0; item < count; item++) {
    const keyEntry = keys + item * keysWidth;
    const keyAt = keyEntry - unsigned(keyEntry, keysWidth);
    const name = new TextDecoder().decode(bytes.subarray(keyAt, bytes.indexOf(0, keyAt)));
    const packed = view.getUint8(map + count * width + item);
    const kind = packed >> 2;
    const at = map + item * width;
    if (kind <= FLEX_FLOAT) values.set(name, scalar(kind, at, width));
    else values.set(name, vector(kind, at - unsigned(at, width), 1 << (packed & 3)));
  }
  return values;
}

// Type numbers of the FlexBuffers format (flatbuffers/flexbuffers.h).
const FLEX_INT = 1;
const FLEX_UINT = 2;
const FLEX_FLOAT = 3;
const FLEX_MAP = 9;
const FLEX_VECTOR = 10;
const FLEX_VECTOR_INT = 11;

export function foreignFlatBuffer(found: string): AvatarError {
  return new AvatarError('BUNDLE_FOREIGN', `Cannot read a TFLite model: found ${found}`);
}
