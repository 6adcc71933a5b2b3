import type { MonotonicUs } from '../src/base/timeline.ts';
import { place, type AvatarPeerLoad } from './placement.ts';
import type { AvatarLoad, CandidateInit, RosterMember, SignalingErrorCode, ToAvatar, ToCaller } from './protocol.ts';

/** A message that the state machine wants sent; `to` is a caller's or an avatar peer's id. */
export type Effect =
  | { readonly to: string; readonly audience: 'caller'; readonly message: ToCaller }
  /** `visit` leaves here without ICE servers: credentials are the server's to mint. */
  | { readonly to: string; readonly audience: 'avatar'; readonly message: WithoutIceServers<ToAvatar> };

type WithoutIceServers<T> = T extends { readonly iceServers: unknown } ? Omit<T, 'iceServers'> : T;

export interface RoomRecord {
  readonly name: string;
  readonly avatarId: string;
  readonly members: Map<string, Member>;
  /** Portraits that were seen here; numbers their aliases. */
  faces: number;
}

interface Member {
  readonly name: string;
  readonly portrait: string;
  readonly alias: string;
  /** When the socket broke; the place is given up `resumeWindowUs` later. */
  awaySinceUs: MonotonicUs | undefined;
}

/** Where rooms are kept. */
export interface RoomStore {
  get(name: string): RoomRecord | undefined;
  put(room: RoomRecord): void;
  delete(name: string): void;
  all(): Iterable<RoomRecord>;
  readonly size: number;
}

export interface RoomLimits {
  readonly membersPerRoom: number;
  readonly rooms: number;
  readonly resumeWindowUs: number;
}

export interface JoinWish {
  readonly room: string;
  readonly name: string;
  readonly portrait: string;
  readonly owner?: string | undefined;
  readonly sdp: string;
}

/** What a caller and an avatar peer pass to each other through the room. */
export type Relay =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: CandidateInit };

/**
 * Who is paired with whom. A pure state machine: every method takes what happened and returns what to send; it knows
 * no socket, no clock and no media.
 */
export class Rooms {
  readonly #store: RoomStore;
  readonly #limits: RoomLimits;
  readonly #roomOf = new Map<string, string>();
  readonly #avatars = new Map<string, AvatarLoad>();
  readonly #waiting = new Set<string>();

