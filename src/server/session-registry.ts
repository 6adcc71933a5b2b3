import type { Meter } from '../base/meter.ts';
import type { PeerEvent } from '../peer/avatar-peer.ts';

/** One visitor as the operator sees it: no name, no address. */
export interface SessionRecord {
  readonly sessionId: string;
  readonly roomId: string;
  readonly since: string;
  readonly state: 'connecting' | 'live' | 'interrupted';
}

/** Who is here: follows the peer's events, and counts them. */
export class SessionRegistry {
  readonly #sessions = new Map<string, SessionRecord>();
  readonly #now: () => Date;
  readonly #active;
  readonly #ended;
  readonly #connect;

  constructor(meter: Meter, now: () => Date) {
    this.#now = now;
    this.#active = meter.gauge('avatar_sessions', 'Visitors that are here now.');
    this.#ended = meter.counter('avatar_sessions_ended_total', 'Visits that ended, by code.');
    this.#connect = meter.histogram(
      'avatar_connect_duration_seconds',
      'From the offer to flowing media.',
      [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10],
    );
  }

  push(event: PeerEvent): void {
    const known = this.#sessions.get(event.participantId);
    switch (event.type) {
      case 'joined':
        this.#sessions.set(event.participantId, {
          sessionId: event.participantId,
          roomId: event.roomId,
          since: known?.since ?? this.#now().toISOString(),
          state: 'connecting',
        });
        break;
      case 'live':
        if (known !== undefined) this.#sessions.set(event.participantId, { ...known, state: 'live' });
        this.#connect.observe(event.connectUs / 1e6);
        break;
      case 'interrupted':
        if (known !== undefined) this.#sessions.set(event.participantId, { ...known, state: 'interrupted' });
        break;
      case 'left':
        this.#sessions.delete(event.participantId);
        this.#ended.add(1, { code: event.code ?? 'none' });
        break;
      case 'text':
      case 'speech':
        break;
      default:
        event satisfies never;
    }
    this.#active.set(this.#sessions.size);
  }

  list(): SessionRecord[] {
    return [...this.#sessions.values()];
  }

  get size(): number {
    return this.#sessions.size;
  }
}
