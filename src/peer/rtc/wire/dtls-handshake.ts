/** Messages of a handshake (RFC 5246, 7.4; RFC 6347, 4.2.1). */
export const HANDSHAKE_TYPE = {
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** Whose messages they are. */
export type HandshakeSide = 'client' | 'server';

const { clientHello, certificate, certificateVerify, clientKeyExchange, finished } = HANDSHAKE_TYPE;
const { serverHello, helloVerifyRequest, serverKeyExchange, certificateRequest, serverHelloDone } = HANDSHAKE_TYPE;
const MESSAGES: Readonly<Record<HandshakeSide, readonly number[]>> = {
  client: [clientHello, certificate, certificateVerify, clientKeyExchange, finished],
  server: [
    serverHello,
    helloVerifyRequest,
    certificate,
    serverKeyExchange,
    certificateRequest,
    serverHelloDone,
    finished,
  ],
};

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
const SHORTEST_SERVER_HELLO_BYTES = 38;

/** @returns whether a fragment lies inside its message, and the message is one that this side sends. */
export function isFragmentOf(
  side: HandshakeSide,
  { type, length, offset, fragmentLength }: HandshakeFragment,
): boolean {
  return MESSAGES[side].includes(type) && length <= LONGEST_HANDSHAKE_BYTES && offset + fragmentLength <= length;
}

/** @returns the fragments of a plaintext record, or `undefined` where any of them is not one. */
export function readHandshakeFragments(body: Buffer, side: HandshakeSide): HandshakeFragment[] | undefined {
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
    if (at > body.length || !isFragmentOf(side, fragment)) return undefined;
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
    case HANDSHAKE_TYPE.helloVerifyRequest:
      return body.length >= 3 && body.readUInt8(2) === body.length - 3;
    case HANDSHAKE_TYPE.serverHello:
      return isServerHello(body);
    case HANDSHAKE_TYPE.serverKeyExchange:
      return isServerKeyExchange(body);
    case HANDSHAKE_TYPE.certificateRequest:
      return isCertificateRequest(body);
    case HANDSHAKE_TYPE.serverHelloDone:
      return body.length === 0;
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
  return areExtensions(body, at);
}

/** Version, random, session, cipher suite, compression method, extensions (RFC 5246, 7.4.1.3). */
function isServerHello(body: Buffer): boolean {
  if (body.length < SHORTEST_SERVER_HELLO_BYTES || body.length > LONGEST_HANDSHAKE_BYTES) return false;
  const at = 35 + body.readUInt8(34) + 3;
  return at === body.length || areExtensions(body, at);
}

/** A named curve with its point, and the proof that the server has the certificate's key (RFC 8422, 5.4). */
function isServerKeyExchange(body: Buffer): boolean {
  if (body.length < 4) return false;
  const at = 4 + body.readUInt8(3);
  return at + 4 < body.length && body.readUInt16BE(at + 2) === body.length - at - 4;
}

/** Lists of certificate types, of signatures, and of authorities (RFC 5246, 7.4.4). */
function isCertificateRequest(body: Buffer): boolean {
  let at = 0;
  for (const lengthBytes of [1, 2, 2]) {
    if (at + lengthBytes > body.length) return false;
    at += lengthBytes + body.readUIntBE(at, lengthBytes);
  }
  return at === body.length;
}

/** @returns whether a message ends with a list of extensions, no two of one type, whose length stands at `from`. */
function areExtensions(body: Buffer, from: number): boolean {
  if (from + 2 > body.length || body.readUInt16BE(from) !== body.length - from - 2) return false;
  const seen = new Set<number>();
  let at = from + 2;
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
