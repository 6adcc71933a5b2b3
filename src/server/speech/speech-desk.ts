import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { Meter } from '../../base/meter.ts';
import type { AidMessage, SpeechMessage, VoiceEntry } from '../../../protocol/speech.ts';
import { isSameSecret } from '../../../signaling/secret.ts';
import { OpusEncoder } from '../../native/codec/opus-encoder.ts';
import type { Participant, PeerEvent } from '../../peer/avatar-peer.ts';
import { SpeechSession } from './speech-session.ts';
import type { VoiceChain } from './voice-chain.ts';

export interface SpeechDeskOptions {
  readonly participant: (participantId: string) => Participant | undefined;
  readonly voices: VoiceChain;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  /** @returns what is signed about a participant's picture, for every page of the room; `undefined` when nothing is. */
  readonly vouch?: (participant: Participant) => Promise<Vouched | undefined>;
}

export interface Vouched {
  readonly statement: string;
  readonly key: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
}

interface Place {
  readonly roomId: string;
  readonly token: string;
  readonly session: Promise<SpeechSession>;
  vouched: AidMessage | undefined;
}

/** Everyone's typed speech: opens a session when a participant comes, and closes it when they leave. */
export class SpeechDesk implements Closable {
  readonly #options: SpeechDeskOptions;
  readonly #places = new Map<string, Place>();

  constructor(options: SpeechDeskOptions) {
    this.#options = options;
  }

  get voices(): VoiceEntry[] {
    return this.#options.voices.entries;
  }

  push(event: PeerEvent): void {
    switch (event.type) {
      case 'joined':
        this.#arrive(event.participantId, event.roomId);
        break;
      case 'live':
        void this.#greet(event.participantId);
        break;
      case 'speech':
        void this.#receive(event.participantId, event.message);
        break;
      case 'text':
        this.#relay(event.participantId, event.text);
        break;
      case 'left':
        this.#leave(event.participantId);
        break;
      case 'interrupted':
        break;
      default:
        event satisfies never;
    }
  }

  /**
   * For programs that speak for a participant.
   * @throws AvatarError `SESSION_UNKNOWN`, or `TOKEN_INVALID` when it is not that participant's token.
   */
  async enter(participantId: string, token: string): Promise<SpeechSession> {
    const place = this.#places.get(participantId);
    // A wrong name takes as long as a wrong token and says as much.
    const expected = place?.token ?? '';
    if (expected === '' || !isSameSecret(expected, token) || place === undefined) {
      throw new AvatarError('TOKEN_INVALID', 'That is not the speech token of a participant who is here');
    }
    return place.session;
  }

  async close(): Promise<void> {
    const places = [...this.#places.values()];
    this.#places.clear();
    await Promise.all(places.map(({ session }) => session.then((open) => open.close()).catch(() => undefined)));
  }

  #arrive(participantId: string, roomId: string): void {
    const participant = this.#options.participant(participantId);
    if (participant === undefined || this.#places.has(participantId)) return;
    const session = OpusEncoder.open().then((encoder) => {
      const { voices, clock, logger, meter } = this.#options;
      return new SpeechSession({ outlet: participant, voices: voices.forParticipant(), encoder, clock, logger, meter });
    });
    session.catch((thrown: unknown) => {
      this.#options.logger.error('speech.open-failed', { reason: messageOf(thrown) });
    });
    const token = randomBytes(18).toString('base64url');
    this.#places.set(participantId, { roomId, token, session, vouched: undefined });
  }

  /** Tells a page what it may use, and everyone in the room whose pictures they see. */
  async #greet(participantId: string): Promise<void> {
    const place = this.#places.get(participantId);
    const participant = this.#options.participant(participantId);
    if (place === undefined || participant === undefined) return;
    const { token, roomId } = place;
    participant.send({ type: 'speech-welcome', participantId, token, voices: this.voices });
    if (place.vouched === undefined) {
      const vouched = await this.#options.vouch?.(participant).catch((thrown: unknown) => {
        this.#options.logger.error('provenance.failed', { reason: messageOf(thrown) });
        return undefined;
      });
      if (vouched !== undefined) place.vouched = { type: 'provenance', participantId, ...vouched };
    }
    if (place.vouched !== undefined) participant.broadcast(place.vouched);
    for (const [id, other] of this.#places) {
      if (id !== participantId && other.roomId === roomId && other.vouched !== undefined)
        participant.send(other.vouched);
    }
  }

  async #receive(participantId: string, message: SpeechMessage): Promise<void> {
    const place = this.#places.get(participantId);
    if (place === undefined) return;
    if (message.type === 'speech-hello') await this.#greet(participantId);
    else {
      await place.session
        .then((session) => session.receive(message))
        .catch((thrown: unknown) => {
          this.#options.logger.error('speech.refused', { reason: messageOf(thrown) });
        });
    }
  }

  /** Text as it grows: to everyone else's page, which keeps a display for each person. */
  #relay(participantId: string, text: string): void {
    const participant = this.#options.participant(participantId);
    participant?.broadcast({ type: 'typed', participantId, name: participant.name, text });
  }

  #leave(participantId: string): void {
    const place = this.#places.get(participantId);
    this.#places.delete(participantId);
    void place?.session.then((session) => session.close()).catch(() => undefined);
  }
}
