import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { MAX_TYPED_CHARACTERS, speechMessageSchema } from '../../media/control/speech-message.ts';
import type { SpeechDesk } from './speech-desk.ts';
import type { SpeechSession } from './speech-session.ts';

export const SPEECH_SOCKET_PATH = '/api/speech/socket';

const enterSchema = z.object({
  type: z.literal('enter'),
  participantId: z.string().max(128),
  token: z.string().max(128),
});
/** UTF-8 takes up to three bytes a character, JSON up to six where it escapes. */
const MAX_MESSAGE_BYTES = 6 * MAX_TYPED_CHARACTERS + 4096;
const ENTER_WITHIN_MS = 5000;
const MAX_SOCKETS = 200;
const MESSAGES_PER_SECOND = 50;

/** Type-to-speak over a WebSocket, described in `docs/api.md`: the first message enters, the rest are speech messages. */
export class SpeechSocket implements Closable {
  readonly #desk: SpeechDesk;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });

  constructor(desk: SpeechDesk) {
    this.#desk = desk;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // The token travels inside, so a foreign page that opens a socket has nothing to say on it.
    if (this.#server.clients.size >= MAX_SOCKETS) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (open) => {
      this.#serve(open);
    });
  }

  close(): void {
    for (const client of this.#server.clients) client.close(1001, 'The server is stopping');
    this.#server.close();
  }

  #serve(socket: WebSocket): void {
    let session: Promise<SpeechSession> | undefined;
    let endListening: (() => void) | undefined;
    let tokens = MESSAGES_PER_SECOND;
    const send = (message: object): void => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    };
    const refill = setInterval(() => {
      tokens = MESSAGES_PER_SECOND;
    }, 1000);
    const late = setTimeout(() => {
      socket.close(4401, 'Say who you are first');
    }, ENTER_WITHIN_MS);
    socket.on('error', () => {
      socket.terminate();
    });
    socket.on('close', () => {
      clearInterval(refill);
      clearTimeout(late);
      endListening?.();
    });
    socket.on('message', (bytes) => {
      if (--tokens < 0) {
        socket.close(4429, 'Too many messages');
        return;
      }
      const message = parseJson(bytes);
      if (session === undefined) {
        const entering = enterSchema.safeParse(message);
        if (!entering.success) {
          socket.close(4400, 'The first message is {"type":"enter","participantId":…,"token":…}');
          return;
        }
        clearTimeout(late);
        session = this.#desk.enter(entering.data.participantId, entering.data.token);
        session.then(
          (open) => {
            endListening = open.listen(send);
            send({ type: 'entered', voices: this.#desk.voices });
          },
          (thrown: unknown) => {
            socket.close(4401, messageOf(thrown));
          },
        );
        return;
      }
      const parsed = speechMessageSchema.safeParse(message);
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        const reason = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`;
        send({ type: 'speech-notice', notice: 'invalid', reason });
        return;
      }
      session.then(
        (open) => open.receive(parsed.data),
        () => undefined,
      );
    });
  }
}

function parseJson(bytes: unknown): unknown {
  try {
    return JSON.parse(String(bytes));
  } catch {
    return undefined;
  }
}
