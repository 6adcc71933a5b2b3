/** The elements of Matroska (RFC 9559) that are written or read here. */
export const EBML_ID = {
  segment: 0x18538067,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  cluster: 0x1f43b675,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  tags: 0x1254c367,
  tag: 0x7373,
  targets: 0x63c0,
  simpleTag: 0x67c8,
  tagName: 0x45a3,
  tagString: 0x4487,
} as const;

export const EBML_TRACK_VIDEO = 1;
export const EBML_TRACK_AUDIO = 2;

/** @returns an element with its size in four bytes; `content` is at most 256 MB. */
export function ebmlElement(id: number, ...content: readonly Uint8Array[]): Uint8Array {
  const name = ebmlId(id);
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const element = new Uint8Array(name.length + 4 + length);
  element.set(name);
  element.set(ebmlSize(length, 4), name.length);
  let at = name.length + 4;
  for (const part of content) {
    element.set(part, at);
    at += part.length;
  }
  return element;
}

/** An id carries its own length in its leading bits. */
export function ebmlId(id: number): Uint8Array {
  const length = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
  return bigEndian(id, length);
}

/** @returns `value` as a size of `width` bytes (RFC 8794, 4). */
export function ebmlSize(value: number, width: number): Uint8Array {
  const bytes = bigEndian(value, width);
  bytes[0]! |= 0x80 >> (width - 1);
  return bytes;
}

/** @returns `value` in `width` bytes, the most significant first. */
export function bigEndian(value: number, width: number): Uint8Array {
  const bytes = new Uint8Array(width);
  // Beyond 32 bits a shift would wrap.
  for (let at = width - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}

/** A number of `bytes[at]` on whose length its first byte tells; all ones mean "unknown". */
export interface EbmlNumber {
  /** Without the bit that tells the length; `undefined` when unknown. */
  readonly value: number | undefined;
  /** With that bit, as ids are written; exact up to six bytes. */
  readonly raw: number;
  readonly length: number;
}

/** @returns the number at `at`, or nothing when there is none. */
export function readEbmlNumber(bytes: Uint8Array, at: number): EbmlNumber | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0) return undefined;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return undefined;
  let raw = first;
  // Apart, because with the leading bit eight bytes are more than a number holds exactly.
  let value = first - (0x80 >> (length - 1));
  let isUnknown = value === (0x80 >> (length - 1)) - 1;
  for (let index = at + 1; index < at + length; index++) {
    raw = raw * 256 + bytes[index]!;
    value = value * 256 + bytes[index]!;
    isUnknown &&= bytes[index] === 0xff;
  }
  return { value: isUnknown ? undefined : value, raw, length };
}
