import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import type { Clock } from '../src/base/clock.ts';
import { messageOf } from '../src/base/errors.ts';
import type { Closable } from '../src/base/lifecycle.ts';
import { Standstill } from '../src/base/standstill.ts';
import { US_PER_MS } from '../src/base/timeline.ts';
import { randomId } from './callers.ts';
import { Connection, PING_INTERVAL_US } from './connection.ts';
import { Exchange, type Speaker } from './exchange.ts';
import { isOriginAllowed, visitorOf } from './origin.ts';
import { CLOSE, MAX_MESSAGE_BYTES } from '../protocol/signaling-limits.ts';
import type { SignalingOptions } from './options.ts';
import { refuseUpgrade } from './upgrade-router.ts';
import { WebSockets } from './web-sockets.ts';

const FAREWELL_LIMIT_MS = 500;
const FAREWELL_POLL_MS = 10;
const HELLO_LIMIT_MS = 10_000;

/**
 * The sockets of signaling: who may open one, how many, and how long they live. It owns no HTTP server: whoever does hands it
 * the upgrades of its path.
 */
export class SignalingServer implements Closable {
  readonly #options: SignalingOptions;
  /** A little over the limit still gets a sentence. */
  readonly #sockets = new WebSockets(MAX_MESSAGE_BYTES * 4);
  readonly #exchange: Exchange;
  readonly #connections = new Set<Connection>();
  readonly #perAddress = new Map<string, number>();
  readonly #watch: NodeJS.Timeout;
  readonly #standstill: Standstill;
  #draining = false;

  constructor(options: SignalingOptions) {
    this.#options = options;
    this.#exchange = new Exchange(options);
    this.#standstill = new Standstill(PING_INTERVAL_US, options.clock.now());
    this.#watch = setInterval(() => {
      this.#tick();
    }, PING_INTERVAL_US / US_PER_MS);
    this.#watch.unref();
  }

  /** For gauges: what is here now. */
  get counts(): {
    readonly rooms: number;
    readonly callers: number;
    readonly avatars: number;
    readonly waiting: number;
  } {
    return this.#exchange.counts;
  }

  /** Takes an HTTP upgrade of the signaling path, or refuses it with a status that says why. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { allowedOrigins, limits, log, trustProxy } = this.#options;
    const address = visitorOf(request, trustProxy);
    const refuse = (status: string, message: string): void => {
      refuseUpgrade(socket, status, { code: 'SIGNALING_REFUSED', message });
    };
    if (!isOriginAllowed(request, allowedOrigins)) {
      log.warn('signaling.refused', { reason: 'origin' });
      refuse('403 Forbidden', 'This page may not use this server');
    } else if (this.#draining) {
      refuse('503 Service Unavailable', 'The server is stopping');
    } else if ((this.#perAddress.get(address) ?? 0) >= limits.socketsPerAddress) {
      log.warn('signaling.refused', { reason: 'sockets' });
      refuse('429 Too Many Requests', 'Too many connections from one address');
    } else {
      this.#sockets.take(request, socket, head, (webSocket) => {
        this.#open(webSocket, address);
      });
    }
  }

  /** No new callers; those here keep their calls. */
  drain(): void {
    this.#draining = true;
    this.#exchange.drain();
  }

  /** Says farewell on every socket, and breaks those that do not answer it. */
  async close(reason = 'The server is stopping'): Promise<void> {
    this.drain();
    clearInterval(this.#watch);
    this.#sockets.close();
    for (const connection of this.#connections) connection.close(CLOSE.draining, reason);
    for (let waited = 0; this.#connections.size > 0 && waited < FAREWELL_LIMIT_MS; waited += FAREWELL_POLL_MS) {
      await new Promise((later) => setTimeout(later, FAREWELL_POLL_MS));
    }
    for (const connection of this.#connections) connection.terminate();
  }

  #open(webSocket: WebSocket, address: string): void {
    const now = (): ReturnType<Clock['now']> => this.#options.clock.now();
    const connection = new Connection(randomId(), address, webSocket, now());
    this.#connections.add(connection);
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    const speaker: Speaker = { kind: 'new', caller: undefined };
    const tooLate = setTimeout(() => {
      if (speaker.kind === 'new')
        connection.fail('MESSAGE_INVALID', 'Nothing was said: begin with hello', CLOSE.silent);
    }, HELLO_LIMIT_MS);
    connection.start(
      {
        onText: async (text) => {
          try {
            await this.#exchange.hear(connection, speaker, text);
          } catch (thrown) {
            this.#options.log.error('signaling.failed', { message: messageOf(thrown) });
            connection.fail('INTERNAL', 'Something went wrong here; connect again', 1011);
          }
        },
        onClose: (code) => {
          clearTimeout(tooLate);
          this.#connections.delete(connection);
          const left = (this.#perAddress.get(address) ?? 1) - 1;
          if (left === 0) this.#perAddress.delete(address);
          else this.#perAddress.set(address, left);
          this.#exchange.closed(connection, speaker, code);
        },
      },
      now,
    );
  }

  #tick(): void {
    const now = this.#options.clock.now();
    const standstillUs = this.#standstill.take(now);
    for (const connection of this.#connections) connection.watch(now, standstillUs);
    this.#exchange.expire(now, standstillUs);
  }
}
