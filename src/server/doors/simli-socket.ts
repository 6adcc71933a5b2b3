import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { parseJson } from '../../../protocol/read.ts';
import { MAX_PCM_BYTES, type SpeakEvent } from '../../../protocol/speak.ts';
import { refuseUpgrade } from '../../../signaling/upgrade-router.ts';
import { closeSoon, WebSockets } from '../../../signaling/web-sockets.ts';
import type { Clock } from '../../base/clock.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { AvatarPeer, Watching } from '../../peer/avatar-peer.ts';
import { PcmSocket } from './pcm-socket.ts';
import type { SimliTokens, SimliWish } from './simli-tokens.ts';
import type { DeskSession, SpeakDesk } from './speak-desk.ts';

export const SIMLI_PATH = '/compose/webrtc/p2p';

export interface SimliSocketOptions {
  readonly desk: SpeakDesk;
  readonly peer: Pick<AvatarPeer, 'watch'>;
  readonly tokens: SimliTokens;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SAMPLE_RATE_HZ = 16_000;
/** Before PCM that is to be heard at once, in place of everything that waits. */
const AT_ONCE = Buffer.from('PLAY_IMMEDIATE');
const offerSchema = z.object({ type: z.literal('offer'), sdp: z.string() });

/**
 * Simli's socket: SDP up and down as JSON, PCM of 16 kHz as binary messages, and single words. The program says `SKIP` and
 * `DONE`; it hears `ACK`, `START`, `SPEAK`, `SILENT`, `STOP` and `ERROR: …`.
 */
export class SimliSocket implements Closable {
  readonly #options: SimliSocketOptions;
  readonly #server = new WebSockets(MAX_PCM_BYTES);

  constructor(options: SimliSocketOptions) {
    this.#options = options;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const query = new URLSearchParams((request.url ?? '').split('?', 2)[1] ?? '');
    const wish = this.#options.tokens.wishOf(query.get('session_token') ?? '');
    if (wish === undefined) {
      const message = 'This session token is none, or is older than five minutes';
      refuseUpgrade(socket, '401 Unauthorized', { code: 'TOKEN_INVALID', message });
      return;
    }
    this.#server.take(request, socket, head, (open) => {
      new SimliVisit(open, wish, this.#options);
    });
  }

  close(): void {
    for (const client of this.#server.clients) closeSoon(client, 1001, 'The server is stopping');
    this.#server.close();
  }
}

/** One socket and the session that it opened. */
class SimliVisit {
  readonly #options: SimliSocketOptions;
  readonly #socket: PcmSocket;
  readonly #session: Promise<DeskSession>;
  #open: DeskSession | undefined;
  #watching: Watching | undefined;
  #leave: (() => void) | undefined;
  #idle: NodeJS.Timeout;
  #isClosed = false;

  constructor(webSocket: WebSocket, wish: SimliWish, options: SimliSocketOptions) {
    this.#options = options;
    this.#socket = new PcmSocket(webSocket, options.clock, {
      onPcm: (bytes) => {
        this.#hear(bytes);
      },
      onText: (text) => {
        this.#obey(text);
      },
      onClose: () => {
        this.#close();
      },
      onFailure: (thrown) => {
        options.logger.error('simli.failed', { message: messageOf(thrown) });
      },
      hasRoom: () => this.#open?.speech.hasRoom ?? true,
    });
    this.#idle = setTimeout(() => {
      this.#end('Nothing was said for longer than maxIdleTime');
    }, wish.idleS * 1000);
    this.#session = this.#begin(wish);
    this.#session.catch((thrown: unknown) => {
      this.#fail(thrown);
    });
  }

  async #begin(wish: SimliWish): Promise<DeskSession> {
    const session = await this.#options.desk.open({ ...wish, sampleRateHz: SAMPLE_RATE_HZ, framesPerSecond: 25 });
    this.#open = session;
    this.#leave = session.attach({
      onEvent: (event) => {
        this.#tell(event);
      },
      onGone: (_why, reason) => {
        this.#socket.send('STOP');
        this.#socket.close(1000, reason);
      },
    });
    if (this.#isClosed) this.#close();
    return session;
  }

  #tell(event: SpeakEvent): void {
    if (event.type === 'started') this.#socket.send('SPEAK');
    else if (event.type === 'finished' || event.type === 'cleared') this.#socket.send('SILENT');
  }

  #hear(bytes: Uint8Array): void {
    const speech = this.#open?.speech;
    // Sound before the answer would be heard by nobody.
    if (speech === undefined) return;
    this.#idle.refresh();
    this.#socket.send('ACK');
    const isAtOnce = AT_ONCE.equals(bytes.subarray(0, AT_ONCE.length));
    if (isAtOnce) speech.clear();
    speech.push(isAtOnce ? bytes.subarray(AT_ONCE.length) : bytes);
  }

  #obey(text: string): void {
    if (text === 'SKIP') this.#open?.speech.clear();
    else if (text === 'DONE') this.#end('The program was done');
    else {
      this.#answer(text).catch((thrown: unknown) => {
        this.#fail(thrown);
      });
    }
  }

  async #answer(text: string): Promise<void> {
    const offer = offerSchema.safeParse(parseJson(text));
    if (!offer.success)
      throw new AvatarError('SDP_UNUSABLE', 'Cannot read the message: expected an offer, SKIP or DONE');
    const { id } = await this.#session;
    const watching = await this.#options.peer.watch({
      participantId: id,
      viewerId: randomUUID(),
      offerSdp: offer.data.sdp,
      onEnd: () => undefined,
    });
    await this.#watching?.close();
    this.#watching = watching;
    if (this.#isClosed) await watching.close();
    this.#socket.send(JSON.stringify({ type: 'answer', sdp: watching.answerSdp }));
    this.#socket.send('START');
  }

  /** Clients take it for the end. */
  #fail(thrown: unknown): void {
    if (this.#isClosed) return;
    const message = thrown instanceof AvatarError ? `${thrown.code} ${thrown.message}` : 'INTERNAL';
    if (!(thrown instanceof AvatarError)) this.#options.logger.error('simli.failed', { message: messageOf(thrown) });
    this.#socket.send(`ERROR: ${message}`);
    this.#end('It failed');
  }

  #end(reason: string): void {
    const open = this.#open;
    if (open === undefined) this.#socket.close(1000, reason);
    else void this.#options.desk.end(open.id, reason);
  }

  #close(): void {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    this.#leave?.();
    this.#leave = undefined;
    this.#watching?.close().catch(() => undefined);
    this.#watching = undefined;
    // A client that comes back opens another session.
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) void this.#options.desk.end(open.id, 'The program has left');
  }
}
