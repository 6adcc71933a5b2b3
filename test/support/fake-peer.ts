import { AvatarError } from '../../src/base/errors.ts';
import type {
  AvatarPeer,
  AvatarSource,
  EntryRequest,
  JoinReply,
  JoinRequest,
  Participant,
  PeerEvent,
  Sending,
  SendRequest,
  Watching,
  WatchRequest,
} from '../../src/peer/avatar-peer.ts';

import { TimedOutlet } from './timed-outlet.ts';

export const FAKE_SDP = 'v=0\r\ns=answer\r\n';

const FAKE_ANSWER = [
  'v=0',
  'a=ice-lite',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:0',
  'a=ice-ufrag:mine',
  'a=ice-pwd:0123456789012345678901',
  'a=candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host',
  '',
].join('\r\n');

/** An avatar peer without media: it counts who is there and answers every offer with the same words. */
export class FakePeer implements AvatarPeer {
  readonly joins: JoinRequest[] = [];
  readonly left: string[] = [];
  /** `onEnd` of those who watch. */
  readonly watchers: ((reason: string) => void)[] = [];
  readonly candidates: string[] = [];
  /** While it is set, whoever joins has been given their portrait and is not there yet. */
  arrival: Promise<void> | undefined;
  /** How many wait for it. */
  arriving = 0;
  readonly #present = new Map<string, JoinRequest>();
  readonly #outlets = new Map<string, TimedOutlet>();
  readonly #avatars: AvatarSource;
  readonly #onEvent: (event: PeerEvent) => void;
  readonly #capacity: number;

  constructor(avatars: AvatarSource, onEvent: (event: PeerEvent) => void, capacity = 2) {
    this.#avatars = avatars;
    this.#onEvent = onEvent;
    this.#capacity = capacity;
  }

  async join(request: JoinRequest): Promise<JoinReply> {
    if (this.#present.size >= this.#capacity) throw new AvatarError('CAPACITY_FULL', 'No place');
    if (request.offerSdp.includes('m=unusable')) throw new AvatarError('SDP_UNUSABLE', 'The offer has no audio');
    await this.#avatars.load(request.portraitId, request.ownerKey);
    this.arriving++;
    await this.arrival;
    this.arriving--;
    this.joins.push(request);
    this.#present.set(request.participantId, request);
    this.#onEvent({ type: 'joined', roomId: request.roomId, participantId: request.participantId });
    return { answerSdp: FAKE_SDP };
  }

  async enter(request: EntryRequest): Promise<Participant> {
    await this.join({ ...request, offerSdp: '' });
    const { roomId, participantId } = request;
    this.#onEvent({ type: 'live', roomId, participantId, connectUs: 0 });
    const participant = this.participant(participantId);
    if (participant === undefined) throw new AvatarError('SESSION_UNKNOWN', 'Not here');
    return participant;
  }

  async prepare(): Promise<void> {
    await Promise.resolve();
  }

  async offer(participantId: string): Promise<JoinReply> {
    if (!this.#present.has(participantId)) throw new AvatarError('SESSION_UNKNOWN', 'Not here');
    return { answerSdp: FAKE_SDP };
  }

  async restart(participantId: string): Promise<JoinReply> {
    return this.offer(participantId);
  }

  async watch({ participantId, offerSdp, onEnd }: WatchRequest): Promise<Watching> {
    if (!this.#present.has(participantId)) throw new AvatarError('SESSION_UNKNOWN', 'Not here');
    if (offerSdp.includes('m=unusable')) throw new AvatarError('SDP_UNUSABLE', 'The offer has no video');
    this.watchers.push(onEnd);
    return {
      answerSdp: FAKE_ANSWER,
      restart: async ({ usernameFragment }) => FAKE_ANSWER.replace('mine', `for-${usernameFragment}`),
      addCandidate: async (candidate) => {
        this.candidates.push(candidate?.candidate ?? '');
      },
      close: async () => {
        this.watchers.splice(this.watchers.indexOf(onEnd), 1);
      },
    };
  }

  async send({ participantId, exchange, onConnected, onEnd }: SendRequest): Promise<Sending> {
    if (!this.#present.has(participantId)) throw new AvatarError('SESSION_UNKNOWN', 'Not here');
    await exchange(FAKE_SDP);
    this.watchers.push(onEnd);
    queueMicrotask(onConnected);
    return {
      sendMessage: () => true,
      close: () => {
        const index = this.watchers.indexOf(onEnd);
        if (index >= 0) this.watchers.splice(index, 1);
      },
    };
  }

  viewerCount(): number {
    return this.watchers.length;
  }

  async candidate(): Promise<void> {
    return;
  }

  async leave(participantId: string, reason: string, code?: string): Promise<void> {
    const request = this.#present.get(participantId);
    if (request === undefined) return;
    this.#present.delete(participantId);
    this.left.push(participantId);
    const { roomId } = request;
    this.#onEvent({ type: 'left', roomId, participantId, reason, ...(code === undefined ? {} : { code }) });
  }

  participant(participantId: string): Participant | undefined {
    const request = this.#present.get(participantId);
    if (request === undefined) return undefined;
    const { roomId, portraitId, name } = request;
    const outlet = this.#outlets.get(participantId) ?? new TimedOutlet();
    this.#outlets.set(participantId, outlet);
    return Object.assign(outlet, { participantId, roomId, portraitId, name });
  }

  membersOf(roomId: string): string[] {
    return [...this.#present].flatMap(([id, request]) => (request.roomId === roomId ? [id] : []));
  }

  /** Media of a participant begin to flow, or cease to. */
  turn(participantId: string, type: 'live' | 'interrupted'): void {
    const roomId = this.#present.get(participantId)?.roomId ?? '';
    this.#onEvent(type === 'live' ? { type, roomId, participantId, connectUs: 0 } : { type, roomId, participantId });
  }

  outlet(participantId: string): TimedOutlet | undefined {
    return this.#outlets.get(participantId);
  }

  endPortrait(portraitId: string, reason: string): number {
    const ending = [...this.#present.values()].filter((request) => request.portraitId === portraitId);
    for (const { participantId, roomId } of ending) {
      this.#present.delete(participantId);
      this.#onEvent({ type: 'left', roomId, participantId, reason, code: 'PORTRAIT_BLOCKED' });
    }
    return ending.length;
  }

  get load(): AvatarPeer['load'] {
    return { capacity: this.#capacity, active: this.#present.size, lateRatio: 0 };
  }

  async close(): Promise<void> {
    this.#present.clear();
  }
}
