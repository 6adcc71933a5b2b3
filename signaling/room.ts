import { monotonicUs, type MonotonicUs } from '../src/base/timeline.ts';
import { Door } from './door.ts';
import { Fleet } from './fleet.ts';
import { Lobby } from './lobby.ts';
import type { AvatarLoad } from '../protocol/avatar.ts';
import type { CandidateInit, SignalingErrorCode } from '../protocol/signaling.ts';
import type { DoorState } from '../protocol/caller.ts';
import {
  aliasIn,
  doorTo,
  failure,
  roster,
  rosterTo,
  type Effect,
  type Member,
  type RoomRecord,
  type RoomStore,
} from './room-record.ts';

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
  readonly #fleet: Fleet;
  readonly #lobby: Lobby;

  constructor(store: RoomStore, limits: RoomLimits) {
    this.#store = store;
    this.#limits = limits;
    this.#fleet = new Fleet(store);
    this.#lobby = new Lobby(store);
  }

  get roomCount(): number {
    return this.#store.size;
  }

  get avatarCount(): number {
    return this.#fleet.size;
  }

  get waitingCount(): number {
    return this.#fleet.waitingCount;
  }

  isKnocking(peerId: string): boolean {
    return this.#lobby.isKnocking(peerId);
  }

  isMember(peerId: string): boolean {
    return this.#roomOf.has(peerId);
  }

  registerAvatar(avatarId: string, load: AvatarLoad): void {
    this.#fleet.register(avatarId, load);
  }

  updateLoad(avatarId: string, load: AvatarLoad): void {
    this.#fleet.update(avatarId, load);
  }

  /** Takes the caller into the room, placing it on an avatar peer, lets it wait at the door, or says when to try again. */
  join(peerId: string, wish: JoinWish): Effect[] {
    const here = this.#roomWith(peerId);
    const isBack = here?.name === wish.room;
    const effects = here === undefined ? [] : this.#vacate(here, peerId, isBack);
    const room = this.#store.get(wish.room);
    const door = room?.door ?? this.#lobby.keptDoor(wish.room);
    if (!isBack && door !== undefined && !door.lets(peerId))
      return [...effects, ...this.#ask(peerId, wish, room, door)];
    const refusal = this.#refusal(peerId, room);
    const placement = this.#fleet.place(room?.avatarId);
    if (refusal !== undefined || placement.type === 'full') {
      const sentence = refusal ?? [this.#fleet.full(peerId, placement.type === 'full' ? placement.retryAfterS : 0)];
      return [...effects, ...sentence, ...(isBack && room !== undefined ? this.#settle(room, peerId) : [])];
    }

    const { avatarId } = placement;
    const entered = room ?? this.#make(wish, avatarId, door ?? new Door(peerId, wish.door ?? 'open'));
    const alias = aliasIn(entered, wish.portrait);
    entered.members.set(peerId, { name: wish.name, portrait: wish.portrait, alias, awaySinceUs: undefined });
    this.#roomOf.set(peerId, wish.room);
    this.#fleet.stopWaiting(peerId);
    this.#lobby.entered(peerId);
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
      return this.#lobby.decideAll(door, state === 'open', 'ROOM_LOCKED');
    });
  }

  /** The host lets somebody in who waits, or does not. */
  admit(peerId: string, guestId: string, admitted: boolean): Effect[] {
    return this.#asHost(peerId, ({ door }) =>
      door.knocking.has(guestId) ? this.#lobby.decide(door, guestId, admitted, 'LOBBY_REFUSED') : [],
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
    return [...this.#remove(peerId), this.#fleet.full(peerId, retryAfterS)];
  }

  /** The caller left, or its place ran out. */
  leave(peerId: string, reason: string): Effect[] {
    this.#fleet.stopWaiting(peerId);
    const effects = this.#lobby.leave(peerId);
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
    this.#fleet.stopWaiting(peerId);
    return this.#setAway(peerId, now);
  }

  /** The caller came back with its resume token. */
  back(peerId: string): Effect[] {
    return this.#setAway(peerId, undefined);
  }

  /** This process stood still for so long: whoever was away could not have come back in that time. */
  excuse(standstillUs: number, now: MonotonicUs): void {
    for (const room of this.#store.all()) {
      for (const member of room.members.values()) {
        if (member.awaySinceUs === undefined) continue;
        member.awaySinceUs = monotonicUs(Math.min(now, member.awaySinceUs + standstillUs));
      }
    }
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
    this.#fleet.delete(avatarId);
    const effects: Effect[] = [];
    for (const room of [...this.#store.all()].filter((each) => each.avatarId === avatarId)) {
      for (const peerId of room.members.keys()) {
        this.#roomOf.delete(peerId);
        effects.push({ to: peerId, audience: 'caller', message: { type: 'rejoin', reason: 'avatar peer gone' } });
      }
      this.#lobby.dissolved(room);
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
    this.#fleet.freePlace(room.avatarId);
  }

  /** After a member has gone: the next one decides, or the room is over and whoever waits may begin another. */
  #settle(room: RoomRecord, peerId: string): Effect[] {
    const { door } = room;
    door.forget(peerId);
    const [next] = room.members.keys();
    if (next === undefined) {
      this.#store.delete(room.name);
      return this.#lobby.decideAll(door, true, 'LOBBY_REFUSED');
    }
    if (door.hostId === peerId) door.hostId = next;
    return [...rosterTo(room, peerId), ...doorTo(room)];
  }

  #make({ room: name }: JoinWish, avatarId: string, door: Door): RoomRecord {
    const room = { name, avatarId, members: new Map<string, Member>(), door, faces: 0 };
    this.#store.put(room);
    this.#lobby.restored(name);
    return room;
  }

  #refusal(peerId: string, room: RoomRecord | undefined): Effect[] | undefined {
    if (room === undefined) return this.#store.size >= this.#limits.rooms ? [this.#fleet.full(peerId, 30)] : undefined;
    if (room.members.size < this.#limits.membersPerRoom) return undefined;
    const sentence = `This room has its ${this.#limits.membersPerRoom} people`;
    return [failure(peerId, 'ROOM_FULL', sentence), this.#fleet.full(peerId, 10)];
  }

  /** The door does not let the caller in by itself. */
  #ask(peerId: string, wish: JoinWish, room: RoomRecord | undefined, door: Door): Effect[] {
    if (door.state === 'locked') return [failure(peerId, 'ROOM_LOCKED', 'This room lets nobody else in')];
    this.#fleet.stopWaiting(peerId);
    // Its members are on their way back; or too many wait already.
    const knocks = room === undefined ? undefined : this.#lobby.knock(peerId, wish.name, room);
    return knocks ?? [this.#fleet.full(peerId, 5)];
  }

  #asHost(peerId: string, act: (room: RoomRecord) => Effect[]): Effect[] {
    const room = this.#roomWith(peerId);
    if (room?.door.hostId !== peerId) return [failure(peerId, 'NOT_HOST', 'Only who opened this room can do that')];
    return [...act(room), ...doorTo(room)];
  }

  #roomWith(peerId: string): RoomRecord | undefined {
    const name = this.#roomOf.get(peerId);
    return name === undefined ? undefined : this.#store.get(name);
  }
}

/** Field by field: a wish comes off the wire and may carry more than it promises. */
function visitOf({ room, name, portrait, owner, sdp }: JoinWish) {
  return { type: 'visit', room, name, portrait, owner, sdp } as const;
}
