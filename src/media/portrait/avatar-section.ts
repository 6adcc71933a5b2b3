/** The arrays a section may hold, by the name that the file gives them. */
export interface SectionArrays {
  readonly float32: Float32Array;
  readonly int32: Int32Array;
  readonly uint32: Uint32Array;
  readonly int16: Int16Array;
  readonly uint16: Uint16Array;
  readonly int8: Int8Array;
  readonly uint8: Uint8Array;
}

export type ArrayType = keyof SectionArrays;

/** Numbers with a shape: `shape` multiplies up to `values.length`. */
export interface ArraySection<T extends ArrayType = ArrayType> {
  readonly type: T;
  readonly shape: readonly number[];
  readonly values: SectionArrays[T];
}

/** A compressed picture, as it lies in the file; decoding is the reader's business. */
export interface ImageSection {
  readonly type: 'image';
  readonly encoding: ImageEncoding;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1 | 3 | 4;
  readonly bytes: Uint8Array;
}

export type ImageEncoding = 'jpeg' | 'png' | 'webp';

export type AvatarSection = { [T in ArrayType]: ArraySection<T> }[ArrayType] | ImageSection;

/** By name: lower case words with dots and dashes, as in `mesh.triangles`. */
export type AvatarSections = ReadonlyMap<string, AvatarSection>;

export const BYTES_PER_VALUE: Readonly<Record<ArrayType, 1 | 2 | 4>> = {
  float32: 4,
  int32: 4,
  uint32: 4,
  int16: 2,
  uint16: 2,
  int8: 1,
  uint8: 1,
};

/** @returns a view of `count` values; `bytes` must start on a multiple of the value's size in its buffer. */
export function viewOf(type: ArrayType, bytes: Uint8Array): SectionArrays[ArrayType] {
  const { buffer, byteOffset, byteLength } = bytes;
  const count = byteLength / BYTES_PER_VALUE[type];
  switch (type) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, count);
    case 'int32':
      return new Int32Array(buffer, byteOffset, count);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, count);
    case 'int16':
      return new Int16Array(buffer, byteOffset, count);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, count);
    case 'int8':
      return new Int8Array(buffer, byteOffset, count);
    case 'uint8':
      return new Uint8Array(buffer, byteOffset, count);
    default:
      return type satisfies never;
  }
}
