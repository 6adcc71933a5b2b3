import type { WebhookEvent } from '../../../../protocol/webhook.ts';
import type { Closable } from '../../../base/lifecycle.ts';
import type { AvatarPeer, PeerEvent } from '../../../peer/avatar-peer.ts';
import type { PortraitRecord } from '../../portrait-store.ts';

export interface SessionReporterOptions {
  readonly peer: Pick<AvatarPeer, 'participant'>;
  /** @returns nothing when there is no such portrait any more. */
  readonly record: (portraitId: string) => Pick<PortraitRecord, 'builtIn' | 'consent'> | undefined;
  readonly now: () => Date;
  readonly tell: (event: WebhookEvent) => void;
}

interface Live {
  readonly about: Extract<WebhookEvent, { type: 'session.started' }>['data'];
  readonly startMs: number;
}

/** Endings that a person decided: they are reported as ended, not as failed. */
const DECIDED = new Set(['ENDED_BY_OPERATOR', 'PORTRAIT_BLOCKED']);

/** Makes events for a webhook of what becomes of participants. Never says who they are, or what they typed. */
export class SessionReporter implements Closable {
  readonly #options: SessionReporterOptions;
  readonly #live = new Map<string, Live>();

  constructor(options: SessionReporterOptions) {
    this.#options = options;
  }

  push(event: PeerEvent): void {
    if (event.type === 'joined') this.#started(event);
    else if (event.type === 'left') this.#ended(event.participantId, event.reason, event.code);
  }

  /** The process stops, and every avatar with it. */
  close(): void {
    for (const id of [...this.#live.keys()]) this.#ended(id, 'The server is stopping');
  }

  #started({ roomId, participantId }: PeerEvent): void {
    const { peer, now, record, tell } = this.#options;
    const portrait = peer.participant(participantId)?.portraitId;
    // It joined again, or left at once.
    if (portrait === undefined || this.#live.has(participantId)) return;
    const isProgram = roomId.startsWith('session ');
    const place = isProgram ? ({ kind: 'program' } as const) : ({ kind: 'room', room: roomId } as const);
    const about = { sessionId: participantId, ...place, portrait };
    const time = now();
    const timestamp = time.toISOString();
    this.#live.set(participantId, { about, startMs: time.getTime() });
    tell({ type: 'session.started', timestamp, data: about });
    const worn = record(portrait);
    if (worn === undefined || worn.builtIn) return;
    const { scope, time: givenAt } = worn.consent;
    tell({ type: 'consent.used', timestamp, data: { ...about, scope, givenAt } });
  }

  #ended(participantId: string, reason: string, code?: string): void {
    const live = this.#live.get(participantId);
    if (live === undefined) return;
    this.#live.delete(participantId);
    const { now, tell } = this.#options;
    const time = now();
    const seconds = Math.max(0, Math.round((time.getTime() - live.startMs) / 1000));
    const data = { ...live.about, reason, seconds };
    const timestamp = time.toISOString();
    if (code === undefined || DECIDED.has(code)) tell({ type: 'session.ended', timestamp, data });
    else tell({ type: 'session.failed', timestamp, data: { ...data, code } });
  }
}
