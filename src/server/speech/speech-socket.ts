import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { parseJson, readMessage, unreadEvent } from '../../../protocol/read.ts';
import { speechMessageSchema } from '../../../protocol/speech.ts';
import {
  ENTER_WITHIN_MS,
  enterSchema,
  MAX_SPEECH_MESSAGE_BYTES,
  SPEECH_CLOSE,
  type FromSpeechSocket,
} from '../../../protocol/speech-socket.ts';
import { visitorOf } from '../../../signaling/origin.ts';
import { refuseUpgrade } from '../../../signaling/upgrade-router.ts';
import { closeSoon, WebSockets } from '../../../signaling/web-sockets.ts';
import { messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { SpeechDesk } from './speech-desk.ts';
import type { SpeechSession } from './speech-session.ts';

/** Sockets that have not shown a token: of all visitors, and of one. Those that have are limited by participant. */
const MAX_STRANGERS = 200;
const MAX_STRANGERS_PER_VISITOR = 8;
const MAX_SOCKETS_PER_PARTICIPANT = 4;
const MESSAGES_PER_SECOND = 50;

/** Type-to-speak over a WebSocket, described in `docs/api.md`: the first message enters, the rest are speech messages. */
export class SpeechSocket implements Closable {
  readonly #desk: SpeechDesk;
  readonly #server = new WebSockets(MAX_SPEECH_MESSAGE_BYTES);

  readonly #trustProxy: boolean;
  /** By visitor, and by participant. */
  readonly #strangers = new Counter();
  readonly #entered = new Counter();

  constructor(desk: SpeechDesk, trustProxy: boolean) {
    this.#desk = desk;
    this.#trustProxy = trustProxy;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // The token travels inside, so a foreign page that opens a socket has nothing to say on it.
    const visitor = visitorOf(request, this.#trustProxy);
    if (this.#strangers.of(visitor) >= MAX_STRANGERS_PER_VISITOR) {
      const message = 'Too many sockets of this address have not said who they are';
      refuseUpgrade(socket, '429 Too Many Requests', { code: 'RATE_EXCEEDED', message });
      return;
    }
    if (this.#strangers.total >= MAX_STRANGERS) {
      const message = 'Too many sockets have not said who they are: try again in some seconds';
      refuseUpgrade(socket, '503 Service Unavailable', { code: 'CAPACITY_FULL', message });
      return;
    }
    this.#server.take(request, socket, head, (open) => {
      this.#serve(open, visitor);
    });
  }

  close(): void {
    for (const client of this.#server.clients) closeSoon(client, 1001, 'The server is stopping');
    this.#server.close();
  }

  #serve(socket: WebSocket, visitor: string): void {
    let session: Promise<SpeechSession> | undefined;
    let endListening: (() => void) | undefined;
    let leave = this.#strangers.add(visitor);
    let isClosing = false;
    const close = (code: number, reason: string): void => {
      isClosing = true;
      closeSoon(socket, code, reason);
    };
    let tokens = MESSAGES_PER_SECOND;
    const send = (message: FromSpeechSocket): void => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    };
    const refill = setInterval(() => {
      tokens = MESSAGES_PER_SECOND;
    }, 1000);
    const late = setTimeout(() => {
      close(SPEECH_CLOSE.unauthorised, 'Say who you are first');
    }, ENTER_WITHIN_MS);
    socket.on('error', () => {
      socket.terminate();
    });
    socket.on('close', () => {
      clearInterval(refill);
      clearTimeout(late);
      leave();
      endListening?.();
    });
    socket.on('message', (bytes: Buffer) => {
      if (isClosing) return;
      if (--tokens < 0) {
        close(SPEECH_CLOSE.flooding, 'Too many messages');
        return;
      }
      const message = parseJson(bytes.toString('utf8'));
      if (session === undefined) {
        const entering = enterSchema.safeParse(message);
        if (!entering.success) {
          close(SPEECH_CLOSE.badMessage, 'The first message is {"type":"enter","participantId":…,"token":…}');
          return;
        }
        clearTimeout(late);
        const { participantId, token } = entering.data;
        session = this.#desk.enter(participantId, token);
        session.then(
          (open) => {
            // It may have been closed while the session was opened.
            if (socket.readyState !== socket.OPEN) return;
            if (this.#entered.of(participantId) >= MAX_SOCKETS_PER_PARTICIPANT) {
              close(SPEECH_CLOSE.flooding, 'Too many sockets of this participant');
              return;
            }
            leave();
            leave = this.#entered.add(participantId);
            endListening = open.listen(send, () => {
              close(1000, 'This participant has left');
            });
            send({ type: 'entered', voices: this.#desk.voices });
          },
          (thrown: unknown) => {
            close(SPEECH_CLOSE.unauthorised, messageOf(thrown));
          },
        );
        return;
      }
      const read = readMessage(speechMessageSchema, message);
      if (read.kind !== 'message') {
        send(unreadEvent(read));
        return;
      }
      session.then(
        (open) => open.receive(read.message),
        () => undefined,
      );
    });
  }
}

/** How many there are under each name; names without any are forgotten. */
class Counter {
  readonly #counts = new Map<string, number>();
  total = 0;

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** @returns a function that takes it away again. */
  add(name: string): () => void {
    this.#change(name, 1);
    return () => {
      this.#change(name, -1);
    };
  }

  #change(name: string, by: 1 | -1): void {
    const count = this.of(name) + by;
    this.total += by;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
  }
}
