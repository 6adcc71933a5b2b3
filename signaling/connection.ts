import type { WebSocket } from 'ws';

import { BoundedQueue } from '../src/base/bounded-queue.ts';
import { advance, US_PER_S, type MonotonicUs } from '../src/base/timeline.ts';
import { unreadEvent, type Read } from '../protocol/read.ts';
import { CLOSE, MAX_MESSAGE_BYTES } from '../protocol/signaling-limits.ts';
import type { SignalingErrorCode } from '../protocol/signaling.ts';
import type { ToAvatar } from '../protocol/avatar.ts';
import type { ToCaller } from '../protocol/caller.ts';
import { closeSoon } from './web-sockets.ts';

/** More than a page sends while it connects (an offer and some dozen candidates). */
const QUEUE_CAPACITY = 128;
/** A page that sends rubbish now and then hears about it; one that does nothing else is closed. */
const MISTAKES_ALLOWED = 10;
/** Answers that wait in a slow socket; past it the peer is taken for vanished. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** Three pings of 1.5 s: a vanished peer is noticed within 5 s. */
export const PING_INTERVAL_US = 1.5 * US_PER_S;
const SILENCE_LIMIT_US = 4.4 * US_PER_S;
const FAREWELL_MS = 5000;

export interface ConnectionEvents {
  /** Called for one frame at a time: the next waits until the promise settles. */
  onText(text: string): Promise<void>;
  onClose(code: number): void;
}

/** One signaling socket: frames in order and one at a time, limits, liveness. */
export class Connection {
  readonly id: string;
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #queue = new BoundedQueue<string>('signaling_messages', QUEUE_CAPACITY, 'refuse');
  #busy = false;
  #mistakes = 0;
  #isOver = false;
  #heardAt: MonotonicUs;
  #events: ConnectionEvents | undefined;

  constructor(id: string, address: string, socket: WebSocket, now: MonotonicUs) {
    this.id = id;
    this.address = address;
    this.#socket = socket;
    this.#heardAt = now;
  }

  start(events: ConnectionEvents, now: () => MonotonicUs): void {
    this.#events = events;
    this.#socket.on('message', (bytes: Buffer, isBinary) => {
      if (this.#isOver) return;
      this.#heardAt = now();
      if (isBinary)
        this.#refuse('MESSAGE_INVALID', 'Cannot read a binary frame: the protocol is JSON text', CLOSE.badMessage);
      else if (bytes.length > MAX_MESSAGE_BYTES) {
        const sentence = `Cannot take a message of ${bytes.length} bytes: the limit is ${MAX_MESSAGE_BYTES}`;
        this.#refuse('MESSAGE_TOO_LARGE', sentence, 1009);
      } else if (!this.#queue.push(bytes.toString('utf8'))) this.flooding();
      else void this.#drain();
    });
    this.#socket.on('pong', () => {
      this.#heardAt = now();
    });
    // `ws` reports a broken frame here and then closes the socket itself, with 1002, 1007 or 1009.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', (code) => {
      this.#queue.clear();
      events.onClose(code);
    });
  }

  send(message: ToCaller | ToAvatar): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(message));
  }

  /** Tells what is wrong and goes on, up to a limit of mistakes. */
  mistake(code: SignalingErrorCode, message: string): void {
    this.#mistakes++;
    if (this.#mistakes > MISTAKES_ALLOWED) this.#refuse(code, message, CLOSE.badMessage);
    else this.send({ type: 'error', code, message, fatal: false });
  }

  /**
   * Answers a message that could not be read.
   * @param greeted - whether the client said its version: then a kind that only newer clients send is no mistake of its.
   */
  unread(read: Exclude<Read<never>, { readonly kind: 'message' }>, greeted: boolean): void {
    const answer = unreadEvent(read);
    if (read.kind === 'invalid' || !greeted) this.mistake('MESSAGE_INVALID', answer.message);
    else this.send({ ...answer, fatal: false });
  }

  /** Tells what is wrong and closes. */
  fail(code: SignalingErrorCode, message: string, closeCode: number): void {
    this.#refuse(code, message, closeCode);
  }

  flooding(): void {
    this.#refuse('RATE_EXCEEDED', 'Too many messages: slow down and connect again', CLOSE.flooding);
  }

  /**
   * Pings, and gives up on a socket that has been silent.
   * @param standstillUs - of the time since the last look, how long this process could hear nobody.
   */
  watch(now: MonotonicUs, standstillUs: number): void {
    this.#heardAt = advance(this.#heardAt, standstillUs);
    if (now >= advance(this.#heardAt, SILENCE_LIMIT_US)) this.#socket.terminate();
    else if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  /** What still comes is not heard, and whoever does not answer the farewell is cut off. */
  close(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#queue.clear();
    closeSoon(this.#socket, code, reason.slice(0, 120), FAREWELL_MS);
  }

  /** Breaks the socket without a farewell. */
  terminate(): void {
    this.#socket.terminate();
  }

  #refuse(code: SignalingErrorCode, message: string, closeCode: number): void {
    this.send({ type: 'error', code, message, fatal: true });
    this.close(closeCode, message);
  }

  async #drain(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift()) {
      await this.#events?.onText(text);
    }
    this.#busy = false;
  }
}
