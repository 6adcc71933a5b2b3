import type { IceServer } from '../protocol/signaling.ts';
import type { AvatarMessage, ToAvatar } from '../protocol/avatar.ts';
import type { Connection } from './connection.ts';
import type { SignalingOptions } from './options.ts';
import { CLOSE, PROTOCOL_VERSION } from '../protocol/signaling-limits.ts';
import type { Effect } from './room-record.ts';
import type { Rooms } from './room.ts';
import { isSameSecret } from './secret.ts';
import { turnServer } from './turn-credentials.ts';
import type { Withdrawn, WithdrawnTokens } from './withdrawn-tokens.ts';

const HEARTBEAT_MS = 5000;

type Register = Extract<AvatarMessage, { readonly type: 'register' }>;
type End = Extract<AvatarMessage, { readonly type: 'end' }>;
type ForAvatar = Extract<Effect, { readonly audience: 'avatar' }>['message'];

export interface AvatarEvents {
  /** What the rooms want sent. */
  onEffects(effects: readonly Effect[]): void;
  /** An avatar process ended a caller's session; the rooms know already. */
  onEnded(end: End): void;
}

/** The avatar processes: who they are, what they say, and what they are told. */
export class Avatars {
  readonly #options: Pick<SignalingOptions, 'log' | 'peerSecret' | 'stunUrls' | 'turn' | 'unixTimeS'>;
  readonly #rooms: Rooms;
  readonly #withdrawn: WithdrawnTokens;
  readonly #events: AvatarEvents;
  readonly #connections = new Map<string, Connection>();

  constructor(
    options: Pick<SignalingOptions, 'log' | 'peerSecret' | 'stunUrls' | 'turn' | 'unixTimeS'>,
    rooms: Rooms,
    withdrawn: WithdrawnTokens,
    events: AvatarEvents,
  ) {
    this.#options = options;
    this.#rooms = rooms;
    this.#withdrawn = withdrawn;
    this.#events = events;
  }

  /** @returns whether the process was taken; one that was not hears why, and its socket closes. */
  register(connection: Connection, { version, secret, capacity, active }: Register): boolean {
    const { log, peerSecret } = this.#options;
    if (version !== PROTOCOL_VERSION) {
      const sentence = `Cannot speak version ${version}: this server speaks ${PROTOCOL_VERSION}`;
      connection.fail('VERSION_UNSUPPORTED', sentence, CLOSE.badMessage);
      return false;
    }
    if (peerSecret !== undefined && !isSameSecret(peerSecret, secret ?? '')) {
      log.warn('signaling.refused', { reason: 'peer secret' });
      connection.fail('SIGNALING_REFUSED', 'Cannot register: the shared secret differs', CLOSE.unauthorised);
      return false;
    }
    const avatarId = connection.id;
    this.#connections.set(avatarId, connection);
    this.#rooms.registerAvatar(avatarId, { capacity, active, lateRatio: 0, draining: false });
    log.info('signaling.registered', { avatarId, capacity });
    connection.send({ type: 'registered', version: PROTOCOL_VERSION, avatarId, heartbeatMs: HEARTBEAT_MS });
    for (const each of this.#withdrawn.all()) connection.send({ type: 'withdrawn', ...each });
    return true;
  }

  /** A message of a process that registered. */
  hear(connection: Connection, message: Exclude<AvatarMessage, Register>): void {
    switch (message.type) {
      case 'load':
        this.#rooms.updateLoad(connection.id, message);
        return;
      case 'offer':
      case 'answer':
      case 'candidate': {
        const { peerId, ...relay } = message;
        this.#events.onEffects(this.#rooms.fromAvatar(connection.id, peerId, relay));
        return;
      }
      case 'end':
        this.#events.onEffects(this.#rooms.ended(connection.id, message.peerId, message.code, message.message));
        this.#events.onEnded(message);
        return;
      case 'full':
        this.#events.onEffects(this.#rooms.refused(connection.id, message.peerId, message.retryAfterS));
        return;
      case 'heartbeat':
        connection.send({ type: 'heartbeat' });
        return;
      default:
        message satisfies never;
    }
  }

  gone(connection: Connection): void {
    this.#connections.delete(connection.id);
    this.#options.log.warn('signaling.avatar-gone', { avatarId: connection.id });
    this.#events.onEffects(this.#rooms.avatarGone(connection.id));
  }

  send(avatarId: string, message: ForAvatar): void {
    const complete: ToAvatar =
      message.type === 'visit' ? { ...message, iceServers: this.iceServers(message.peerId) } : message;
    this.#connections.get(avatarId)?.send(complete);
  }

  /** The processes take uploads, which need an invitation, too. */
  tellWithdrawn(withdrawn: Withdrawn): void {
    for (const connection of this.#connections.values()) connection.send({ type: 'withdrawn', ...withdrawn });
  }

  /** With credentials of the relay that are made for one caller. */
  iceServers(peerId: string): IceServer[] {
    const { stunUrls, turn, unixTimeS } = this.#options;
    const servers: IceServer[] = stunUrls.length > 0 ? [{ urls: stunUrls }] : [];
    if (turn !== undefined) servers.push(turnServer(turn, peerId, unixTimeS()));
    return servers;
  }
}
