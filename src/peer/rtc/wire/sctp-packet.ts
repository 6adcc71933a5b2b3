import { crc32c } from 'werift';

/** One chunk (RFC 9260, 3.2) of a packet. */
export interface SctpChunk {
  readonly type: number;
  readonly flags: number;
  /** Without its header and padding. */
  readonly value: Buffer;
}

/** Chunk types that the library reads (RFC 9260, 3.2; RFC 6525, 3.1; RFC 3758, 3.2). */
export const CHUNK = {
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
  reconfig: 130,
  forwardTsn: 192,
} as const;

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 4;
const CHECKSUM_AT = 8;
/** As many small messages as one datagram of a browser holds. */
const MOST_CHUNKS = 64;
const MOST_PARAMETERS = 32;
const COOKIE_BYTES = 24;
/** Parameters that ask for a change of streams (RFC 6525, 4), and the least length of each, with its header. */
const RECONFIG_BYTES = new Map([
  [13, 16],
  [16, 12],
  [17, 12],
]);

const NO_CHECKSUM = Buffer.alloc(4);

/** @returns whether the checksum of a packet (RFC 9260, 6.8) is right. */
export function hasRightChecksum(packet: Buffer): boolean {
  return packet.length >= HEADER_BYTES && packet.readUInt32LE(CHECKSUM_AT) === checksumOf(packet);
}

/** Writes the checksum of a packet into it. */
export function sealSctpPacket(packet: Buffer): Buffer {
  packet.writeUInt32LE(checksumOf(packet), CHECKSUM_AT);
  return packet;
}

/**
 * Reads a packet whose every chunk and parameter has a length that covers its header and stays inside its container. Of
 * chunks that nobody knows, those are left out that ask for it by their highest bit; at others the packet ends (RFC 9260,
 * 3.2).
 * @returns its known chunks; `undefined` where the packet is none.
 */
export function readSctpPacket(packet: Buffer): SctpChunk[] | undefined {
  if (packet.length < HEADER_BYTES + CHUNK_HEADER_BYTES) return undefined;
  if (packet.readUInt16BE(0) === 0 || packet.readUInt16BE(2) === 0) return undefined;
  const chunks: SctpChunk[] = [];
  let count = 0;
  for (let at = HEADER_BYTES; at < packet.length;) {
    if (at + CHUNK_HEADER_BYTES > packet.length || count++ === MOST_CHUNKS) return undefined;
    const type = packet.readUInt8(at);
    const length = packet.readUInt16BE(at + 2);
    if (length < CHUNK_HEADER_BYTES || at + length > packet.length) return undefined;
    const value = packet.subarray(at + CHUNK_HEADER_BYTES, at + length);
    const verdict = judge(type, value);
    if (verdict === 'malformed') return undefined;
    if (verdict === 'known') chunks.push({ type, flags: packet.readUInt8(at + 1), value });
    else if (type < 0x80) return chunks;
    at += padded(length);
  }
  // One of these comes alone (RFC 9260, 3.3.2, 3.3.3, 3.3.13).
  const isAlone = chunks.some(({ type }) => type === CHUNK.init || type === CHUNK.initAck);
  return isAlone && chunks.length > 1 ? undefined : chunks;
}

/** @returns a packet of the same header with `chunks` only. */
export function buildSctpPacket(packet: Buffer, chunks: readonly SctpChunk[]): Buffer {
  const parts = chunks.map(({ type, flags, value }) => {
    const bytes = Buffer.alloc(padded(CHUNK_HEADER_BYTES + value.length));
    bytes.writeUInt8(type, 0);
    bytes.writeUInt8(flags, 1);
    bytes.writeUInt16BE(CHUNK_HEADER_BYTES + value.length, 2);
    value.copy(bytes, CHUNK_HEADER_BYTES);
    return bytes;
  });
  return sealSctpPacket(Buffer.concat([packet.subarray(0, HEADER_BYTES), ...parts]));
}

function judge(type: number, value: Buffer): 'known' | 'unknown' | 'malformed' {
  const known = (isWhole: boolean) => (isWhole ? 'known' : 'malformed');
  switch (type) {
    case CHUNK.data:
      // One that carries no byte would not fill any window (RFC 9260, 6.2: it ends the association).
      return known(value.length > 12);
    case CHUNK.init:
    case CHUNK.initAck:
      return known(isInit(value));
    case CHUNK.sack:
      return known(isSack(value));
    case CHUNK.heartbeat:
    case CHUNK.heartbeatAck:
    case CHUNK.abort:
    case CHUNK.error:
      return known(areParameters(value));
    case CHUNK.shutdown:
      return known(value.length === 4);
    case CHUNK.cookieEcho:
      return known(value.length === COOKIE_BYTES);
    case CHUNK.shutdownAck:
    case CHUNK.cookieAck:
    case CHUNK.shutdownComplete:
      return known(value.length === 0);
    case CHUNK.reconfig:
      return known(value.length > 0 && areParameters(value, isReconfig));
    case CHUNK.forwardTsn:
      return known(value.length >= 4 && value.length % 4 === 0);
    default:
      return 'unknown';
  }
}

/** Tag, window, streams each way, first TSN, parameters. */
function isInit(value: Buffer): boolean {
  if (value.length < 16) return false;
  const streams = value.readUInt16BE(8) !== 0 && value.readUInt16BE(10) !== 0;
  // The library computes with the number before the first, which it cannot write when that is -1.
  const firstTsn = value.readUInt32BE(12) !== 0;
  return value.readUInt32BE(0) !== 0 && streams && firstTsn && areParameters(value.subarray(16));
}

/** Gaps in order and apart (RFC 9260, 3.3.4), so that they name no number twice. */
function isSack(value: Buffer): boolean {
  if (value.length < 12) return false;
  const gaps = value.readUInt16BE(8);
  if (value.length !== 12 + 4 * (gaps + value.readUInt16BE(10))) return false;
  let lastEnd = 0;
  for (let gap = 0; gap < gaps; gap++) {
    const start = value.readUInt16BE(12 + 4 * gap);
    const end = value.readUInt16BE(14 + 4 * gap);
    if (start <= lastEnd || end < start) return false;
    lastEnd = end;
  }
  return true;
}

function areParameters(value: Buffer, isRight: (type: number, length: number) => boolean = () => true): boolean {
  let count = 0;
  for (let at = 0; at < value.length;) {
    if (at + 4 > value.length || count++ === MOST_PARAMETERS) return false;
    const length = value.readUInt16BE(at + 2);
    if (length < 4 || at + length > value.length || !isRight(value.readUInt16BE(at), length)) return false;
    at += padded(length);
  }
  return true;
}

function isReconfig(type: number, length: number): boolean {
  return length >= (RECONFIG_BYTES.get(type) ?? 4) && length % 2 === 0;
}

function checksumOf(packet: Buffer): number {
  const ofHeader = crc32c(NO_CHECKSUM, crc32c(packet.subarray(0, CHECKSUM_AT)));
  return crc32c(packet.subarray(HEADER_BYTES), ofHeader);
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
