import type { CandidateInit } from '../../protocol/signaling.ts';
import { AvatarError } from '../base/errors.ts';
import type { Closable } from '../base/lifecycle.ts';
import type { MonotonicUs } from '../base/timeline.ts';
import type { Watching } from './avatar-peer.ts';
import type { Member, MemberRoom } from './member.ts';
import type { PeerFigures } from './peer-figures.ts';
import type { Connection, ConnectionEvents, IceCredentials } from './rtc/connection.ts';
import type { NtpClock } from './rtc/ntp.ts';
import { Viewer } from './viewer.ts';

/** What a spectator needs of the room that it looks into. */
interface SpectatorRoom extends Pick<MemberRoom, 'arrange' | 'hear'> {
  removeSpectator(spectator: Spectator): boolean;
}

export interface SpectatorOptions {
  readonly viewerId: string;
  readonly member: Member;
  readonly room: SpectatorRoom;
  /** Opens the connection: answers an offer, or makes one. */
  readonly connect: (events: ConnectionEvents) => Promise<Connection>;
  readonly ntp: NtpClock;
  readonly now: () => MonotonicUs;
  readonly figures: PeerFigures;
  readonly onConnected?: (() => void) | undefined;
  /** It is gone, and not because `close` was called. */
  readonly onEnd: (reason: string) => void;
  /** Something failed at what it sent. */
  readonly onFault: (reason: string) => void;
}

/** Somebody who watches one avatar and is not in its room: neither seen nor heard there. */
export class Spectator implements Watching, Closable {
  readonly viewerId: string;
  readonly member: Member;
  readonly viewer: Viewer;
  readonly #options: SpectatorOptions;
  readonly #connection: Connection;
  /** One at a time: two at once confuse the library's negotiation. */
  #negotiation: Promise<unknown> = Promise.resolve();
  #isEnded = false;

  private constructor(options: SpectatorOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
    this.viewerId = options.viewerId;
    this.member = options.member;
    this.viewer = new Viewer(options.viewerId, connection, options.ntp, options.now);
  }

  /** @throws AvatarError `SDP_UNUSABLE`, or what `connect` throws. */
  static async open(options: SpectatorOptions): Promise<Spectator> {
    const late: { spectator?: Spectator } = {};
    const events: ConnectionEvents = {
      onConnected: () => {
        late.spectator?.viewer.start();
        options.room.arrange();
        options.onConnected?.();
      },
      onClosed: (reason) => late.spectator?.end(reason),
      onAudio: () => undefined,
      onFeedback: (feedback, slot) => {
        if (late.spectator !== undefined) options.room.hear(late.spectator.viewer, feedback, slot, options.figures);
      },
      onOpen: () => undefined,
      onMessage: () => undefined,
      onText: () => undefined,
      onAbuse: (reason) => late.spectator?.end(`The connection was closed: ${reason}`),
      onDropped: (counts) => {
        options.figures.dropped(counts);
      },
      onFault: (reason) => {
        options.figures.fault();
        options.onFault(reason);
      },
    };
    const connection = await options.connect(events);
    return (late.spectator = new Spectator(options, connection));
  }

  get answerSdp(): string {
    return this.#connection.answerSdp;
  }

  /** See `Sending`. */
  sendMessage(bytes: Uint8Array): boolean {
    return this.#connection.channel?.send(bytes) === true;
  }

  get connected(): boolean {
    return this.#connection.connected;
  }

  restart(credentials: IceCredentials): Promise<string> {
    return this.#inTurn(() => {
      if (this.#isEnded) throw new AvatarError('SESSION_UNKNOWN', 'The connection is gone');
      return this.#connection.restart(credentials);
    });
  }

  addCandidate(candidate: CandidateInit): Promise<void> {
    return this.#inTurn(() => this.#connection.addCandidate(candidate));
  }

  /** Gone by itself. */
  end(reason: string): void {
    if (this.#isEnded) return;
    this.close().catch(() => undefined);
    this.#options.onEnd(reason);
  }

  async close(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.viewer.close();
    this.#options.room.removeSpectator(this);
    await this.#connection.close();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#negotiation.then(action);
    this.#negotiation = result.catch(() => undefined);
    return result;
  }
}
