import type { IncomingMessage } from 'node:http';

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether the page behind an upgrade may connect: one of the server's own host, or of a named origin. A request without
 * `Origin` comes from a program, which could claim any origin and shows a token or a secret instead.
 * @param onlyLoopback - refuse a `Host` that is not this machine's: rooms open on loopback must not open to a web page
 * whose name was pointed at 127.0.0.1 (DNS rebinding).
 */
export function isOriginAllowed(request: IncomingMessage, allowed: readonly string[], onlyLoopback: boolean): boolean {
  const { host, origin } = request.headers;
  if (origin === undefined || allowed.includes(origin)) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  const originUrl = new URL(origin);
  if (originUrl.host !== host) return false;
  return !onlyLoopback || !isLoopbackSocket(request) || LOOPBACK_HOSTS.has(originUrl.hostname);
}

/** The caller's address, for limits: never logged. */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const first = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',')[0]?.trim();
  return first ?? request.socket.remoteAddress ?? 'unknown';
}

function isLoopbackSocket(request: IncomingMessage): boolean {
  return request.socket.localAddress === '127.0.0.1' || request.socket.localAddress === '::1';
}
