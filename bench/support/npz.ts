import { inflateRawSync } from 'node:zlib';

/** An array of a NumPy archive, in rows (C order). */
export interface NpyArray {
  readonly shape: readonly number[];
  /** Numbers, or the characters of strings one after the other, padded with zeros. */
  readonly values: ArrayLike<number>;
  /** Characters of each string; 0 for numbers. */
  readonly characters: number;
}

/**
 * Reads `.npz`: a ZIP archive (PKWARE APPNOTE 6.3) of `.npy` files (NumPy NEP 1).
 * @throws Error when the bytes are anything else.
 */
export function readNpz(bytes: Buffer): Map<string, NpyArray> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('Cannot read the archive: it has no central directory');
  const arrays = new Map<string, NpyArray>();
  let at = bytes.readUInt32LE(end + 16);
  for (let entry = 0; entry < bytes.readUInt16LE(end + 10); entry++) {
    const [method, packedLength] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + packedLength);
    arrays.set(name.replace(/\.npy$/, ''), readNpy(method === 8 ? inflateRawSync(packed) : packed));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return arrays;
}

function readNpy(bytes: Buffer): NpyArray {
  const wide = bytes.readUInt8(6) >= 2;
  const headerStart = wide ? 12 : 10;
  const start = headerStart + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString('latin1', headerStart, start);
  const type = /'descr': *'([^']+)'/.exec(header)?.[1] ?? '';
  const shape = (/'shape': *\(([^)]*)\)/.exec(header)?.[1] ?? '').split(',').map(Number).filter(Boolean);
  const count = shape.reduce((product, side) => product * side, 1);
  const read = (size: number, one: (offset: number) => number): number[] =>
    Array.from({ length: count }, (_, index) => one(start + size * index));
  const characters = Number(/^<U(\d+)$/.exec(type)?.[1] ?? 0);
  if (characters > 0) {
    const values = Array.from({ length: count * characters }, (_, index) => bytes.readUInt32LE(start + 4 * index));
    return { shape, values, characters };
  }
  if (type === '<f2') return { shape, values: read(2, (offset) => half(bytes.readUInt16LE(offset))), characters };
  if (type === '<f4') return { shape, values: read(4, (offset) => bytes.readFloatLE(offset)), characters };
  if (type === '<u2') return { shape, values: read(2, (offset) => bytes.readUInt16LE(offset)), characters };
  throw new Error(`Cannot read the array: its type is "${type}", expected half or single precision`);
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

/** @returns the strings of an array of characters. */
export function stringsOf({ values, characters }: NpyArray): string[] {
  return Array.from({ length: values.length / characters }, (_, index) =>
    String.fromCodePoint(
      ...Array.from({ length: characters }, (_, at) => values[index * characters + at]!).filter((code) => code > 0),
    ),
  );
}
