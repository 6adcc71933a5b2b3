import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { WebSockets } from '../../signaling/web-sockets.ts';

/** One socket, both ends of it in this process. */
export async function socketPair(
  maxBytes: number,
): Promise<{ client: WebSocket; server: WebSocket; close: () => void }> {
  const sockets = new WebSockets(maxBytes);
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const arriving = new Promise<WebSocket>((resolve) => {
    http.on('upgrade', (request, socket, head) => {
      sockets.take(request, socket, head, resolve);
    });
  });
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  client.on('error', () => undefined);
  const [server] = await Promise.all([arriving, once(client, 'open')]);
  const close = (): void => {
    client.terminate();
    server.terminate();
    sockets.close();
    http.close();
  };
  return { client, server, close };
}
