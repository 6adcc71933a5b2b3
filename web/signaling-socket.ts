import type { CallerMessage, ToCaller } from '../protocol/caller.ts';

export interface SignalingEvents {
  onMessage(message: ToCaller): void;
  /** The socket broke; it is being opened again. */
  onBroken(): void;
  /** The server sent us away: opening again is of no use. */
  onRefused(code: string, message: string): void;
}

type Hello = Extract<CallerMessage, { type: 'hello' }>;

const VERSION = 1;
const RETRY_FIRST_MS = 200;
const RETRY_LONGEST_MS = 4000;
const BEAT_MS = 2000;
/** Two heartbeats that were not answered. */
const SILENCE_LIMIT_MS = 4500;
/** Tells the server "broken, not gone": it keeps our place. */
const CLOSE_BROKEN = 4000;
const NOT_WORTH_RETRYING = new Set([4400, 4401, 4409]);

/** The socket to the signaling server: greets, beats, and comes back with its resume token when it breaks. */
export class SignalingSocket {
  readonly #url: string;
  readonly #token: string | undefined;
  readonly #events: SignalingEvents;
  #socket: WebSocket | undefined;
  #resume: string | undefined;
  #unsent: CallerMessage[] = [];
  #attempts = 0;
  #heardAt = 0;
  #beat = 0;
  #retry = 0;
  #closed = false;
  #refusal: { readonly code: string; readonly message: string } | undefined;

  constructor(url: string, token: string | undefined, events: SignalingEvents) {
    this.#url = url;
    this.#token = token;
    this.#events = events;
    addEventListener('online', this.#onOnline);
    addEventListener('offline', this.#onOffline);
    this.#connect();
  }

  /** Says it now, or as soon as there is a socket. */
  send(message: CallerMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
    else this.#unsent.push(message);
  }

  /** Forgets what was to be said: it belonged to a connection that is no more. */
  dropUnsent(): void {
    this.#unsent = [];
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#beat);
    removeEventListener('online', this.#onOnline);
    removeEventListener('offline', this.#onOffline);
    this.#socket?.close(1000);
  }

  readonly #onOnline = (): void => {
    if (this.#socket?.readyState !== WebSocket.OPEN) this.#connect();
  };

  readonly #onOffline = (): void => {
    this.#socket?.close(CLOSE_BROKEN);
  };

  #connect(): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#heardAt = performance.now();
      const hello: Hello = { type: 'hello', version: VERSION };
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
    socket.addEventListener('message', (event: MessageEvent<string>) => {
      this.#heardAt = performance.now();
      this.#hear(JSON.parse(event.data) as ToCaller);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (this.#socket !== socket) return;
      if (NOT_WORTH_RETRYING.has(code)) {
        this.close();
        this.#events.onRefused(this.#refusal?.code ?? 'SIGNALING_REFUSED', this.#refusal?.message ?? reason);
      } else this.#lost(socket);
    });
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
  #lost(socket: WebSocket): void {
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
