import type { RawData, WebSocket } from 'ws';
import { SPEAK_CLOSE } from '../../../protocol/speak.ts';
import { closeSoon } from '../../../signaling/web-sockets.ts';
import type { Clock } from '../../base/clock.ts';
import { TokenBucket } from '../../base/token-bucket.ts';

export interface PcmSocketEvents {
  /** @param bytes - belong to whoever is called. */
  onPcm(bytes: Uint8Array): void;
  onText(text: string): void;
  onClose(): void;
  /** Something here failed at a message; the socket is closed. */
  onFailure(thrown: unknown): void;
  /** Whether more PCM may come; while it may not, the socket is not read. */
  hasRoom(): boolean;
}

const TEXT_MESSAGES_PER_SECOND = 50;
/** Ten times as many as a program sends in real time, 20 ms each; more have to wait. */
const PCM_MESSAGES_PER_SECOND = 500;
const PCM_MESSAGES_AT_ONCE = 2000;
const MAX_TEXT_BYTES = 65_536;
/** How often a full queue is looked at again. */
const ROOM_CHECK_MS = 50;
/** A program may be busy with something else for a while, and the session waits for it anyway. */
const PING_MS = 15_000;
/** Events that a program does not read; past it the socket is broken. */
const MAX_BUFFERED_BYTES = 1_000_000;

/** A program's WebSocket that brings PCM: back-pressure, liveness and limits, whatever the messages mean. */
export class PcmSocket {
  readonly #socket: WebSocket;
  #isClosing = false;

  constructor(socket: WebSocket, clock: Clock, events: PcmSocketEvents) {
    this.#socket = socket;
    const rate = new TokenBucket(TEXT_MESSAGES_PER_SECOND, TEXT_MESSAGES_PER_SECOND);
    let isAlive = true;
    const pcmRate = new TokenBucket(PCM_MESSAGES_PER_SECOND, PCM_MESSAGES_AT_ONCE);
    /** Messages that had been read before the socket was paused. */
    let ahead = 0;
    const waitForRoom = setInterval(() => {
      while (ahead > 0 && pcmRate.take(clock.now())) ahead--;
      if (socket.isPaused && ahead === 0 && events.hasRoom()) socket.resume();
    }, ROOM_CHECK_MS);
    const ping = setInterval(() => {
      // While the queue is full nothing is read, not even the answer to a ping.
      if (!isAlive && !socket.isPaused) socket.terminate();
      isAlive = false;
      if (socket.readyState === socket.OPEN) socket.ping();
    }, PING_MS);
    // What is thrown from here would leave the library's reader in the middle of a frame, and be nobody's failure.
    const attempt = (act: () => void): void => {
      try {
        act();
      } catch (thrown) {
        this.close(1011, 'Something went wrong here');
        events.onFailure(thrown);
      }
    };
    socket.on('pong', () => {
      isAlive = true;
    });
    // A broken frame or one that is too large: ws closes the socket itself, with 1002, 1007 or 1009.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(waitForRoom);
      clearInterval(ping);
      events.onClose();
    });
    socket.on('message', (data: RawData, isBinary) => {
      isAlive = true;
      if (this.#isClosing) return;
      const bytes = bytesOf(data);
      if (isBinary) {
        if (!pcmRate.take(clock.now())) ahead++;
        attempt(() => {
          events.onPcm(bytes);
        });
        if (ahead > 0 || !events.hasRoom()) socket.pause();
      } else if (!rate.take(clock.now())) this.close(SPEAK_CLOSE.flooding, 'Too many text messages');
      else {
        attempt(() => {
          events.onText(bytes.length > MAX_TEXT_BYTES ? '' : Buffer.from(bytes).toString('utf8'));
        });
      }
    });
  }

  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#socket.terminate();
    else this.#socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#isClosing = true;
    closeSoon(this.#socket, code, reason.slice(0, 100));
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
