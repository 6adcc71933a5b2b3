import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);
/** A proxy that adds one of these speaks for somebody else. */
const FORWARDING_HEADERS = [
  'cf-connecting-ip',
  'forwarded',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

/** By which names this server may be asked. */
export interface HostRules {
  /** Host names without port that the operator listed. */
  readonly names: readonly string[];
  /** Only this machine reaches the server, by its loopback names and those that are listed. */
  readonly onlyLoopback: boolean;
}

/**
 * Whether a request names this server. On loopback this keeps away web pages whose own name was pointed at 127.0.0.1
 * (DNS rebinding): a browser would let them read every answer. A server for the network takes any name unless names are
 * listed; an address is always taken there, since nobody can rebind it.
 */
export function isHostAllowed(request: IncomingMessage, { names, onlyLoopback }: HostRules): boolean {
  if (!onlyLoopback && names.length === 0) return true;
  const name = hostNameOf(request);
  if (name === undefined) return false;
  if (LOOPBACK_HOSTS.has(name) || names.includes(name)) return true;
  return !onlyLoopback && isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/**
 * Whether a request comes from a program or a page of this very machine: over loopback, by a loopback name, from no
 * foreign page and through no proxy. nginx speaks HTTP/1.0 to its upstream by default and adds no header, so that
 * version counts as a proxy.
 */
export function isFromThisMachine(request: IncomingMessage): boolean {
  const { headers, httpVersion, socket } = request;
  const name = hostNameOf(request);
  return (
    isLoopbackAddress(socket.remoteAddress) &&
    name !== undefined &&
    LOOPBACK_HOSTS.has(name) &&
    httpVersion !== '1.0' &&
    headers['sec-fetch-site'] !== 'cross-site' &&
    (headers.origin === undefined || hostOf(headers.origin) === headers.host) &&
    FORWARDING_HEADERS.every((header) => headers[header] === undefined)
  );
}

/**
 * Whether the page behind an upgrade may connect: one of the server's own host, or of a named origin. A request without
 * `Origin` comes from a program, which could claim any origin and shows a token or a secret instead.
 */
export function isOriginAllowed(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { host, origin } = request.headers;
  if (origin === undefined || allowed.includes(origin)) return true;
  return host !== undefined && hostOf(origin) === host;
}

/**
 * Who is at the other end, for limits: never logged. Behind a proxy it is the last entry of `X-Forwarded-For`, the one
 * that the proxy itself wrote; all before it are the visitor's own words. An IPv6 visitor has a whole /64 (RFC 6177).
 */
export function visitorOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)?.split(',').at(-1)?.trim();
  const address = last === undefined || last === '' ? request.socket.remoteAddress : last;
  return address === undefined ? 'unknown' : networkOf(address);
}

/** Whether an address belongs to this machine alone. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(address);
}

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address.slice(0, 64);
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').toLowerCase().split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const all = [...before, ...(tail === undefined ? [] : zeros), ...after];
  const prefix = all.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${prefix.join(':')}::/64`;
}

function hostNameOf({ headers }: IncomingMessage): string | undefined {
  const name = /^(\[[\da-f:.]+\]|[^\s:[\]]+)(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1];
  return name?.toLowerCase().replace(/\.$/, '');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
