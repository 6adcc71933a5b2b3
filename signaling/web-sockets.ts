import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock } from '../src/base/clock.ts';
import { TokenBucket } from '../src/base/token-bucket.ts';

/** RFC 6455 has every ping answered. A client that keeps a connection alive sends one in some seconds. */
const PINGS_PER_SECOND = 5;
const PINGS_AT_ONCE = 50;
/**
 * An unfinished message may have one fragment, and one chunk of received bytes, for each so many bytes of the longest message
 * that is allowed; small limits have a minimum of both.
 */
const BYTES_PER_FRAGMENT = 1024;
const BYTES_PER_CHUNK = 256;
/** What a peer gets to answer a close; the library itself would wait 30 s. */
const CLOSE_WITHIN_MS = 1000;

/** WebSockets of strangers: whatever one sends, it costs bounded memory, and others are heard between any two of its frames. */
export class WebSockets {
  readonly #server: WebSocketServer;

  /** @param maxBytes - of one message; a larger one closes its socket with 1009 before it is read. */
  constructor(maxBytes: number) {
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: maxBytes,
      perMessageDeflate: false,
      // Ten thousand frames fit into what is read at once; handled in one go, they would stop every call for a second.
      allowSynchronousEvents: false,
      maxFragments: Math.max(64, Math.ceil(maxBytes / BYTES_PER_FRAGMENT)),
      maxBufferedChunks: Math.max(1024, Math.ceil(maxBytes / BYTES_PER_CHUNK)),
      // The library answers every ping, and keeps the answers in memory for a client that does not read them.
      autoPong: false,
    });
  }

  get clients(): Iterable<WebSocket> {
    return this.#server.clients;
  }

  /** @param onOpen - given the socket, once it is one. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer, onOpen: (socket: WebSocket) => void): void {
    this.#server.handleUpgrade(request, socket, head, (open) => {
      answerPings(open);
      onOpen(open);
    });
  }

  /** No new ones; those that are open stay. */
  close(): void {
    this.#server.close();
  }
}

/**
 * Closes a socket, whether its peer answers or not.
 * @param withinMs - how long to wait for the answer before the connection is cut.
 */
export function closeSoon(socket: WebSocket, code: number, reason: string, withinMs = CLOSE_WITHIN_MS): void {
  // A socket that is not read would not hear the answer to its close.
  socket.resume();
  socket.close(code, reason);
  const late = setTimeout(() => {
    socket.terminate();
  }, withinMs);
  socket.once('close', () => {
    clearTimeout(late);
  });
}

function answerPings(socket: WebSocket): void {
  const rate = new TokenBucket(PINGS_PER_SECOND, PINGS_AT_ONCE);
  socket.on('ping', (data) => {
    if (!rate.take(systemClock.now())) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.pong(data);
  });
}
