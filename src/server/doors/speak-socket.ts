import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { MAX_PCM_BYTES, QUEUE_MS, SPEAK_CLOSE, speakMessageSchema, type SpeakEvent } from '../../../protocol/speak.ts';
import { bearerOf } from '../../../signaling/secret.ts';
import { refuseUpgrade } from '../../../signaling/upgrade-router.ts';
import type { Clock } from '../../base/clock.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { controlMessageSchema } from '../../../protocol/control.ts';
import { closeSoon, PcmSocket } from './pcm-socket.ts';
import type { DeskSession, SpeakDesk } from './speak-desk.ts';

/** Controls that belong to a microphone or to a page, and would only confuse a session. */
const NOT_FOR_PROGRAMS = new Set(['mute', 'interrupt', 'resume', 'lip-clarity', 'coefficients']);

/** PCM over a WebSocket: `protocol/speak.ts` says what travels. */
export class SpeakSocket implements Closable {
  readonly #desk: SpeakDesk;
  readonly #clock: Clock;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_PCM_BYTES, perMessageDeflate: false });

  constructor(desk: SpeakDesk, clock: Clock) {
    this.#desk = desk;
    this.#clock = clock;
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
    this.#server.handleUpgrade(request, socket, head, (open) => {
      serve(open, session, this.#clock);
    });
  }

  close(): void {
    for (const client of this.#server.clients) closeSoon(client, 1001, 'The server is stopping');
    this.#server.close();
  }
}

function serve(webSocket: WebSocket, session: DeskSession, clock: Clock): void {
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
}

function obey(text: string, { participant, speech }: DeskSession, send: (event: SpeakEvent) => void): void {
  const message = parseJson(text);
  const spoken = speakMessageSchema.safeParse(message);
  if (spoken.success) {
    if (spoken.data.type === 'clear') speech.clear(spoken.data.id);
    else speech.end();
    return;
  }
  const control = controlMessageSchema.safeParse(message);
  if (control.success && !NOT_FOR_PROGRAMS.has(control.data.type)) {
    participant.control(control.data);
    return;
  }
  const problem = control.success ? 'it is for pages' : (control.error.issues[0]?.message ?? 'not understood');
  send({ type: 'error', code: 'MESSAGE_INVALID', message: `Cannot read the message: ${problem.slice(0, 200)}` });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
