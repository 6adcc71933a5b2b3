import type { Member } from './member.ts';
import type { Viewer } from './viewer.ts';

/** Who is together: every avatar is made once and shown on every page of its room. */
export class Room {
  readonly roomId: string;
  readonly #members = new Map<string, Member>();

  constructor(roomId: string) {
    this.roomId = roomId;
  }

  get size(): number {
    return this.#members.size;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Pages that are there, connected or about to be. */
  get viewers(): readonly Viewer[] {
    return this.members.flatMap(({ viewer }) => viewer ?? []);
  }

  add(member: Member): void {
    this.#members.set(member.participantId, member);
    this.arrange();
  }

  /** @returns whether it was there. */
  remove(member: Member): boolean {
    if (this.#members.get(member.participantId) !== member) return false;
    this.#members.delete(member.participantId);
    for (const other of this.members) other.forget(member.participantId);
    this.arrange();
    return true;
  }

  /** Somebody came, went, or connected: everybody's places, who watches whom, and the roster that says so. */
  arrange(): void {
    const { members } = this;
    for (const member of members) {
      member.viewer?.arrange(
        member,
        members.filter((other) => other !== member),
      );
    }
    this.favourLips();
    for (const member of members) {
      member.setViewers(members.filter((other) => other.state === 'live' && other.shows(member)).length);
      member.sendRoster(members);
    }
  }

  /** What each avatar owes to those who watch it now. */
  favourLips(): void {
    const { members } = this;
    for (const member of members) member.favour(members.some((other) => other.favoursLips && other.shows(member)));
  }

  broadcast(message: object): void {
    for (const member of this.#members.values()) member.send(message);
  }
}
