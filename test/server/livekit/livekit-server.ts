import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** The sockets of a LiveKit server, with nothing behind them. */
export class FakeLiveKit implements AsyncDisposable {
  readonly url: string;
  readonly sockets: WebSocket[] = [];
  readonly requests: IncomingMessage[] = [];
  readonly messages: Buffer[] = [];
  readonly #close: () => Promise<void>;

  private constructor(port: number, close: () => Promise<void>) {
    this.url = `ws://127.0.0.1:${port}`;
    this.#close = close;
  }

  /** @param onOpen - what the server does when somebody connects. */
  static async open(onOpen: (socket: WebSocket, request: IncomingMessage) => void): Promise<FakeLiveKit> {
    const http = createServer((_request, response) => response.writeHead(401).end());
    const sockets = new WebSocketServer({ server: http });
    await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
    const fake = new FakeLiveKit((http.address() as AddressInfo).port, async () => {
      for (const socket of fake.sockets) socket.terminate();
      sockets.close();
      await new Promise((closed) => http.close(closed));
    });
    sockets.on('connection', (socket, request) => {
      fake.sockets.push(socket);
      fake.requests.push(request);
      socket.on('message', (data) => {
        fake.messages.push(data as Buffer);
      });
      onOpen(socket, request);
    });
    return fake;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}
