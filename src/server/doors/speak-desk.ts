import { randomBytes } from 'node:crypto';
import type { PublishState } from '../../../protocol/session.ts';
import type { SpeakEvent } from '../../../protocol/speak.ts';
import { isSameSecret } from '../../../signaling/secret.ts';
import type { Clock } from '../../base/clock.ts';
import { AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { Meter } from '../../base/meter.ts';
import type { RgbColour } from '../../media/face-codec.ts';
import { OpusEncoder } from '../../native/codec/opus-encoder.ts';
import type { AvatarPeer, Participant, PeerEvent } from '../../peer/avatar-peer.ts';
import { SpeakSession } from '../../peer/speak/speak-session.ts';
import { SessionQuota, type SessionLimits } from './session-limits.ts';
import type { OutgoingRules } from './outgoing/outgoing-rules.ts';
import type { WhipTarget } from './outgoing/whip-client.ts';
import { WhipPush } from './outgoing/whip-push.ts';

/** What a token of a session allows; each verb has a token of its own. */
export type Verb = 'manage' | 'speak' | 'watch';

export interface SpeakDeskOptions {
  readonly peer: Pick<AvatarPeer, 'enter' | 'leave' | 'participant' | 'send'>;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly limits: Pick<SessionLimits, 'minutesPerDay' | 'perAddress'>;
  /** Where sessions may be sent. */
  readonly outgoing: OutgoingRules;
  readonly logger: Logger;
  readonly meter: Meter;
}

export interface SpeakWish {
  readonly portraitId: string;
  readonly ownerKey: string | undefined;
  readonly sampleRateHz: number;
  readonly framesPerSecond: 25 | 30 | 40;
  /** `undefined` keeps the portrait's own. */
  readonly background?: RgbColour | undefined;
  readonly lifetimeS: number;
  /** Another server that the avatar is sent to. */
  readonly publish?: WhipTarget | undefined;
  /** The visitor's network, for limits. */
  readonly address: string;
}

/** A program that speaks for a session. */
export interface Speaker {
  onEvent(event: SpeakEvent): void;
  /** Another speaker took over, or the session ended. */
  onGone(why: 'replaced' | 'ended', reason: string): void;
}

/** Begins every session's id, so that no room is taken for one. */
export const SESSION_PREFIX = 's-';
/** A session is given this long until its first speaker comes. */
const UNUSED_MS = 60_000;
/** A session outlives a broken socket by this much. */
const SPEAKER_AWAY_MS = 10_000;

/** One avatar that a program speaks for. */
export class DeskSession {
  readonly id: string;
  readonly tokens: Readonly<Record<Verb, string>>;
  readonly wish: SpeakWish;
  readonly participant: Participant;
  readonly speech: SpeakSession;
  readonly expiresAt: Date;
  readonly #push: WhipPush | undefined;
  #speaker: Speaker | undefined;
  #abandoned: NodeJS.Timeout;
  readonly #expired: NodeJS.Timeout;
  readonly #end: (reason: string) => void;
  readonly #onGone: () => void;

  constructor(parts: {
    readonly id: string;
    readonly wish: SpeakWish;
    readonly participant: Participant;
    readonly encoder: OpusEncoder;
    readonly clock: Clock;
    readonly now: () => Date;
    readonly end: (reason: string) => void;
    readonly onGone: () => void;
    readonly openPush: ((onState: (state: PublishState) => void) => WhipPush) | undefined;
  }) {
    const { id, wish, participant, encoder, clock } = parts;
    this.id = id;
    this.wish = wish;
    this.participant = participant;
    this.tokens = { manage: newSecret(), speak: newSecret(), watch: newSecret() };
    this.#end = parts.end;
    this.#onGone = parts.onGone;
    this.expiresAt = new Date(parts.now().getTime() + wish.lifetimeS * 1000);
    this.speech = new SpeakSession({
      outlet: participant,
      encoder,
      sampleRateHz: wish.sampleRateHz,
      clock,
      onEvent: (event) => this.#speaker?.onEvent(event),
    });
    this.#abandoned = this.#endAfter(UNUSED_MS, 'Nobody came to speak');
    this.#expired = this.#endAfter(wish.lifetimeS * 1000, 'The session has reached its lifetime');
    this.#push = parts.openPush?.((state) => this.#speaker?.onEvent({ type: 'publish', ...state }));
  }

  /** How the sending to another server goes, where it was asked for. */
  get publishState(): PublishState | undefined {
    return this.#push?.state;
  }

  get hasSpeaker(): boolean {
    return this.#speaker !== undefined;
  }

  /** Gives the word to `speaker`, and takes it from whoever had it. @returns a function that gives it back. */
  attach(speaker: Speaker): () => void {
    clearTimeout(this.#abandoned);
    const former = this.#speaker;
    this.#speaker = speaker;
    this.speech.align();
    former?.onGone('replaced', 'Another socket speaks for this session now');
    return () => {
      if (this.#speaker !== speaker) return;
      this.#speaker = undefined;
      this.#abandoned = this.#endAfter(SPEAKER_AWAY_MS, 'The speaker did not come back');
    };
  }

  /** The avatar is gone. */
  async dispose(reason: string): Promise<void> {
    clearTimeout(this.#abandoned);
    clearTimeout(this.#expired);
    this.#onGone();
    this.speech.close();
    const speaker = this.#speaker;
    this.#speaker = undefined;
    speaker?.onGone('ended', reason);
    await this.#push?.close();
  }

  #endAfter(waitMs: number, reason: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.#end(reason);
    }, waitMs).unref();
  }
}

/** All sessions of programs: opens them, knows their tokens, and ends those that were abandoned. */
export class SpeakDesk implements Closable {
  readonly #options: SpeakDeskOptions;
  readonly #sessions = new Map<string, DeskSession>();
  /** Places that are taken by sessions which are being opened, by address. */
  readonly #opening = new Map<string, number>();
  readonly #quota: SessionQuota;

  constructor(options: SpeakDeskOptions) {
    this.#options = options;
    this.#quota = new SessionQuota(options.limits.minutesPerDay, options.now);
  }

  /**
   * Brings an avatar to life that a program speaks for.
   * @throws AvatarError `SESSIONS_TOO_MANY`, `QUOTA_EXCEEDED`, `TARGET_REFUSED`, `CAPACITY_FULL`, or what loading the portrait brings.
   */
  async open(wish: SpeakWish): Promise<DeskSession> {
    const { address, publish } = wish;
    if (publish !== undefined) this.#options.outgoing.check(publish.url);
    const opening = this.#opening.get(address) ?? 0;
    const here = [...this.#sessions.values()].filter((session) => session.wish.address === address).length;
    const { perAddress } = this.#options.limits;
    if (here + opening >= perAddress) {
      const found = `this address has ${here + opening} sessions, at most ${perAddress} are allowed`;
      throw new AvatarError('SESSIONS_TOO_MANY', `Cannot open a session: ${found}`);
    }
    const { lifetimeS, giveBack } = this.#quota.take(address, wish.lifetimeS);
    this.#opening.set(address, opening + 1);
    try {
      return await this.#open({ ...wish, lifetimeS }, giveBack);
    } catch (thrown) {
      giveBack();
      throw thrown;
    } finally {
      const left = (this.#opening.get(address) ?? 1) - 1;
      if (left === 0) this.#opening.delete(address);
      else this.#opening.set(address, left);
    }
  }

  /**
   * @returns the session that `token` opens for `verb`.
   * @throws AvatarError `TOKEN_INVALID`, which says the same of an unknown session, another session's token and another verb's.
   */
  enter(id: string, token: string, verb: Verb): DeskSession {
    const session = this.#sessions.get(id);
    const isRight = isSameSecret(session?.tokens[verb] ?? newSecret(), token);
    if (session !== undefined && isRight) return session;
    throw new AvatarError('TOKEN_INVALID', `This token does not allow to ${verb} in that session, or it has ended`);
  }

  async end(id: string, reason: string): Promise<void> {
    // First: whoever asked to end it should not find it again, and no other server is asked to take it again.
    void this.#forget(id, reason);
    await this.#options.peer.leave(id, reason);
  }

  push(event: PeerEvent): void {
    if (event.type === 'left') void this.#forget(event.participantId, event.reason);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((id) => this.#forget(id, 'The server is stopping')));
  }

  async #open(wish: SpeakWish, onGone: () => void): Promise<DeskSession> {
    const { peer, clock, now, outgoing } = this.#options;
    const id = `${SESSION_PREFIX}${randomBytes(12).toString('base64url')}`;
    const { portraitId, ownerKey, framesPerSecond, background } = wish;
    // Both take a while: at once.
    const opening = OpusEncoder.open();
    opening.catch(() => undefined);
    try {
      const request = { roomId: `session ${id}`, participantId: id, name: '', portraitId, framesPerSecond, background };
      const participant = await peer.enter({ ...request, ...(ownerKey === undefined ? {} : { ownerKey }) });
      const encoder = await opening.catch(async (thrown: unknown) => {
        await peer.leave(id, 'The session could not be opened');
        throw thrown;
      });
      if (peer.participant(id) === undefined) throw new AvatarError('SESSION_UNKNOWN', 'The session ended at once');
      const end = (reason: string): void => void this.end(id, reason);
      const { publish: target } = wish;
      const openPush =
        target &&
        ((onState: (state: PublishState) => void): WhipPush =>
          new WhipPush({ peer, participantId: id, target, rules: outgoing, now, random: Math.random, onState }));
      const session = new DeskSession({ id, wish, participant, encoder, clock, now, end, onGone, openPush });
      this.#sessions.set(id, session);
      this.#count();
      return session;
    } catch (thrown) {
      void opening.then(
        (encoder) => {
          encoder.close();
        },
        () => undefined,
      );
      throw thrown;
    }
  }

  async #forget(id: string, reason: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    this.#count();
    await session.dispose(reason);
  }

  #count(): void {
    this.#options.meter.gauge('avatar_speak_sessions', 'Sessions of programs that are open').set(this.#sessions.size);
  }
}

function newSecret(): string {
  return randomBytes(24).toString('base64url');
}
