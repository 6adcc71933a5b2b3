import type { ToClient } from '../../protocol/channel.ts';
import type { Member } from './member.ts';
import type { PeerFigures } from './peer-figures.ts';
import type { Feedback } from './rtc/feedback.ts';
import type { Spectator } from './spectator.ts';
import type { Viewer } from './viewer.ts';

/** Who is together: every avatar is made once and shown on every page of its room. */
export class Room {
  readonly roomId: string;
  readonly #members = new Map<string, Member>();
  readonly #spectators = new Set<Spectator>();

  constructor(roomId: string) {
    this.roomId = roomId;
  }

  get size(): number {
    return this.#members.size;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Pages and spectators that are there, connected or about to be. */
  get viewers(): readonly Viewer[] {
    return [...this.members, ...this.#spectators].flatMap(({ viewer }) => viewer ?? []);
  }

  spectatorsOf(member: Member): readonly Spectator[] {
    return [...this.#spectators].filter((spectator) => spectator.member === member);
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
    for (const spectator of this.spectatorsOf(member)) spectator.end('The avatar has left');
    this.arrange();
    return true;
  }

  addSpectator(spectator: Spectator): void {
    this.#spectators.add(spectator);
    this.arrange();
  }

  /** @returns whether it was there. */
  removeSpectator(spectator: Spectator): boolean {
    if (!this.#spectators.delete(spectator)) return false;
    spectator.member.forget(spectator.viewerId);
    this.arrange();
    return true;
  }

  /** What a viewer says about a picture concerns the avatar that it shows there. */
  hear(viewer: Viewer, feedback: Feedback, slot: number | undefined, figures: PeerFigures): void {
    const shown = slot === undefined ? viewer.sources : [viewer.sourceIn(slot)];
    for (const member of this.members) {
      if (!shown.includes(member)) continue;
      const { bitrate } = member.session;
      if (feedback.type === 'keyframe-request') member.requestKeyframe();
      else if (feedback.type === 'loss') {
        figures.loss(feedback.share);
        bitrate.loss(viewer.participantId, feedback.share);
        viewer.repeatUnasked(member, bitrate.copies(viewer.participantId));
      } else bitrate.estimate(viewer.participantId, feedback.bitrateBps / shown.length);
    }
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
    for (const spectator of this.#spectators) spectator.viewer.arrange(spectator.member, []);
    this.favourLips();
    for (const member of members) {
      const pages = members.filter((other) => other.state === 'live' && other.shows(member)).length;
      member.setViewers(pages + this.spectatorsOf(member).filter(({ connected }) => connected).length);
      member.sendRoster(members);
    }
  }

  /** What each avatar owes to those who watch it now. */
  favourLips(): void {
    const { members } = this;
    for (const member of members) member.favour(members.some((other) => other.favoursLips && other.shows(member)));
  }

  broadcast(message: ToClient): void {
    for (const member of this.#members.values()) member.send(message);
  }
}
