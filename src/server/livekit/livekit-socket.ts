import { WebSocket } from 'ws';

const LONGEST_MESSAGE_BYTES = 1_000_000;
const HANDSHAKE_WITHIN_MS = 10_000;

/**
 * Connects to a path of a LiveKit server, whose messages are protobuf.
 * @param url - of the server, `ws:`, `wss:`, `http:` or `https:`.
 * @param token - goes into a header, where no log of the server shows it.
 */
export function openLiveKitSocket(
  url: string,
  path: string,
  token: string,
  query: Readonly<Record<string, string>> = {},
): WebSocket {
  const address = new URL(path, url.endsWith('/') ? url : `${url}/`);
  address.protocol = address.protocol.replace('http', 'ws');
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return new WebSocket(address, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: HANDSHAKE_WITHIN_MS,
    maxPayload: LONGEST_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
}

/** @returns the message, or nothing where the bytes are not one. */
export function readProtobuf<T>(type: { fromBinary(bytes: Uint8Array): T }, bytes: Uint8Array): T | undefined {
  try {
    return type.fromBinary(bytes);
  } catch {
    return undefined;
  }
}
