import { RateLimiterMemory } from 'rate-limiter-flexible';

import type { MonotonicUs } from '../src/base/timeline.ts';
import { Avatars } from './avatars.ts';
import { Callers, type Caller } from './callers.ts';
import type { Connection } from './connection.ts';
import type { SignalingOptions } from './options.ts';
import { avatarMessageSchema, speaksAsAvatar } from '../protocol/avatar.ts';
import { callerMessageSchema, type CallerMessage } from '../protocol/caller.ts';
import { readText } from '../protocol/read.ts';
import { CLOSE, PROTOCOL_VERSION } from '../protocol/signaling-limits.ts';
import type { Effect } from './room-record.ts';
import { Rooms } from './room.ts';
import { MemoryRoomStore } from './store/memory.ts';
import { WithdrawnTokens } from './withdrawn-tokens.ts';

const HEARTBEAT_MS = 5000;

/** Whoever is at the other end of a socket; decided by its first message. */
export interface Speaker {
  kind: 'new' | 'caller' | 'avatar';
  caller: Caller | undefined;
}

/** Who says what to whom: every message that comes on a socket, carried to the rooms, and what the rooms want sent. */
export class Exchange {
  readonly #options: SignalingOptions;
  readonly #rooms: Rooms;
  readonly #callers: Callers;
  readonly #avatars: Avatars;
  readonly #withdrawn = new WithdrawnTokens();
  readonly #messageRate: RateLimiterMemory;
  #draining = false;

