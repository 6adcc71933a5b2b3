import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';

/** Where datagrams go. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** UDP to one address. Whether anybody listens there cannot be known. */
export class Datagrams implements Closable {
  readonly #socket: Socket;
  readonly #address: string;
  readonly #port: number;

  private constructor(socket: Socket, address: string, port: number) {
    this.#socket = socket;
    this.#address = address;
    this.#port = port;
    // Failures come with what was sent.
    socket.on('error', () => undefined);
  }

  /** @throws AvatarError `OUTPUT_FAILED` for a host that is not known. */
  static async open({ host, port }: Target): Promise<Datagrams> {
    try {
      const { address, family } = await lookup(host);
      return new Datagrams(createSocket(family === 6 ? 'udp6' : 'udp4'), address, port);
    } catch (cause) {
      throw new AvatarError('OUTPUT_FAILED', `Cannot find ${host}: ${messageOf(cause)}.`, { cause });
    }
  }

  /** @throws AvatarError `OUTPUT_FAILED` when this machine cannot send. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, this.#port, this.#address, (failure) => {
        if (failure === null) resolve();
        else reject(new AvatarError('OUTPUT_FAILED', `Cannot send to ${this.#address}: ${failure.message}.`));
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) =>
      this.#socket.close(() => {
        resolve();
      }),
    );
  }
}
