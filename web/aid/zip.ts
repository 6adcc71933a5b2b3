/**
 * ZIP archives as Open Board Format uses them (APPNOTE.TXT of PKWARE, 6.3.10): stored and deflated members, no
 * encryption, no ZIP64. The browser inflates.
 */
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** The longest comment that may follow the end record. */
const MAX_COMMENT = 65_535;
const UTF8_NAMES = 0x0800;

export interface ZipLimits {
  readonly members: number;
  /** Of all members together, unpacked. */
  readonly bytes: number;
}

/** @returns the members by name. @throws Error where it is no archive, or unpacks to more than `limits`. */
export async function readZip(archive: Uint8Array<ArrayBuffer>, limits: ZipLimits): Promise<Map<string, Uint8Array>> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  if (count > limits.members) throw new Error(`The archive has ${count} members, at most ${limits.members} are read`);
  const members = new Map<string, Uint8Array>();
  let at = view.getUint32(end + 16, true);
  let left = limits.bytes;
  for (let index = 0; index < count; index++) {
    if (view.getUint32(at, true) !== CENTRAL) throw new Error('The archive has a damaged directory');
    const [method, packed] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(archive.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + (nameBytes ?? 0)));
    at += CENTRAL_BYTES + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
    if (name.endsWith('/')) continue;
    if (view.getUint32(local, true) !== LOCAL) throw new Error(`The archive has a damaged member ${name}`);
    const from = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const bytes = archive.subarray(from, from + packed);
    const content = method === 0 ? bytes : await inflated(bytes, left, method);
    left -= content.length;
    if (left < 0) throw new Error(`The archive unpacks to more than ${limits.bytes} bytes`);
    members.set(name, content);
  }
  return members;
}

/** @returns an archive of stored members. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, content] of files) {
    const nameBytes = new TextEncoder().encode(name);
    // What both headers say: version 2.0, UTF-8 names, stored, 1 January 1980, CRC, sizes, length of the name.
    const common = new DataView(new ArrayBuffer(26));
    common.setUint16(0, 20, true);
    common.setUint16(2, UTF8_NAMES, true);
    common.setUint16(8, 0x21, true);
    common.setUint32(10, crc32(content), true);
    common.setUint32(14, content.length, true);
    common.setUint32(18, content.length, true);
    common.setUint16(22, nameBytes.length, true);
    const shared = new Uint8Array(common.buffer);
    parts.push(word32(LOCAL), shared, nameBytes, content);
    directory.push(word32(CENTRAL), word16(20), shared, new Uint8Array(10), word32(offset), nameBytes);
    offset += LOCAL_BYTES + nameBytes.length + content.length;
  }
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0);
  const count = word16(files.size);
  const end = [word32(END), new Uint8Array(4), count, count, word32(directoryBytes), word32(offset), new Uint8Array(2)];
  return joined([...parts, ...directory, ...end]);
}

function endOf(view: DataView): number {
  for (let at = view.byteLength - END_BYTES; at >= 0 && at >= view.byteLength - END_BYTES - MAX_COMMENT; at--)
    if (view.getUint32(at, true) === END) return at;
  throw new Error('This is no ZIP archive');
}

async function inflated(bytes: Uint8Array<ArrayBuffer>, limit: number, method: number): Promise<Uint8Array> {
  if (method !== 8) throw new Error(`The archive is packed by method ${method}, only 0 and 8 are read`);
  const stream: ReadableStream<Uint8Array> = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  for (let length = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return joined(parts);
    length += value.length;
    if (length > limit) throw new Error('The archive unpacks to more than is read');
    parts.push(value);
  }
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function word16(value: number): Uint8Array {
  return new Uint8Array([value & 255, (value >> 8) & 255]);
}

function word32(value: number): Uint8Array {
  return new Uint8Array([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