  constructor(options: SignalingOptions) {
    this.#options = options;
    this.#rooms = new Rooms(options.store ?? new MemoryRoomStore(), options.limits);
    this.#callers = new Callers(options, this.#withdrawn);
    this.#avatars = new Avatars(options, this.#rooms, this.#withdrawn, {
      onEffects: (effects) => {
        this.#apply(effects);
      },
      onEnded: ({ peerId, code, message }) => {
        if (code === 'ENDED_BY_OPERATOR') this.#sendAway(peerId, message);
        // A caller whose socket broke before is out of its room now, and nothing else would ever forget it.
        else if (this.#callers.get(peerId)?.connection === undefined) this.#forget(peerId, 'ended');
      },
    });
    // A bucket of five seconds lets the burst of a connection set-up through.
    this.#messageRate = new RateLimiterMemory({ points: options.limits.messagesPerSecond * 5, duration: 5 });
  }

  /** What is here now. */
  get counts() {
    return {
      rooms: this.#rooms.roomCount,
      callers: this.#callers.size,
      avatars: this.#rooms.avatarCount,
      waiting: this.#rooms.waitingCount,
    };
  }

  /** No new callers; those here keep their calls. */
  drain(): void {
    this.#draining = true;
  }

  /** One frame; the first decides who speaks on the socket. */
  async hear(connection: Connection, speaker: Speaker, text: string): Promise<void> {
    if (speaker.kind === 'avatar' || (speaker.kind === 'new' && speaksAsAvatar(text))) {
      const read = readText(avatarMessageSchema, text);
      if (read.kind !== 'message') connection.unread(read, speaker.kind !== 'new');
      else if (read.message.type !== 'register') {
        if (speaker.kind === 'avatar') this.#avatars.hear(connection, read.message);
      } else if (this.#avatars.register(connection, read.message)) speaker.kind = 'avatar';
      return;
    }
    try {
      await this.#messageRate.consume(connection.id);
    } catch {
      connection.flooding();
      return;
    }
    const read = readText(callerMessageSchema, text);
    if (read.kind === 'message') await this.#hearCaller(connection, speaker, read.message);
    else connection.unread(read, speaker.kind !== 'new');
  }

  async #hearCaller(connection: Connection, speaker: Speaker, message: CallerMessage): Promise<void> {
    if (message.type === 'hello') {
      if (speaker.kind === 'new') await this.#greet(connection, speaker, message);
      else connection.mistake('MESSAGE_INVALID', 'Cannot greet twice on one socket');
      return;
    }
    const { caller } = speaker;
    if (caller === undefined) {
      connection.mistake('MESSAGE_INVALID', `Cannot take ${message.type} yet: begin with hello`);
      return;
    }
    switch (message.type) {
      case 'join':
        if (this.#draining) connection.send({ type: 'full', retryAfterS: 10 });
        else if (caller.right !== undefined && caller.right.room !== message.room) {
          connection.mistake('TOKEN_INVALID', 'The invitation is for another room');
        } else if (this.#placesTakenBy(caller) >= this.#options.limits.placesPerAddress) {
          this.#options.log.warn('signaling.refused', { reason: 'places' });
          connection.send({ type: 'full', retryAfterS: 10 });
        } else this.#apply(this.#rooms.join(caller.peerId, message));
        return;
      case 'offer':
      case 'answer':
      case 'candidate':
        this.#apply(this.#rooms.fromCaller(caller.peerId, message));
        return;
      case 'door':
        this.#apply(this.#rooms.setDoor(caller.peerId, message.state));
        return;
      case 'admit':
        this.#apply(this.#rooms.admit(caller.peerId, message.peerId, message.admitted));
        return;
      case 'remove':
        this.#apply(this.#rooms.removeMember(caller.peerId, message.peerId));
        return;
      case 'leave':
        this.#apply(this.#rooms.leave(caller.peerId, 'left'));
        return;
      case 'heartbeat':
        connection.send({ type: 'heartbeat' });
        return;
      default:
        message satisfies never;
    }
  }

  async #greet(
    connection: Connection,
    speaker: Speaker,
    hello: Extract<CallerMessage, { type: 'hello' }>,
  ): Promise<void> {
    const admitted = await this.#callers.admit(connection, hello);
    if (admitted === undefined) return;
    const { caller, isBack } = admitted;
    speaker.kind = 'caller';
    speaker.caller = caller;
    this.#options.log.debug('signaling.hello', { peerId: caller.peerId, resumed: isBack });
    connection.send({
      type: 'welcome',
      version: PROTOCOL_VERSION,
      peerId: caller.peerId,
      resume: caller.resume,
      heartbeatMs: HEARTBEAT_MS,
      iceServers: this.#avatars.iceServers(caller.peerId),
      resumed: isBack,
    });
    for (const message of caller.held.splice(0)) connection.send(message);
    if (isBack) this.#apply(this.#rooms.back(caller.peerId));
  }

  /** The socket closed, with a code of RFC 6455. */
  closed(connection: Connection, speaker: Speaker, code: number): void {
    if (speaker.kind === 'avatar') {
      this.#avatars.gone(connection);
      return;
    }
    // A socket that a newer one replaced speaks for nobody.
    const { caller } = speaker;
    if (caller?.connection !== connection) return;
    caller.connection = undefined;
    // 1001 is a page that was closed or reloaded, 1000 and 1005 one that hung up, 44xx one that we sent away; all else may
    // come back.
    const isFarewell = code === 1000 || code === 1001 || code === 1005 || code >= 4400;
    if (isFarewell || !this.#rooms.isMember(caller.peerId)) this.#forget(caller.peerId, 'left');
    else this.#apply(this.#rooms.away(caller.peerId, this.#options.clock.now()));
  }

  /** The caller is not welcome any more, nor is whoever shows the same invitation. */
  #sendAway(peerId: string, message: string): void {
    const caller = this.#callers.get(peerId);
    if (caller === undefined) return;
    const { right } = caller;
    if (right !== undefined) {
      this.#withdrawn.add(right, this.#options.unixTimeS());
      this.#avatars.tellWithdrawn({ tokenId: right.tokenId, expiresS: right.expiresS });
    }
    caller.connection?.fail('ENDED_BY_OPERATOR', message, CLOSE.unauthorised);
    this.#forget(peerId, 'sent away');
  }

  /** Places of other callers from the same network. */
  #placesTakenBy({ address, peerId }: Caller): number {
    const others = this.#callers.from(address).filter((each) => each.peerId !== peerId);
    return others.filter((each) => this.#rooms.isMember(each.peerId) || this.#rooms.isKnocking(each.peerId)).length;
  }

  #forget(peerId: string, reason: string): void {
    this.#apply(this.#rooms.leave(peerId, reason));
    this.#callers.forget(peerId);
  }

  /** Gives up the places of callers that stayed away too long. @param standstillUs - of this process, since the last call. */
  expire(now: MonotonicUs, standstillUs: number): void {
    if (standstillUs > 0) this.#rooms.excuse(standstillUs, now);
    const { effects, peerIds } = this.#rooms.expire(now);
    this.#apply(effects);
    for (const peerId of peerIds) this.#forget(peerId, 'did not come back');
  }

  #apply(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.audience === 'avatar') this.#avatars.send(effect.to, effect.message);
      else this.#callers.send(effect.to, effect.message);
    }
  }
}
