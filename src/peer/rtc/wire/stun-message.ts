import { createHmac, timingSafeEqual } from 'node:crypto';

/** Of a STUN message (RFC 8489), what decides whether it may change anything. */
export interface StunMessage {
  readonly kind: 'request' | 'indication' | 'response' | 'error';
  /** `theirs:ours` of the receiver's view, in a request: first the fragment of whoever receives it. */
  readonly username: string | undefined;
  readonly useCandidate: boolean;
  /** Where MESSAGE-INTEGRITY begins; what follows it is not protected. */
  readonly integrityAt: number | undefined;
}

const HEADER_BYTES = 20;
const COOKIE = 0x2112a442;
const BINDING = 0x0001;
const INTEGRITY_BYTES = 20;
/** A browser's check has seven attributes; a dozen serve extensions to come. */
const MOST_ATTRIBUTES = 24;
const KINDS = new Map<number, StunMessage['kind']>([
  [0x000, 'request'],
  [0x010, 'indication'],
  [0x100, 'response'],
  [0x110, 'error'],
]);

const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const ERROR_CODE = 0x0009;
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const FINGERPRINT = 0x8028;
const ICE_CONTROLLED = 0x8029;
const ICE_CONTROLLING = 0x802a;

/** Lengths of those attributes whose length is fixed (RFC 8489, 14; RFC 8445, 16.1). */
const LENGTHS = new Map([
  [MESSAGE_INTEGRITY, INTEGRITY_BYTES],
  [PRIORITY, 4],
  [USE_CANDIDATE, 0],
  [FINGERPRINT, 4],
  [ICE_CONTROLLED, 8],
  [ICE_CONTROLLING, 8],
]);
/** The user name holds two fragments of at most 256 characters (RFC 8445, 5.3). */
const LONGEST_USERNAME = 513;

/**
 * Reads a binding message and refuses what no ICE agent sends: lengths that leave their container, an attribute twice,
 * anything but a fingerprint behind the integrity (RFC 8489, 14.5: it is not covered by it), a request that lacks what
 * RFC 8445, 7.1 demands of one.
 */
export function readStunMessage(datagram: Buffer): StunMessage | undefined {
  if (datagram.length < HEADER_BYTES || datagram.length !== HEADER_BYTES + datagram.readUInt16BE(2)) return undefined;
  if (datagram.readUInt32BE(4) !== COOKIE || datagram.length % 4 !== 0) return undefined;
  const type = datagram.readUInt16BE(0);
  const kind = KINDS.get(type & 0x0110);
  if (kind === undefined || (type & 0x3eef) !== BINDING) return undefined;

  const places = new Map<number, number>();
  for (let at = HEADER_BYTES; at < datagram.length;) {
    const attribute = datagram.readUInt16BE(at);
    const length = datagram.readUInt16BE(at + 2);
    const next = at + 4 + Math.ceil(length / 4) * 4;
    if (next > datagram.length || places.has(attribute) || places.size === MOST_ATTRIBUTES) return undefined;
    if ((LENGTHS.get(attribute) ?? length) !== length) return undefined;
    if (places.has(MESSAGE_INTEGRITY) && attribute !== FINGERPRINT) return undefined;
    if (places.has(FINGERPRINT)) return undefined;
    places.set(attribute, at);
    at = next;
  }
  if (kind === 'request' && !isWholeCheck(places)) return undefined;
  const errorAt = places.get(ERROR_CODE);
  if (kind === 'error' && (errorAt === undefined || datagram.readUInt16BE(errorAt + 2) < 4)) return undefined;
  return {
    kind,
    username: usernameOf(datagram, places.get(USERNAME)),
    useCandidate: places.has(USE_CANDIDATE),
    integrityAt: places.get(MESSAGE_INTEGRITY),
  };
}

/** @returns whether whoever sent the message knows `password`. */
export function isSignedWith(datagram: Buffer, integrityAt: number, password: string): boolean {
  // The length that was signed ends with the integrity itself (RFC 8489, 14.5).
  const header = Buffer.from(datagram.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(integrityAt + 4 + INTEGRITY_BYTES - HEADER_BYTES, 2);
  const expected = createHmac('sha1', password)
    .update(header)
    .update(datagram.subarray(HEADER_BYTES, integrityAt))
    .digest();
  return timingSafeEqual(expected, datagram.subarray(integrityAt + 4, integrityAt + 4 + INTEGRITY_BYTES));
}

function isWholeCheck(places: ReadonlyMap<number, number>): boolean {
  const roles = Number(places.has(ICE_CONTROLLED)) + Number(places.has(ICE_CONTROLLING));
  return places.has(USERNAME) && places.has(PRIORITY) && places.has(MESSAGE_INTEGRITY) && roles === 1;
}

function usernameOf(datagram: Buffer, at: number | undefined): string | undefined {
  if (at === undefined) return undefined;
  const length = datagram.readUInt16BE(at + 2);
  return length > LONGEST_USERNAME ? undefined : datagram.toString('latin1', at + 4, at + 4 + length);
}
