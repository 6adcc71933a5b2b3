import type { DoorState } from '../protocol/caller.ts';

/** More people than this do not wait at one door: whoever floods it keeps nobody else from a room for long. */
const MOST_KNOCKING = 8;

/** Who may enter a room, and who decides it: the first member, and after it the one that came next. */
export class Door {
  state: DoorState;
  /** The member that decides. */
  hostId: string;
  /** Names of those that wait, by their peer ids, in the order in which they came. */
  readonly knocking = new Map<string, string>();
  readonly #admitted = new Set<string>();

  constructor(hostId: string, state: DoorState) {
    this.hostId = hostId;
    this.state = state;
  }

  lets(peerId: string): boolean {
    return this.state === 'open' || this.#admitted.has(peerId);
  }

  /** @returns whether there is room to wait. */
  knock(peerId: string, name: string): boolean {
    if (!this.knocking.has(peerId) && this.knocking.size >= MOST_KNOCKING) return false;
    this.knocking.set(peerId, name);
    return true;
  }

  /** Lets somebody in, now and when a connection has to be made anew. */
  admit(peerId: string): void {
    this.knocking.delete(peerId);
    this.#admitted.add(peerId);
  }

  /** Somebody who comes back has to knock again. */
  forget(peerId: string): void {
    this.knocking.delete(peerId);
    this.#admitted.delete(peerId);
  }

  /** @returns those that waited, who wait no more. */
  empty(): string[] {
    const peerIds = [...this.knocking.keys()];
    this.knocking.clear();
    return peerIds;
  }
}
