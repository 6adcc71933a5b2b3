import { WebSocket } from 'ws';

import type { ToAvatar } from '../../protocol/avatar.ts';
import type { ToCaller } from '../../protocol/caller.ts';

type Message = ToCaller | ToAvatar;
type Of<T extends Message['type']> = Extract<Message, { readonly type: T }>;

/** A signaling socket for tests: what was heard waits until it is asked for. */
export class TestSocket {
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #heard: Message[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (bytes: Buffer) => {
      this.#heard.push(JSON.parse(bytes.toString()) as Message);
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<TestSocket> {
    const socket = new WebSocket(url, { headers });
    const opened = new TestSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return opened;
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  sendAll(...messages: object[]): void {
    for (const message of messages) this.send(message);
  }

  sendRaw(frame: string | Buffer): void {
    this.#socket.send(frame);
  }

  /** @returns the first message of `type` that was not asked for yet. */
  async next<T extends Message['type']>(type: T): Promise<Of<T>> {
    for (;;) {
      const index = this.#heard.findIndex((message) => message.type === type);
      if (index >= 0) return this.#heard.splice(index, 1)[0] as Of<T>;
      await new Promise<void>((resolve, reject) => {
        const giveUp = setTimeout(() => {
          reject(new Error(`No ${type} came, only: ${JSON.stringify(this.#heard)}`));
        }, 8000);
        this.#wake = () => {
          clearTimeout(giveUp);
          resolve();
        };
      });
    }
  }

  /** Messages of `type` that were not asked for yet. */
  heard(type: Message['type']): readonly Message[] {
    return this.#heard.filter((message) => message.type === type);
  }

  /** Stops answering pings, as a machine does that lost its network. */
  deafen(): void {
    this.#socket.pause();
  }

  breakOff(): void {
    this.#socket.terminate();
  }

  close(): void {
    this.#socket.close();
  }
}
