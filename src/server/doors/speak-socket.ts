import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { MAX_PCM_BYTES, QUEUE_MS, SPEAK_CLOSE, speakMessageSchema, type SpeakEvent } from '../../../protocol/speak.ts';
import { bearerOf } from '../../../signaling/secret.ts';
import { refuseUpgrade } from '../../../signaling/upgrade-router.ts';
import type { Clock } from '../../base/clock.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { TokenBucket } from '../../base/token-bucket.ts';
import { controlMessageSchema } from '../../media/control/control-message.ts';
import type { DeskSession, SpeakDesk } from './speak-desk.ts';

const TEXT_MESSAGES_PER_SECOND = 50;
const MAX_TEXT_BYTES = 4096;
/** How often a full queue is looked at again. */
const ROOM_CHECK_MS = 50;
/** A program may be busy with something else for a while, and the session waits for it anyway. */
const PING_MS = 15_000;
/** Events that a program does not read; past it the socket is broken. */
const MAX_BUFFERED_BYTES = 1_000_000;
/** What a peer gets to answer a close; ws itself would wait 30 s. */
const CLOSE_WITHIN_MS = 1000;
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

function serve(socket: WebSocket, session: DeskSession, clock: Clock): void {
  const { speech } = session;
  const rate = new TokenBucket(TEXT_MESSAGES_PER_SECOND, TEXT_MESSAGES_PER_SECOND);
  let isClosing = false;
  let isAlive = true;
  const send = (event: SpeakEvent): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
    else socket.send(JSON.stringify(event));
  };
  const close = (code: number, reason: string): void => {
    isClosing = true;
    // A socket that is not read would not hear the answer to its close.
    socket.resume();
    closeSoon(socket, code, reason);
  };
  const leave = session.attach({
    onEvent: send,
    onGone: (why, reason) => {
      close(SPEAK_CLOSE[why], reason.slice(0, 100));
    },
  });
  const waitForRoom = setInterval(() => {
    if (socket.isPaused && speech.hasRoom) socket.resume();
  }, ROOM_CHECK_MS);
  const ping = setInterval(() => {
    // While the queue is full nothing is read, not even the answer to a ping.
    if (!isAlive && !socket.isPaused) socket.terminate();
    isAlive = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, PING_MS);
  socket.on('pong', () => {
    isAlive = true;
  });
  // A broken frame or one that is too large: ws closes the socket itself, with 1002, 1007 or 1009.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(waitForRoom);
    clearInterval(ping);
    leave();
  });
  socket.on('message', (bytes: RawData, isBinary) => {
    isAlive = true;
    if (isClosing) return;
    if (isBinary) {
      speech.push(bytesOf(bytes));
      if (!speech.hasRoom) socket.pause();
    } else if (!rate.take(clock.now())) close(SPEAK_CLOSE.flooding, 'Too many text messages');
    else obey(bytesOf(bytes), session, send);
  });
  const { sampleRateHz } = session.wish;
  send({ type: 'ready', sessionId: session.id, sampleRateHz, queueMs: QUEUE_MS });
}

function obey(bytes: Uint8Array, { participant, speech }: DeskSession, send: (event: SpeakEvent) => void): void {
  const message = bytes.length > MAX_TEXT_BYTES ? undefined : parseJson(bytes);
  const spoken = speakMessageSchema.safeParse(message);
  if (spoken.success) {
    if (spoken.data.type === 'clear') speech.clear();
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

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Closes a socket, whether its peer answers or not. */
function closeSoon(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  const late = setTimeout(() => {
    socket.terminate();
  }, CLOSE_WITHIN_MS);
  socket.once('close', () => {
    clearTimeout(late);
  });
}
