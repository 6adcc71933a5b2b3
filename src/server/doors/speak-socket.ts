import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { readText, unreadEvent } from '../../../protocol/read.ts';
import { MAX_PCM_BYTES, QUEUE_MS, SPEAK_CLOSE, toSpeakSocketSchema, type SpeakEvent } from '../../../protocol/speak.ts';
import { bearerOf } from '../../../signaling/secret.ts';
import { refuseUpgrade } from '../../../signaling/upgrade-router.ts';
import { closeSoon, WebSockets } from '../../../signaling/web-sockets.ts';
import type { Clock } from '../../base/clock.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import { PcmSocket } from './pcm-socket.ts';
import type { DeskSession, SpeakDesk } from './speak-desk.ts';

/** PCM over a WebSocket: `protocol/speak.ts` says what travels. */
export class SpeakSocket implements Closable {
  readonly #desk: SpeakDesk;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #server = new WebSockets(MAX_PCM_BYTES);

  constructor(desk: SpeakDesk, clock: Clock, logger: Logger) {
    this.#desk = desk;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The token stands in the address, because a page cannot send headers with a WebSocket; a program may send a header. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const query = new URLSearchParams((request.url ?? '').split('?', 2)[1] ?? '');
    const token = query.get('token') ?? bearerOf(request.headers) ?? '';
    let session: DeskSession;
    try {
      session = this.#desk.enter(query.get('session') ?? '', token, 'speak');
    } catch (thrown) {
      const code = thrown instanceof AvatarError ? thrown.code : 'INTERNAL';
      refuseUpgrade(socket, '401 Unauthorized', { code, message: messageOf(thrown) });
      return;
    }
    this.#server.take(request, socket, head, (open) => {
      serve(open, session, this.#clock, this.#logger);
    });
  }

  close(): void {
    for (const client of this.#server.clients) closeSoon(client, 1001, 'The server is stopping');
    this.#server.close();
  }
}

function serve(webSocket: WebSocket, session: DeskSession, clock: Clock, logger: Logger): void {
  const { speech } = session;
  const send = (event: SpeakEvent): void => {
    socket.send(JSON.stringify(event));
  };
  const socket = new PcmSocket(webSocket, clock, {
    onPcm: (bytes) => {
      speech.push(bytes);
    },
    onText: (text) => {
      obey(text, session, send);
    },
    onClose: () => {
      leave();
    },
    onFailure: (thrown) => {
      logger.error('speak.failed', { message: messageOf(thrown) });
    },
    hasRoom: () => speech.hasRoom,
  });
  const leave = session.attach({
    onEvent: send,
    onGone: (why, reason) => {
      socket.close(SPEAK_CLOSE[why], reason);
    },
  });
  const { sampleRateHz } = session.wish;
  send({ type: 'ready', sessionId: session.id, sampleRateHz, queueMs: QUEUE_MS });
  if (session.publishState !== undefined) send({ type: 'publish', ...session.publishState });
}

function obey(text: string, { participant, speech }: DeskSession, send: (event: SpeakEvent) => void): void {
  const read = readText(toSpeakSocketSchema, text);
  if (read.kind !== 'message') send(unreadEvent(read));
  else if (read.message.type === 'clear') speech.clear(read.message.id);
  else if (read.message.type === 'end') speech.end();
  else participant.control(read.message);
}
