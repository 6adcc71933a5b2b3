import dgram from 'node:dgram';
import { classes, Message, methods } from 'werift';

/** Where a connection listens, and the name it goes by there, from its answer. */
export function placeOf(answerSdp: string): {
  readonly port: number;
  readonly ufrag: string;
  readonly password: string;
} {
  const find = (pattern: RegExp): string => pattern.exec(answerSdp)?.[1] ?? '';
  return {
    port: Number(find(/a=candidate:\S+ \d+ udp \d+ 127\.0\.0\.1 (\d+)/i)),
    ufrag: find(/a=ice-ufrag:(\S+)/),
    password: find(/a=ice-pwd:(\S+)/),
  };
}

/** A connectivity check that nominates its way, as a page sends it. */
export function checkOf(names: { readonly ours: string; readonly theirs: string; readonly password: string }): Buffer {
  return new Message(methods.BINDING, classes.REQUEST)
    .setAttribute('USERNAME', `${names.theirs}:${names.ours}`)
    .setAttribute('PRIORITY', 1_845_501_695)
    .setAttribute('ICE-CONTROLLING', 5n)
    .setAttribute('USE-CANDIDATE', null)
    .addMessageIntegrity(Buffer.from(names.password))
    .addFingerprint().bytes;
}

/** A socket of somebody who is not the page. */
export class Stranger {
  readonly received: Buffer[] = [];
  readonly #socket: dgram.Socket;

  private constructor(socket: dgram.Socket) {
    this.#socket = socket;
    socket.on('message', (datagram) => this.received.push(datagram));
  }

  static async open(): Promise<Stranger> {
    const socket = dgram.createSocket('udp4');
    await new Promise<void>((bound) => {
      socket.bind(0, '127.0.0.1', bound);
    });
    return new Stranger(socket);
  }

  send(datagram: Buffer, port: number): Promise<void> {
    return new Promise((sent) => {
      this.#socket.send(datagram, port, '127.0.0.1', () => {
        sent();
      });
    });
  }

  async close(): Promise<void> {
    await new Promise<void>((closed) => {
      this.#socket.close(closed);
    });
  }
}
