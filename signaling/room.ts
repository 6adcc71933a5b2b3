import type { MonotonicUs } from '../src/base/timeline.ts';
import { place, type AvatarPeerLoad } from './placement.ts';
import { Door } from './door.ts';
import type {
  AvatarLoad,
  CandidateInit,
  DoorState,
  RosterMember,
  SignalingErrorCode,
  ToAvatar,
  ToCaller,
} from './protocol.ts';

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
  readonly door: Door;
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
  readonly door?: DoorState | undefined;
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
  readonly #knockingAt = new Map<string, string>();
  /** Doors of rooms whose avatar peer vanished: they stand as they stood until nobody is left to come back. */
  readonly #keptDoors = new Map<string, Door>();
  readonly #awaited = new Map<string, string>();

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

  isKnocking(peerId: string): boolean {
    return this.#knockingAt.has(peerId);
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

  /** Takes the caller into the room, placing it on an avatar peer, lets it wait at the door, or says when to try again. */
  join(peerId: string, wish: JoinWish): Effect[] {
    const here = this.#roomWith(peerId);
    const isBack = here?.name === wish.room;
    const effects = here === undefined ? [] : this.#vacate(here, peerId, isBack);
    const room = this.#store.get(wish.room);
    const door = room?.door ?? this.#keptDoors.get(wish.room);
    if (!isBack && door !== undefined && !door.lets(peerId))
      return [...effects, ...this.#ask(peerId, wish, room, door)];
    const refusal = this.#refusal(peerId, room);
    const placement = place(this.#loads(), room?.avatarId, this.#waiting.size);
    if (refusal !== undefined || placement.type === 'full') {
      const sentence = refusal ?? [this.#full(peerId, placement.type === 'full' ? placement.retryAfterS : 0)];
      return [...effects, ...sentence, ...(isBack && room !== undefined ? this.#settle(room, peerId) : [])];
    }

    const { avatarId } = placement;
    const entered = room ?? this.#make(wish, avatarId, door ?? new Door(peerId, wish.door ?? 'open'));
    const alias = aliasIn(entered, wish.portrait);
    entered.members.set(peerId, { name: wish.name, portrait: wish.portrait, alias, awaySinceUs: undefined });
    this.#roomOf.set(peerId, wish.room);
    this.#waiting.delete(peerId);
    this.#awaited.delete(peerId);
    this.#knockingAt.delete(peerId);
    entered.door.admit(peerId);
    return [
      ...effects,
      { to: avatarId, audience: 'avatar', message: { ...visitOf(wish), peerId, alias } },
      {
        to: peerId,
        audience: 'caller',
        message: { type: 'joined', room: wish.room, members: roster(entered) },
      },
      ...rosterTo(entered, peerId),
      ...doorTo(entered),
    ];
  }

  /** The host says how the door stands from now on; those that wait are let in or sent away by it. */
  setDoor(peerId: string, state: DoorState): Effect[] {
    return this.#asHost(peerId, ({ door }) => {
      door.state = state;
      if (state === 'ask') return [];
      return door.empty().flatMap((each) => this.#decide(door, each, state === 'open', 'ROOM_LOCKED'));
    });
  }

  /** The host lets somebody in who waits, or does not. */
  admit(peerId: string, guestId: string, admitted: boolean): Effect[] {
    return this.#asHost(peerId, ({ door }) =>
      door.knocking.has(guestId) ? this.#decide(door, guestId, admitted, 'LOBBY_REFUSED') : [],
    );
  }

  /** The host sends a member out. Where the door was open it asks from now on: else the same person would be back at once. */
  removeMember(peerId: string, memberId: string): Effect[] {
    return this.#asHost(peerId, (room) => {
      if (memberId === peerId || !room.members.has(memberId)) return [];
      if (room.door.state === 'open') room.door.state = 'ask';
      const sentence = 'The person who opened this room asked you to leave';
      return [failure(memberId, 'REMOVED', sentence), ...this.leave(memberId, 'removed by the host')];
    });
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
    const effects = [...this.#stopKnocking(peerId), ...this.#stopAwaiting(peerId)];
    const room = this.#roomWith(peerId);
    if (room === undefined) return effects;
    return [
      ...effects,
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
        this.#awaited.set(peerId, room.name);
        effects.push({ to: peerId, audience: 'caller', message: { type: 'rejoin', reason: 'avatar peer gone' } });
      }
      this.#keptDoors.set(room.name, room.door);
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
    this.#takeOut(room, peerId);
    return this.#settle(room, peerId);
  }

  /** Frees the caller's place for a new connection of its own; only in the same room does the room wait for it. */
  #vacate(room: RoomRecord, peerId: string, isBack: boolean): Effect[] {
    if (!isBack) return this.leave(peerId, 'joined again');
    this.#roomOf.delete(peerId);
    this.#takeOut(room, peerId);
    return [{ to: room.avatarId, audience: 'avatar', message: { type: 'gone', peerId, reason: 'joined again' } }];
  }

  #takeOut(room: RoomRecord, peerId: string): void {
    room.members.delete(peerId);
    // Until its next report, so that whoever reloads a page does not find its own place taken.
    const load = this.#avatars.get(room.avatarId);
    if (load !== undefined) this.#avatars.set(room.avatarId, { ...load, active: Math.max(0, load.active - 1) });
  }

  /** After a member has gone: the next one decides, or the room is over and whoever waits may begin another. */
  #settle(room: RoomRecord, peerId: string): Effect[] {
    const { door } = room;
    door.forget(peerId);
    const [next] = room.members.keys();
    if (next === undefined) {
      this.#store.delete(room.name);
      return door.empty().flatMap((each) => this.#decide(door, each, true, 'LOBBY_REFUSED'));
    }
    if (door.hostId === peerId) door.hostId = next;
    return [...rosterTo(room, peerId), ...doorTo(room)];
  }

  #make({ room: name }: JoinWish, avatarId: string, door: Door): RoomRecord {
    const room = { name, avatarId, members: new Map<string, Member>(), door, faces: 0 };
    this.#store.put(room);
    this.#keptDoors.delete(name);
    return room;
  }

  #refusal(peerId: string, room: RoomRecord | undefined): Effect[] | undefined {
    if (room === undefined) return this.#store.size >= this.#limits.rooms ? [this.#full(peerId, 30)] : undefined;
    if (room.members.size < this.#limits.membersPerRoom) return undefined;
    const sentence = `This room has its ${this.#limits.membersPerRoom} people`;
    return [failure(peerId, 'ROOM_FULL', sentence), this.#full(peerId, 10)];
  }

  /** The door does not let the caller in by itself. */
  #ask(peerId: string, wish: JoinWish, room: RoomRecord | undefined, door: Door): Effect[] {
    if (door.state === 'locked') return [failure(peerId, 'ROOM_LOCKED', 'This room lets nobody else in')];
    // Its members are on their way back; or too many wait already.
    if (room === undefined || !door.knock(peerId, wish.name)) return [this.#full(peerId, 5)];
    this.#waiting.delete(peerId);
    this.#knockingAt.set(peerId, wish.room);
    return [{ to: peerId, audience: 'caller', message: { type: 'lobby', room: wish.room } }, ...doorTo(room)];
  }

  #decide(door: Door, guestId: string, admitted: boolean, code: SignalingErrorCode): Effect[] {
    this.#knockingAt.delete(guestId);
    if (admitted) door.admit(guestId);
    else door.forget(guestId);
    return admitted
      ? [{ to: guestId, audience: 'caller', message: { type: 'admitted' } }]
      : [failure(guestId, code, 'The person who opened this room did not let you in')];
  }

  #asHost(peerId: string, act: (room: RoomRecord) => Effect[]): Effect[] {
    const room = this.#roomWith(peerId);
    if (room?.door.hostId !== peerId) return [failure(peerId, 'NOT_HOST', 'Only who opened this room can do that')];
    return [...act(room), ...doorTo(room)];
  }

  #stopKnocking(peerId: string): Effect[] {
    const room = this.#store.get(this.#knockingAt.get(peerId) ?? '');
    this.#knockingAt.delete(peerId);
    if (room === undefined) return [];
    room.door.forget(peerId);
    return doorTo(room);
  }

  /** A member of a room whose avatar peer vanished does not come back. */
  #stopAwaiting(peerId: string): Effect[] {
    const name = this.#awaited.get(peerId);
    if (name === undefined) return [];
    this.#awaited.delete(peerId);
    if (![...this.#awaited.values()].includes(name)) this.#keptDoors.delete(name);
    const room = this.#store.get(name);
    const [next] = room?.members.keys() ?? [];
    if (room === undefined || next === undefined || room.door.hostId !== peerId) return [];
    room.door.hostId = next;
    return doorTo(room);
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

function doorTo({ door, members }: RoomRecord): Effect[] {
  const knocking = [...door.knocking].map(([peerId, name]) => ({ peerId, name }));
  return [...members.keys()].map((to) => {
    const isHost = to === door.hostId;
    const message = { type: 'room', door: door.state, isHost, knocking: isHost ? knocking : [] } as const;
    return { to, audience: 'caller', message };
  });
}
