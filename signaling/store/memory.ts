import type { RoomRecord, RoomStore } from '../room-record.ts';

/** Rooms of one signaling process, gone with it: callers join again, avatar peers register again. */
export class MemoryRoomStore implements RoomStore {
  readonly #rooms = new Map<string, RoomRecord>();

  get(name: string): RoomRecord | undefined {
    return this.#rooms.get(name);
  }

  put(room: RoomRecord): void {
    this.#rooms.set(room.name, room);
  }

  delete(name: string): void {
    this.#rooms.delete(name);
  }

  all(): Iterable<RoomRecord> {
    return this.#rooms.values();
  }

  get size(): number {
    return this.#rooms.size;
  }
}
