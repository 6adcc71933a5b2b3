import { AvatarError } from '../../base/errors.ts';
import { parseAvatarHeader, type AvatarMetadata, type SectionEntry } from './avatar-header.ts';
import { viewOf, type AvatarSection, type AvatarSections } from './avatar-section.ts';
import { crc32 } from './crc32.ts';

/**
 * The avatar file, little-endian: 8 bytes of magic, u32 version, u32 length of the header, u32 length of the file,
 * u32 CRC-32 of all that follows; then the header (JSON, UTF-8) and the sections, each on a multiple of 8 bytes.
 */
const MAGIC = Uint8Array.of(0x89, 0x56, 0x49, 0x53, 0x41, 0x56, 0x0d, 0x0a);
const PRELUDE_BYTES = 24;
const ALIGNMENT = 8;

export const AVATAR_FILE_VERSION = 6;
/** An avatar is sent over a network and kept by the thousand, so it stays small. */
export const AVATAR_FILE_LIMIT_BYTES = 6_000_000;

export interface AvatarFile {
  readonly metadata: AvatarMetadata;
  /** Arrays are views of the bytes that were read, where they are aligned in their buffer; copies otherwise. */
  readonly sections: AvatarSections;
}

/**
 * @returns the file's bytes; the same input gives the same bytes.
 * @throws AvatarError `AVATAR_TOO_LARGE` beyond 6 MB; Error when a section contradicts itself.
 */
export function writeAvatarFile(metadata: AvatarMetadata, sections: AvatarSections): Uint8Array {
  const entries: SectionEntry[] = [];
  let bodyBytes = 0;
  for (const [name, section] of sections) {
    const byteLength = bytesOf(section).byteLength;
    entries.push(entryOf(name, section, bodyBytes, byteLength));
    bodyBytes = aligned(bodyBytes + byteLength);
  }
  const header = new TextEncoder().encode(JSON.stringify({ metadata, sections: entries }));
  const bodyStart = aligned(PRELUDE_BYTES + header.length);
  const total = bodyStart + bodyBytes;
  if (total > AVATAR_FILE_LIMIT_BYTES) {
    throw new AvatarError('AVATAR_TOO_LARGE', `Cannot write an avatar of ${total} bytes, at most 6 MB are allowed`);
  }
  parseAvatarHeader(header, bodyBytes);
  const file = new Uint8Array(total);
  file.set(MAGIC);
  file.set(header, PRELUDE_BYTES);
  let entry = 0;
  for (const section of sections.values()) file.set(bytesOf(section), bodyStart + entries[entry++]!.offset);
  const prelude = new DataView(file.buffer);
  prelude.setUint32(8, AVATAR_FILE_VERSION, true);
  prelude.setUint32(12, header.length, true);
  prelude.setUint32(16, total, true);
  prelude.setUint32(20, crc32(file.subarray(PRELUDE_BYTES)), true);
  return file;
}

/**
 * @param bytes - kept by reference: the arrays of the result look into it.
 * @throws AvatarError `AVATAR_FOREIGN` (not an avatar file), `AVATAR_VERSION` (of an earlier or later program), `AVATAR_CORRUPT`
 * (truncated, lengthened or altered) or `AVATAR_TOO_LARGE`.
 */
export function readAvatarFile(bytes: Uint8Array): AvatarFile {
  if (bytes.length < MAGIC.length || MAGIC.some((value, at) => bytes[at] !== value)) {
    throw new AvatarError(
      'AVATAR_FOREIGN',
      'Cannot read the avatar: this is no avatar file; make one with "visavis enrol PORTRAIT --out FILE.avatar"',
    );
  }
  if (bytes.length > AVATAR_FILE_LIMIT_BYTES) {
    throw new AvatarError(
      'AVATAR_TOO_LARGE',
      `Cannot read an avatar of ${bytes.length} bytes, at most 6 MB are allowed`,
    );
  }
  if (bytes.length < PRELUDE_BYTES) throw corrupt(`it has ${bytes.length} bytes, expected at least ${PRELUDE_BYTES}`);
  const prelude = new DataView(bytes.buffer, bytes.byteOffset, PRELUDE_BYTES);
  const version = prelude.getUint32(8, true);
  const headerBytes = prelude.getUint32(12, true);
  const total = prelude.getUint32(16, true);
  if (version !== AVATAR_FILE_VERSION) {
    throw new AvatarError(
      'AVATAR_VERSION',
      `Cannot read the avatar: its format is version ${version}, expected ${AVATAR_FILE_VERSION}; enrol the portrait again`,
    );
  }
  if (total !== bytes.length) throw corrupt(`it has ${bytes.length} bytes, its header says ${total}`);
  const bodyStart = aligned(PRELUDE_BYTES + headerBytes);
  if (bodyStart > total) throw corrupt('its header reaches past the end');
  const found = crc32(bytes.subarray(PRELUDE_BYTES));
  const expected = prelude.getUint32(20, true);
  if (found !== expected)
    throw corrupt(`its CRC-32 is ${found.toString(16)}, its header says ${expected.toString(16)}`);
  const header = parseAvatarHeader(bytes.subarray(PRELUDE_BYTES, PRELUDE_BYTES + headerBytes), total - bodyStart);
  const sections = new Map<string, AvatarSection>();
  for (const entry of header.sections) {
    const start = bodyStart + entry.offset;
    sections.set(entry.name, sectionOf(entry, bytes.subarray(start, start + entry.byteLength)));
  }
  return { metadata: header.metadata, sections };
}

function entryOf(name: string, section: AvatarSection, offset: number, byteLength: number): SectionEntry {
  if (section.type === 'image') {
    const { type, encoding, widthPx, heightPx, channels } = section;
    return { name, type, encoding, shape: [heightPx, widthPx, channels], offset, byteLength };
  }
  return { name, type: section.type, shape: section.shape, offset, byteLength };
}

function sectionOf(entry: SectionEntry, bytes: Uint8Array): AvatarSection {
  if (entry.type === 'image') {
    const [heightPx = 0, widthPx = 0, channels = 1] = entry.shape;
    return {
      type: 'image',
      encoding: entry.encoding ?? 'png',
      widthPx,
      heightPx,
      channels: channels as 1 | 3 | 4,
      bytes,
    };
  }
  // A file inside a larger buffer may start anywhere; typed arrays may not.
  const home = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice();
  return { type: entry.type, shape: entry.shape, values: viewOf(entry.type, home) } as AvatarSection;
}

function bytesOf(section: AvatarSection): Uint8Array {
  if (section.type === 'image') return section.bytes;
  const { buffer, byteOffset, byteLength } = section.values;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

function corrupt(found: string): AvatarError {
  return new AvatarError('AVATAR_CORRUPT', `Cannot read the avatar: ${found}; copy the file again or enrol again`);
}
