import type { Participants } from '../../protocol/http.ts';
import type { PeerEvent } from '../peer/avatar-peer.ts';

/** One visitor as the operator sees it: no name, no address. */
type SessionRecord = Participants['participants'][number];

/** Who is here: follows the peer's events. */
export class SessionRegistry {
  readonly #sessions = new Map<string, SessionRecord>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  push(event: PeerEvent): void {
    const known = this.#sessions.get(event.participantId);
    switch (event.type) {
      case 'joined':
        this.#sessions.set(event.participantId, {
          participantId: event.participantId,
          roomId: event.roomId,
          since: known?.since ?? this.#now().toISOString(),
          state: 'connecting',
        });
        break;
      case 'live':
        if (known !== undefined) this.#sessions.set(event.participantId, { ...known, state: 'live' });
        break;
      case 'interrupted':
        if (known !== undefined) this.#sessions.set(event.participantId, { ...known, state: 'interrupted' });
        break;
      case 'left':
        this.#sessions.delete(event.participantId);
        break;
      case 'text':
      case 'speech':
        break;
      default:
        event satisfies never;
    }
  }

  list(): SessionRecord[] {
    return [...this.#sessions.values()];
  }

  get size(): number {
    return this.#sessions.size;
  }
}
