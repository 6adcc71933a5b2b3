import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

import { isHostAllowed, type HostRules } from './origin.ts';

export interface UpgradeGuard {
  readonly hosts: HostRules;
  /** Hears what a handler threw; the socket it was for is closed. */
  readonly onFailure: (thrown: unknown) => void;
}

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Where the signaling socket is. */
export const SIGNALING_PATH = '/signaling';

/**
 * Gives the WebSocket upgrades of one HTTP server to whoever owns their path, and refuses all other paths. Node takes
 * its own listeners off an upgraded socket, so a reset would end the process without the listener that is added here.
 */
export function routeUpgrades(
  server: Server,
  handlers: ReadonlyMap<string, UpgradeHandler>,
  { hosts, onFailure }: UpgradeGuard,
): void {
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const handler = handlers.get(pathOf(request));
    if (!isHostAllowed(request, hosts)) {
      refuseUpgrade(socket, '403 Forbidden', { code: 'HOST_REFUSED', message: 'This server has another name' });
      return;
    }
    if (handler === undefined) {
      refuseUpgrade(socket, '404 Not Found', { code: 'NOT_FOUND', message: 'There is no socket at this address' });
      return;
    }
    try {
      handler(request, socket, head);
    } catch (thrown) {
      socket.destroy();
      onFailure(thrown);
    }
  });
}

/** The path of a request as it was sent. The target may be anything, so it is not parsed as a URL, which can throw. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/**
 * Answers an upgrade with an HTTP status and closes the socket. A socket of an HTTP server may stay half open for ever,
 * so it is destroyed once the answer is written.
 * @param status - as in `403 Forbidden`.
 */
export function refuseUpgrade(
  socket: Duplex,
  status: string,
  error: { readonly code: string; readonly message: string },
): void {
  const body = JSON.stringify({ error });
  const headers = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`);
}
