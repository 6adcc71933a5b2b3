import type { MonotonicUs } from '../src/base/timeline.ts';
import type { Door } from './door.ts';
import type { RosterMember, ToCaller } from '../protocol/caller.ts';
import type { SignalingErrorCode } from '../protocol/signaling.ts';
import type { ToAvatar } from '../protocol/avatar.ts';

export interface RoomRecord {
  readonly name: string;
  readonly avatarId: string;
  readonly members: Map<string, Member>;
  readonly door: Door;
  /** Portraits that were seen here; numbers their aliases. */
  faces: number;
}

export interface Member {
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

/** A message that the state machine wants sent; `to` is a caller's or an avatar peer's id. */
export type Effect =
  | { readonly to: string; readonly audience: 'caller'; readonly message: ToCaller }
  /** `visit` leaves here without ICE servers: credentials are the server's to mint. */
  | { readonly to: string; readonly audience: 'avatar'; readonly message: WithoutIceServers<ToAvatar> };

type WithoutIceServers<T> = T extends { readonly iceServers: unknown } ? Omit<T, 'iceServers'> : T;

/** Two members with one face have one alias; a face that comes back later has another. */
export function aliasIn(room: RoomRecord, portrait: string): string {
  const alike = [...room.members.values()].find((member) => member.portrait === portrait);
  return alike?.alias ?? `face-${++room.faces}`;
}

export function failure(peerId: string, code: SignalingErrorCode, message: string): Effect {
  return { to: peerId, audience: 'caller', message: { type: 'error', code, message, fatal: false } };
}

export function roster(room: RoomRecord): RosterMember[] {
  return [...room.members].map(([peerId, member]) => ({
    peerId,
    name: member.name,
    portrait: member.alias,
    away: member.awaySinceUs !== undefined,
  }));
}

/** Who is there, told to everybody but one. */
export function rosterTo(room: RoomRecord, exceptPeerId: string): Effect[] {
  const members = roster(room);
  return [...room.members.keys()]
    .filter((peerId) => peerId !== exceptPeerId)
    .map((to) => ({ to, audience: 'caller', message: { type: 'roster', members } }));
}

/** How the door stands, told to all members; who waits at it, to the host alone. */
export function doorTo({ door, members }: RoomRecord): Effect[] {
  const knocking = [...door.knocking].map(([peerId, name]) => ({ peerId, name }));
  return [...members.keys()].map((to) => {
    const isHost = to === door.hostId;
    const message = { type: 'room', door: door.state, isHost, knocking: isHost ? knocking : [] } as const;
    return { to, audience: 'caller', message };
  });
}