  constructor(store: RoomStore, limits: RoomLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  get roomCount(): number {
    return this.#store.size;
  }

  get avatarCount(): number {
    return this.#avatars.size;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  isMember(peerId: string): boolean {
    return this.#roomOf.has(peerId);
  }

  registerAvatar(avatarId: string, load: AvatarLoad): void {
    this.#avatars.set(avatarId, load);
  }

  updateLoad(avatarId: string, load: AvatarLoad): void {
    if (this.#avatars.has(avatarId)) this.#avatars.set(avatarId, load);
  }

  /** Takes the caller into the room, placing it on an avatar peer, or says when to try again. */
  join(peerId: string, wish: JoinWish): Effect[] {
    const effects = this.#roomOf.has(peerId) ? this.leave(peerId, 'joined again') : [];
    const room = this.#store.get(wish.room);
    if (room === undefined && this.#store.size >= this.#limits.rooms) return [...effects, this.#full(peerId, 30)];
    if (room !== undefined && room.members.size >= this.#limits.membersPerRoom) {
      const sentence = `This room has its ${this.#limits.membersPerRoom} people`;
      return [...effects, failure(peerId, 'ROOM_FULL', sentence), this.#full(peerId, 10)];
    }
    const placement = place(this.#loads(), room?.avatarId, this.#waiting.size);
    if (placement.type === 'full') return [...effects, this.#full(peerId, placement.retryAfterS)];

    const { avatarId } = placement;
    const entered = room ?? { name: wish.room, avatarId, members: new Map<string, Member>(), faces: 0 };
    const alias = aliasIn(entered, wish.portrait);
    entered.members.set(peerId, { name: wish.name, portrait: wish.portrait, alias, awaySinceUs: undefined });
    this.#store.put(entered);
    this.#roomOf.set(peerId, wish.room);
    this.#waiting.delete(peerId);
    return [
      ...effects,
      { to: avatarId, audience: 'avatar', message: { ...visitOf(wish), peerId, alias } },
      {
        to: peerId,
        audience: 'caller',
        message: { type: 'joined', room: wish.room, members: roster(entered) },
      },
      ...rosterTo(entered, peerId),
    ];
  }

  /** Carries an offer, answer or candidate to the avatar peer that holds the caller's room. */
  fromCaller(peerId: string, relay: Relay): Effect[] {
    const room = this.#roomWith(peerId);
    if (room === undefined) {
      // Candidates of a caller that was told "full" are weather: they come again with its next offer.
      return relay.type === 'candidate'
        ? []
        : [failure(peerId, 'NOT_JOINED', `Cannot pass on an ${relay.type}: join a room first`)];
    }
    return [{ to: room.avatarId, audience: 'avatar', message: { ...relay, peerId } }];
  }

  /** Carries back, unless the avatar peer speaks about a caller that is not its own. */
  fromAvatar(avatarId: string, peerId: string, relay: Relay): Effect[] {
    const room = this.#roomWith(peerId);
    if (room?.avatarId !== avatarId) return [];
    return [{ to: peerId, audience: 'caller', message: relay }];
  }

  /** The avatar peer ended a session: the caller hears why and is out of the room. */
  ended(avatarId: string, peerId: string, code: SignalingErrorCode, message: string): Effect[] {
    if (this.#roomWith(peerId)?.avatarId !== avatarId) return [];
    return [failure(peerId, code, message), ...this.#remove(peerId)];
  }

  /** The avatar peer has no place after all: its own count rules over what it reported last. */
  refused(avatarId: string, peerId: string, retryAfterS: number): Effect[] {
    if (this.#roomWith(peerId)?.avatarId !== avatarId) return [];
    return [...this.#remove(peerId), this.#full(peerId, retryAfterS)];
  }

  /** The caller left, or its place ran out. */
  leave(peerId: string, reason: string): Effect[] {
    this.#waiting.delete(peerId);
    const room = this.#roomWith(peerId);
    if (room === undefined) return [];
    return [
      { to: room.avatarId, audience: 'avatar', message: { type: 'gone', peerId, reason } },
      ...this.#remove(peerId),
    ];
  }

  /** The caller's socket broke: the others see it, the place is kept. */
  away(peerId: string, now: MonotonicUs): Effect[] {
    this.#waiting.delete(peerId);
    return this.#setAway(peerId, now);
  }

  /** The caller came back with its resume token. */
  back(peerId: string): Effect[] {
    return this.#setAway(peerId, undefined);
  }

  /** Gives up the places of callers that stayed away too long. @returns their ids too, so that tokens go with them. */
  expire(now: MonotonicUs): { readonly peerIds: readonly string[]; readonly effects: readonly Effect[] } {
    const peerIds: string[] = [];
    for (const room of this.#store.all()) {
      for (const [peerId, member] of room.members) {
        if (member.awaySinceUs !== undefined && now - member.awaySinceUs >= this.#limits.resumeWindowUs) {
          peerIds.push(peerId);
        }
      }
    }
    return { peerIds, effects: peerIds.flatMap((peerId) => this.leave(peerId, 'did not come back')) };
  }

  /** An avatar peer vanished: its rooms are dissolved and their members told to offer again. */
  avatarGone(avatarId: string): Effect[] {
    this.#avatars.delete(avatarId);
    const effects: Effect[] = [];
    for (const room of [...this.#store.all()].filter((each) => each.avatarId === avatarId)) {
      for (const peerId of room.members.keys()) {
        this.#roomOf.delete(peerId);
        effects.push({ to: peerId, audience: 'caller', message: { type: 'rejoin', reason: 'avatar peer gone' } });
      }
      this.#store.delete(room.name);
    }
    return effects;
  }

  #setAway(peerId: string, since: MonotonicUs | undefined): Effect[] {
    const room = this.#roomWith(peerId);
    const member = room?.members.get(peerId);
    if (room === undefined || member === undefined) return [];
    member.awaySinceUs = since;
    return rosterTo(room, peerId);
  }

  #remove(peerId: string): Effect[] {
    const room = this.#roomWith(peerId);
    this.#roomOf.delete(peerId);
    if (room === undefined) return [];
    room.members.delete(peerId);
    // Until its next report, so that whoever reloads a page does not find its own place taken.
    const load = this.#avatars.get(room.avatarId);
    if (load !== undefined) this.#avatars.set(room.avatarId, { ...load, active: Math.max(0, load.active - 1) });
    if (room.members.size > 0) return rosterTo(room, peerId);
    this.#store.delete(room.name);
    return [];
  }

  #roomWith(peerId: string): RoomRecord | undefined {
    const name = this.#roomOf.get(peerId);
    return name === undefined ? undefined : this.#store.get(name);
  }

  #full(peerId: string, retryAfterS: number): Effect {
    this.#waiting.add(peerId);
    return { to: peerId, audience: 'caller', message: { type: 'full', retryAfterS } };
  }

  /** A peer's own count lags behind by a report: the callers that the rooms know of count at once. */
  #loads(): AvatarPeerLoad[] {
    const placed = new Map<string, number>();
    for (const room of this.#store.all()) {
      placed.set(room.avatarId, (placed.get(room.avatarId) ?? 0) + room.members.size);
    }
    return [...this.#avatars].map(([avatarId, load]) => ({
      ...load,
      avatarId,
      active: Math.max(load.active, placed.get(avatarId) ?? 0),
    }));
  }
}

/** Field by field: a wish comes off the wire and may carry more than it promises. */
function visitOf({ room, name, portrait, owner, sdp }: JoinWish) {
  return { type: 'visit', room, name, portrait, owner, sdp } as const;
}

/** Two members with one face have one alias; a face that comes back later has another. */
function aliasIn(room: RoomRecord, portrait: string): string {
  const alike = [...room.members.values()].find((member) => member.portrait === portrait);
  return alike?.alias ?? `face-${++room.faces}`;
}

function failure(peerId: string, code: SignalingErrorCode, message: string): Effect {
  return { to: peerId, audience: 'caller', message: { type: 'error', code, message, fatal: false } };
}

function roster(room: RoomRecord): RosterMember[] {
  return [...room.members].map(([peerId, member]) => ({
    peerId,
    name: member.name,
    portrait: member.alias,
    away: member.awaySinceUs !== undefined,
  }));
}

function rosterTo(room: RoomRecord, exceptPeerId: string): Effect[] {
  const members = roster(room);
  return [...room.members.keys()]
    .filter((peerId) => peerId !== exceptPeerId)
    .map((to) => ({ to, audience: 'caller', message: { type: 'roster', members } }));
}
