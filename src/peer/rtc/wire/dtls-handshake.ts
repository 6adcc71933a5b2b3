/** Messages that a client sends (RFC 5246, 7.4). */
export const HANDSHAKE_TYPE = {
  clientHello: 1,
  certificate: 11,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** A header of RFC 6347, 4.2.2, without its sequence number. */
export interface HandshakeFragment {
  readonly type: number;
  /** Of the whole message, bytes. */
  readonly length: number;
  readonly offset: number;
  readonly fragmentLength: number;
}

const HEADER_BYTES = 12;
/** Browsers' certificates take 300 bytes, a chain of RSA 4096 takes 6 kB. */
export const LONGEST_HANDSHAKE_BYTES = 16_384;
const FINISHED_BYTES = 12;
const SHORTEST_HELLO_BYTES = 41;

/** @returns whether a fragment lies inside its message, and the message is one that a client sends. */
export function isFragmentOfClient({ type, length, offset, fragmentLength }: HandshakeFragment): boolean {
  const known = Object.values(HANDSHAKE_TYPE).some((each) => each === type);
  return known && length <= LONGEST_HANDSHAKE_BYTES && offset + fragmentLength <= length;
}

/** @returns the fragments of a plaintext record, or `undefined` where any of them is not one. */
export function readHandshakeFragments(body: Buffer): HandshakeFragment[] | undefined {
  const fragments: HandshakeFragment[] = [];
  for (let at = 0; at < body.length;) {
    if (at + HEADER_BYTES > body.length) return undefined;
    const fragment = {
      type: body.readUInt8(at),
      length: body.readUIntBE(at + 1, 3),
      offset: body.readUIntBE(at + 6, 3),
      fragmentLength: body.readUIntBE(at + 9, 3),
    };
    at += HEADER_BYTES + fragment.fragmentLength;
    if (at > body.length || !isFragmentOfClient(fragment)) return undefined;
    fragments.push(fragment);
  }
  return fragments.length === 0 ? undefined : fragments;
}

/** @returns whether a whole message has the lengths that its type prescribes, each inside its container. */
export function isHandshakeBody(type: number, body: Buffer): boolean {
  switch (type) {
    case HANDSHAKE_TYPE.clientHello:
      return isClientHello(body);
    case HANDSHAKE_TYPE.certificate:
      return isCertificate(body);
    case HANDSHAKE_TYPE.certificateVerify:
      return body.length > 4 && body.readUInt16BE(2) === body.length - 4;
    case HANDSHAKE_TYPE.clientKeyExchange:
      return body.length > 1 && body.readUInt8(0) === body.length - 1;
    case HANDSHAKE_TYPE.finished:
      return body.length === FINISHED_BYTES;
    default:
      return false;
  }
}

/** Version, random, session, cookie, cipher suites, compression methods, extensions (RFC 6347, 4.2.1). */
function isClientHello(body: Buffer): boolean {
  if (body.length < SHORTEST_HELLO_BYTES || body.length > LONGEST_HANDSHAKE_BYTES) return false;
  let at = 34;
  for (const [lengthBytes, unit] of [
    [1, 1],
    [1, 1],
    [2, 2],
    [1, 1],
  ] as const) {
    if (at + lengthBytes > body.length) return false;
    const length = body.readUIntBE(at, lengthBytes);
    if (length % unit !== 0) return false;
    at += lengthBytes + length;
  }
  return at + 2 <= body.length && body.readUInt16BE(at) === body.length - at - 2 && areExtensions(body, at + 2);
}

function areExtensions(body: Buffer, from: number): boolean {
  const seen = new Set<number>();
  let at = from;
  while (at + 4 <= body.length) {
    const type = body.readUInt16BE(at);
    if (seen.has(type)) return false;
    seen.add(type);
    at += 4 + body.readUInt16BE(at + 2);
  }
  return at === body.length;
}

/** A list of certificates (RFC 5246, 7.4.2), of which a page has at least one. */
function isCertificate(body: Buffer): boolean {
  if (body.length < 6 || body.readUIntBE(0, 3) !== body.length - 3) return false;
  let at = 3;
  while (at + 3 <= body.length) {
    const length = body.readUIntBE(at, 3);
    if (length === 0) return false;
    at += 3 + length;
  }
  return at === body.length;
}
