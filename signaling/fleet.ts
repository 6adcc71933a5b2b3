import { place, type AvatarPeerLoad, type Placement } from './placement.ts';
import type { AvatarLoad } from '../protocol/avatar.ts';
import type { Effect, RoomStore } from './room-record.ts';

/** The avatar peers by what they can carry, and the callers who were told that all of them are full. */
export class Fleet {
  readonly #store: RoomStore;
  readonly #loads = new Map<string, AvatarLoad>();
  readonly #waiting = new Set<string>();

  constructor(store: RoomStore) {
    this.#store = store;
  }

  get size(): number {
    return this.#loads.size;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  register(avatarId: string, load: AvatarLoad): void {
    this.#loads.set(avatarId, load);
  }

  update(avatarId: string, load: AvatarLoad): void {
    if (this.#loads.has(avatarId)) this.#loads.set(avatarId, load);
  }

  delete(avatarId: string): void {
    this.#loads.delete(avatarId);
  }

  /** Counts a member out until the peer's next report, so that whoever reloads a page does not find its own place taken. */
  freePlace(avatarId: string): void {
    const load = this.#loads.get(avatarId);
    if (load !== undefined) this.#loads.set(avatarId, { ...load, active: Math.max(0, load.active - 1) });
  }

  /** @param avatarId - of the room, where there is one already. */
  place(avatarId: string | undefined): Placement {
    return place(this.#counted(), avatarId, this.#waiting.size);
  }

  /** The caller is told when to try again. */
  full(peerId: string, retryAfterS: number): Effect {
    this.#waiting.add(peerId);
    return { to: peerId, audience: 'caller', message: { type: 'full', retryAfterS } };
  }

  /** The caller got a place, or wants none any more. */
  stopWaiting(peerId: string): void {
    this.#waiting.delete(peerId);
  }

  /** A peer's own count lags behind by a report: the callers that the rooms know of count at once. */
  #counted(): AvatarPeerLoad[] {
    const placed = new Map<string, number>();
    for (const room of this.#store.all()) {
      placed.set(room.avatarId, (placed.get(room.avatarId) ?? 0) + room.members.size);
    }
    return [...this.#loads].map(([avatarId, load]) => ({
      ...load,
      avatarId,
      active: Math.max(load.active, placed.get(avatarId) ?? 0),
    }));
  }
}
