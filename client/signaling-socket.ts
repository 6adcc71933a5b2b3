import type { CallerMessage, ToCaller } from '../protocol/caller.ts';
import { CLOSE_BROKEN, CLOSE_FINAL, PROTOCOL_VERSION } from '../protocol/signaling-limits.ts';

/** What is used of a `WebSocket`: a browser's, or that of the package `ws`. */
export interface ClientSocket {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}
export type OpenSocket = (url: string) => ClientSocket;

export interface SignalingEvents {
  onMessage(message: ToCaller): void;
  /** The socket broke; it is being opened again. */
  onBroken(): void;
  /** The server sent us away: opening again is of no use. */
  onRefused(code: string, message: string): void;
}

type Timer = ReturnType<typeof setTimeout>;
type Hello = Extract<CallerMessage, { type: 'hello' }>;

const OPEN = 1;
const RETRY_FIRST_MS = 200;
const RETRY_LONGEST_MS = 4000;
const CLOSE_WITHIN_MS = 1000;
const BEAT_MS = 2000;
/** Two heartbeats that were not answered. */
const SILENCE_LIMIT_MS = 4500;

/** Browsers tell when the network is back; Node does not. */
const network: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> | undefined =
  'addEventListener' in globalThis ? globalThis : undefined;

/** The socket to the signaling server. It sends `hello` and heartbeats, and connects again with its resume token when it breaks. */
export class SignalingSocket {
  readonly #url: string;
  readonly #open: OpenSocket;
  readonly #token: string | undefined;
  readonly #events: SignalingEvents;
  #socket: ClientSocket | undefined;
  #resume: string | undefined;
  #unsent: CallerMessage[] = [];
  #attempts = 0;
  #heardAt = 0;
  #beat: Timer | undefined;
  #retry: Timer | undefined;
  /** Schemas are fetched while the socket opens: a page makes its offer without them. */
  readonly #incoming = import('./incoming.ts');
  /** What came is read in order. */
  #reading: Promise<void> = Promise.resolve();
  #closed = false;
  #refusal: { readonly code: string; readonly message: string } | undefined;

  constructor(url: string, token: string | undefined, open: OpenSocket, events: SignalingEvents) {
    this.#url = url;
    this.#open = open;
    this.#token = token;
    this.#events = events;
    network?.addEventListener('online', this.#onOnline);
    network?.addEventListener('offline', this.#onOffline);
    this.#connect();
  }

  /** Says it now, or as soon as there is a socket. */
  send(message: CallerMessage): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(message));
    else this.#unsent.push(message);
  }

  /** Forgets what was to be said: it belonged to a connection that is no more. */
  dropUnsent(): void {
    this.#unsent = [];
  }

  /** @returns when the server has heard it, or after a second. */
  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#beat);
    network?.removeEventListener('online', this.#onOnline);
    network?.removeEventListener('offline', this.#onOffline);
    const socket = this.#socket;
    if (socket === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(resolve, CLOSE_WITHIN_MS);
      socket.addEventListener('close', () => {
        clearTimeout(late);
        resolve();
      });
      socket.close(1000);
    });
  }

  readonly #onOnline = (): void => {
    if (this.#socket?.readyState !== OPEN) this.#connect();
  };

  readonly #onOffline = (): void => {
    this.#socket?.close(CLOSE_BROKEN);
  };

  #connect(): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    const socket = this.#open(this.#url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#heardAt = performance.now();
      const hello: Hello = { type: 'hello', version: PROTOCOL_VERSION };
      if (this.#token !== undefined) hello.token = this.#token;
      if (this.#resume !== undefined) hello.resume = this.#resume;
      socket.send(JSON.stringify(hello));
      for (const message of this.#unsent.splice(0)) this.send(message);
      clearInterval(this.#beat);
      this.#beat = setInterval(() => {
        if (performance.now() - this.#heardAt > SILENCE_LIMIT_MS) this.#lost(socket);
        else this.send({ type: 'heartbeat' });
      }, BEAT_MS);
    });
    socket.addEventListener('message', ({ data }) => {
      this.#heardAt = performance.now();
      this.#inTurn(socket, async () => {
        const message = typeof data === 'string' ? (await this.#incoming).readSignaling(data) : undefined;
        if (message !== undefined) this.#hear(message);
      });
    });
    socket.addEventListener('close', ({ code, reason }) => {
      this.#inTurn(socket, () => {
        this.#closeCame(socket, code, reason);
      });
    });
  }

  /** What a socket says counts until another has taken its place. */
  #inTurn(socket: ClientSocket, act: () => void | Promise<void>): void {
    this.#reading = this.#reading
      .then(() => (this.#socket === socket ? act() : undefined))
      .catch(() => {
        this.#lost(socket);
      });
  }

  #closeCame(socket: ClientSocket, code: number, reason: string): void {
    if (CLOSE_FINAL.includes(code)) {
      void this.close();
      this.#events.onRefused(this.#refusal?.code ?? 'SIGNALING_REFUSED', this.#refusal?.message ?? reason);
    } else this.#lost(socket);
  }

  #hear(message: ToCaller): void {
    if (message.type === 'welcome') {
      this.#attempts = 0;
      this.#resume = message.resume;
    } else if (message.type === 'heartbeat') return;
    else if (message.type === 'error' && message.fatal) this.#refusal = message;
    this.#events.onMessage(message);
  }

  /** Does not wait for a close that may never be confirmed. */
  #lost(socket: ClientSocket): void {
    if (this.#closed || this.#socket !== socket) return;
    this.#socket = undefined;
    clearInterval(this.#beat);
    socket.close(CLOSE_BROKEN);
    this.#events.onBroken();
    const waitMs = Math.min(RETRY_FIRST_MS * 2 ** this.#attempts, RETRY_LONGEST_MS);
    this.#attempts++;
    this.#retry = setTimeout(() => {
      this.#connect();
    }, waitMs);
  }
}
