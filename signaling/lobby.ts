import type { Door } from './door.ts';
import type { SignalingErrorCode } from '../protocol/signaling.ts';
import { doorTo, failure, type Effect, type RoomRecord, type RoomStore } from './room-record.ts';

/** Who stands before the doors of all rooms, and the doors of rooms that an avatar peer left without a roof. */
export class Lobby {
  readonly #store: RoomStore;
  readonly #knockingAt = new Map<string, string>();
  /** Doors of rooms whose avatar peer vanished: they stand as they stood until nobody is left to come back. */
  readonly #keptDoors = new Map<string, Door>();
  /** Members of such rooms, by the room that they are to come back to. */
  readonly #awaited = new Map<string, string>();

  constructor(store: RoomStore) {
    this.#store = store;
  }

  isKnocking(peerId: string): boolean {
    return this.#knockingAt.has(peerId);
  }

  keptDoor(name: string): Door | undefined {
    return this.#keptDoors.get(name);
  }

  /** The room is there again, with its door. */
  restored(name: string): void {
    this.#keptDoors.delete(name);
  }

  /** The room's avatar peer vanished: its members are told to come back. */
  dissolved(room: RoomRecord): void {
    for (const peerId of room.members.keys()) this.#awaited.set(peerId, room.name);
    this.#keptDoors.set(room.name, room.door);
  }

  entered(peerId: string): void {
    this.#awaited.delete(peerId);
    this.#knockingAt.delete(peerId);
  }

  /** @returns what is to be said, or `undefined` where too many knock already. */
  knock(peerId: string, name: string, room: RoomRecord): Effect[] | undefined {
    if (!room.door.knock(peerId, name)) return undefined;
    this.#knockingAt.set(peerId, room.name);
    return [{ to: peerId, audience: 'caller', message: { type: 'lobby', room: room.name } }, ...doorTo(room)];
  }

  /** @param code - what somebody hears who is not let in. */
  decide(door: Door, guestId: string, admitted: boolean, code: SignalingErrorCode): Effect[] {
    this.#knockingAt.delete(guestId);
    if (admitted) door.admit(guestId);
    else door.forget(guestId);
    return admitted
      ? [{ to: guestId, audience: 'caller', message: { type: 'admitted' } }]
      : [failure(guestId, code, 'The person who opened this room did not let you in')];
  }

  /** Everybody who knocks is let in, or nobody. */
  decideAll(door: Door, admitted: boolean, code: SignalingErrorCode): Effect[] {
    return door.empty().flatMap((each) => this.decide(door, each, admitted, code));
  }

  /** Somebody goes away from the door, and does not come back to a room that was dissolved. */
  leave(peerId: string): Effect[] {
    return [...this.#stopKnocking(peerId), ...this.#stopAwaiting(peerId)];
  }

  #stopKnocking(peerId: string): Effect[] {
    const room = this.#store.get(this.#knockingAt.get(peerId) ?? '');
    this.#knockingAt.delete(peerId);
    if (room === undefined) return [];
    room.door.forget(peerId);
    return doorTo(room);
  }

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
}
