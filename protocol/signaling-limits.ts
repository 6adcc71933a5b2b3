/**
 * The signaling socket. A text frame is one JSON object, told apart by `type`. Callers (pages;
 * `caller.ts`) and avatar peers (processes that draw; `avatar.ts`) speak to the server; the server carries messages
 * between them and knows no media. A socket's first message is `hello` or `register` with the protocol's version; a
 * server that does not speak that version says which one it does.
 *
 * Adding an optional member or a new kind of message keeps the version. The server answers a kind that it does not know
 * with the error `MESSAGE_UNKNOWN`, and clients ignore such a kind.
 */
export const PROTOCOL_VERSION = 1;

/** A frame larger than this closes the socket with 1009. A four-person offer is about 12 kB. */
export const MAX_MESSAGE_BYTES = 65_536;

/** Close codes of the private range (RFC 6455, 7.4.2); 1009 is the standard's own "too big". */
export const CLOSE = {
  badMessage: 4400,
  unauthorised: 4401,
  silent: 4408,
  replaced: 4409,
  flooding: 4429,
  draining: 4503,
} as const;

/** A client that lost the socket closes with this, so that the server keeps its place in the room. */
export const CLOSE_BROKEN = 4000;
/** After these a client does not connect again. */
export const CLOSE_FINAL: readonly number[] = [CLOSE.badMessage, CLOSE.unauthorised, CLOSE.replaced];
