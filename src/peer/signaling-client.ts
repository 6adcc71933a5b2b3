import { WebSocket } from 'ws';

import { toAvatarSchema, type AvatarMessage, type ToAvatar } from '../../protocol/avatar.ts';
import { readText } from '../../protocol/read.ts';
import { PROTOCOL_VERSION } from '../../protocol/signaling-limits.ts';
import { SIGNALING_ERRORS, type SignalingErrorCode } from '../../protocol/signaling.ts';
import { AvatarError, messageOf } from '../base/errors.ts';
import type { Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/logger.ts';
import type { AvatarPeer, PeerEvent } from './avatar-peer.ts';

export interface SignalingClientOptions {
  /** `ws://127.0.0.1:8081/signaling` */
  readonly url: string;
  /** The shared secret of avatar peers, where the server wants one. */
  readonly secret: string | undefined;
  readonly peer: AvatarPeer;
  readonly logger: Logger;
  /** An invitation opens nothing any more, by the SHA-256 of its token; `expiresS` is Unix time. */
  readonly onWithdrawn?: (withdrawn: { readonly tokenId: string; readonly expiresS: number }) => void;
}

const LOAD_INTERVAL_MS = 2000;
/** A server that says nothing for three heartbeats is gone, whatever the socket believes. */
const HEARTBEAT_MS = 1500;
const SILENCE_LIMIT_MS = 4500;
const RETRY_FIRST_MS = 250;
const RETRY_LONGEST_MS = 5000;
const RETRY_FULL_S = 5;

/** Joins a signaling server as an avatar peer, serves the visits it sends, and comes back when the socket breaks. */
export class SignalingClient implements Closable {
  readonly #options: SignalingClientOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Messages about one caller are handled one at a time; callers do not wait for each other. */
  readonly #chains = new Map<string, Promise<void>>();
  /** Whom the server sent away: it need not hear that they left, and might take it for their next visit's end. */
  readonly #dismissed = new Set<string>();
  #socket: WebSocket | undefined;
  #registered = false;
  #attempts = 0;
  #heard = false;
  #silentMs = 0;
  #draining = false;
  #closed = false;

  constructor(options: SignalingClientOptions) {
    this.#options = options;
  }

  /** Connects, and goes on trying in the background. */
  open(): void {
    this.#connect();
    this.#every(LOAD_INTERVAL_MS, () => {
      this.#sendLoad();
    });
    this.#every(HEARTBEAT_MS, () => {
      this.#beat();
    });
  }

  get registered(): boolean {
    return this.#registered;
  }

  /** No new visits: placement looks elsewhere. Those here go on. */
  drain(): void {
    this.#draining = true;
    this.#sendLoad();
  }

  /** What became of a participant; give it every event of the peer. */
  push(event: PeerEvent): void {
    if (event.type === 'left' && !this.#dismissed.delete(event.participantId)) {
      const code = SIGNALING_ERRORS.find((each) => each === event.code) ?? 'SESSION_ENDED';
      this.#send({ type: 'end', peerId: event.participantId, code, message: event.reason.slice(0, 500) });
    }
    if (event.type === 'left' || event.type === 'joined') this.#sendLoad();
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#registered = false;
    this.#socket?.close(1000, 'stopping');
  }

  #connect(): void {
    if (this.#closed) return;
    const socket = new WebSocket(this.#options.url, { perMessageDeflate: false, handshakeTimeout: 5000 });
    this.#socket = socket;
    this.#silentMs = 0;
    socket.on('open', () => {
      const { capacity, active } = this.#options.peer.load;
      const { secret } = this.#options;
      this.#send({
        type: 'register',
        version: PROTOCOL_VERSION,
        capacity,
        active,
        ...(secret === undefined ? {} : { secret }),
      });
    });
    socket.on('message', (bytes: Buffer) => {
      this.#heard = true;
      const read = readText(toAvatarSchema, bytes.toString('utf8'));
      if (read.kind !== 'invalid') {
        // A kind of message that only newer servers send changes nothing.
        if (read.kind === 'message') this.#hear(read.message);
        return;
      }
      // Whoever is there speaks another protocol; perhaps not for long.
      this.#options.logger.warn('signaling.malformed');
      socket.close(1002, 'malformed');
    });
    socket.on('error', (error) => {
      this.#options.logger.debug('signaling.socket', { message: error.message });
    });
    socket.on('close', (code) => {
      if (this.#closed || this.#socket !== socket) return;
      if (this.#registered) this.#options.logger.warn('signaling.lost', { code });
      this.#registered = false;
      const waitMs = Math.min(RETRY_FIRST_MS * 2 ** this.#attempts, RETRY_LONGEST_MS);
      this.#attempts++;
      // Jitter keeps the peers of a restarted server from coming back at one instant.
      this.#after(waitMs * (0.75 + Math.random() / 2), () => {
        this.#connect();
      });
    });
  }

  #hear(message: ToAvatar): void {
    switch (message.type) {
      case 'registered':
        this.#registered = true;
        this.#attempts = 0;
        this.#options.logger.info('signaling.registered', { avatarId: message.avatarId });
        this.#sendLoad();
        return;
      case 'visit':
      case 'offer':
      case 'candidate':
      case 'gone':
        this.#inOrder(message);
        return;
      case 'withdrawn':
        this.#options.onWithdrawn?.(message);
        return;
      case 'error':
        this.#options.logger.error('signaling.refused', { code: message.code, message: message.message });
        return;
      case 'answer':
      case 'heartbeat':
        // Pages offer and this side answers; a heartbeat has done its work by arriving.
        return;
      default:
        message satisfies never;
    }
  }

  #inOrder(message: Extract<ToAvatar, { type: 'visit' | 'offer' | 'candidate' | 'gone' }>): void {
    const { peerId } = message;
    const before = this.#chains.get(peerId) ?? Promise.resolve();
    const turn = before
      .then(() => this.#serve(message))
      .catch((thrown: unknown) => {
        this.#refuse(peerId, thrown);
      })
      .finally(() => {
        if (this.#chains.get(peerId) === turn) this.#chains.delete(peerId);
      });
    this.#chains.set(peerId, turn);
  }

  async #serve(message: Extract<ToAvatar, { type: 'visit' | 'offer' | 'candidate' | 'gone' }>): Promise<void> {
    const { peer } = this.#options;
    const { peerId } = message;
    switch (message.type) {
      case 'visit': {
        const { answerSdp } = await peer.join({
          roomId: message.room,
          participantId: peerId,
          name: message.name,
          portraitId: message.portrait,
          portraitAlias: message.alias,
          ownerKey: message.owner,
          offerSdp: message.sdp,
        });
        this.#send({ type: 'answer', peerId, sdp: answerSdp });
        return;
      }
      case 'offer': {
        const { answerSdp } = await peer.offer(peerId, message.sdp);
        this.#send({ type: 'answer', peerId, sdp: answerSdp });
        return;
      }
      case 'candidate':
        await peer.candidate(peerId, message.candidate);
        return;
      case 'gone':
        if (peer.participant(peerId) !== undefined) this.#dismissed.add(peerId);
        await peer.leave(peerId, message.reason);
        return;
      default:
        message satisfies never;
    }
  }

  #refuse(peerId: string, thrown: unknown): void {
    const code = thrown instanceof AvatarError ? thrown.code : 'INTERNAL';
    this.#options.logger.warn('signaling.visit-failed', { code, message: messageOf(thrown) });
    if (code === 'CAPACITY_FULL') {
      this.#send({ type: 'full', peerId, retryAfterS: RETRY_FULL_S });
      return;
    }
    const known: SignalingErrorCode = SIGNALING_ERRORS.find((each) => each === code) ?? 'INTERNAL';
    // What went wrong inside is for the log; what the caller can act on is for the caller.
    const message = known === 'INTERNAL' ? 'The avatar could not be started' : messageOf(thrown);
    this.#send({ type: 'end', peerId, code: known, message: message.slice(0, 500) });
  }

  #beat(): void {
    this.#silentMs = this.#heard ? 0 : this.#silentMs + HEARTBEAT_MS;
    this.#heard = false;
    if (this.#silentMs >= SILENCE_LIMIT_MS) this.#socket?.terminate();
    else this.#send({ type: 'heartbeat' });
  }

  #sendLoad(): void {
    if (!this.#registered) return;
    const { capacity, active, lateRatio } = this.#options.peer.load;
    this.#send({
      type: 'load',
      capacity,
      active,
      lateRatio: Math.min(1, Math.max(0, lateRatio)),
      draining: this.#draining,
    });
  }

  #send(message: AvatarMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #every(intervalMs: number, act: () => void): void {
    const timer = setInterval(act, intervalMs);
    timer.unref();
    this.#timers.add(timer);
  }

  #after(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }
}
