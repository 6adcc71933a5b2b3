import { toServerSchema, type ToClient } from '../../protocol/channel.ts';
import type { ControlMessage } from '../../protocol/control.ts';
import { readMessage, unreadEvent } from '../../protocol/read.ts';
import type { CandidateInit } from '../../protocol/signaling.ts';
import { isSpeech } from '../../protocol/speech.ts';
import { AvatarError } from '../base/errors.ts';
import { Scope, type Closable } from '../base/lifecycle.ts';
import type { AudioPacket, EncodedFrame } from '../base/media.ts';
import { advance, type MediaTimeUs, type MonotonicUs } from '../base/timeline.ts';
import { ARKIT_DIMS } from '../media/motion-space.ts';
import { Vp8Payloader } from '../media/video/vp8-payloader.ts';
import type { Participant, PeerEvent } from './avatar-peer.ts';
import type { PeerFigures } from './peer-figures.ts';
import { Connection, type ConnectionEvents, type IceCredentials } from './rtc/connection.ts';
import type { Feedback } from './rtc/feedback.ts';
import type { NtpClock } from './rtc/ntp.ts';
import type { PeerRole } from './rtc/offer.ts';
import type { RtcOptions } from './rtc/rtc-options.ts';
import { move, type SessionState } from './session-state.ts';
import type { SentFrame, Session, SessionEvents } from './session.ts';
import { Viewer, type Source } from './viewer.ts';

/** What a member needs of its room. */
export interface MemberRoom {
  readonly roomId: string;
  readonly size: number;
  readonly members: readonly Member[];
  /** Pages and spectators that are there, connected or about to be. */
  readonly viewers: readonly Viewer[];
  /** Who is where has changed. */
  arrange(): void;
  /** Somebody began or ceased to follow lips. */
  favourLips(): void;
  hear(viewer: Viewer, feedback: Feedback, slot: number | undefined, figures: PeerFigures): void;
  broadcast(message: ToClient): void;
}

export interface MemberOptions {
  readonly participantId: string;
  readonly name: string;
  readonly portraitId: string;
  readonly portraitAlias: string | undefined;
  readonly room: MemberRoom;
  readonly rtc: RtcOptions;
  /** What its page is. */
  readonly role: PeerRole;
  readonly ntp: NtpClock;
  readonly now: () => MonotonicUs;
  readonly random: () => number;
  /** A page that is not connected so long after its offer loses its place. */
  readonly connectWithinMs: number;
  /** An avatar that has been watched for this long is no longer a newcomer. */
  readonly newcomerMs: number;
  readonly figures: PeerFigures;
  readonly openSession: (events: SessionEvents) => Session;
  readonly onEvent: (event: PeerEvent) => void;
  /** Something failed at what this participant's page sent, and ended its connection. */
  readonly onFault: (reason: string) => void;
  /** The picture of an established avatar has arrived. @param tookUs - from its order to its arrival. */
  readonly onPicture: (tookUs: number) => void;
  /** It cannot go on, or nobody came back for it: its place is to be given up. */
  readonly onEnd: (member: Member, reason: string, code?: string) => void;
}

const LIPS_FRAMES_PER_SECOND = 30;
/** How far to the side the others of three or more are looked for. */
const OTHERS_YAW_DEG = 9;
/** A place is kept this long without a connection. */
const KEEP_PLACE_MS = 10_000;

/** One participant: an avatar, and for most of the time a page that shows it and the others'. */
export class Member implements Participant, Source, Closable {
  readonly participantId: string;
  readonly name: string;
  readonly portraitId: string;
  readonly portraitAlias: string | undefined;
  readonly session: Session;
  readonly #options: MemberOptions;
  readonly #payloader: Vp8Payloader;
  readonly #scope = new Scope();
  #state: SessionState = 'connecting';
  #connection: Connection | undefined;
  #viewer: Viewer | undefined;
  #offeredUs: MonotonicUs;
  #latest: Source['latest'];
  #favoursLips = false;
  #givingUp: NodeJS.Timeout | undefined;
  #establishing: NodeJS.Timeout | undefined;
  /** Offers and candidates are handled one at a time: two at once confuse the library's negotiation. */
  #negotiation: Promise<unknown> = Promise.resolve();

  constructor(options: MemberOptions) {
    this.#options = options;
    this.participantId = options.participantId;
    this.name = options.name;
    this.portraitId = options.portraitId;
    this.portraitAlias = options.portraitAlias;
    this.#payloader = new Vp8Payloader(Math.floor(options.random() * 0x8000));
    this.#offeredUs = options.now();
    this.session = this.#scope.own(options.openSession(this.#sessionEvents()));
    this.#scope.defer(() => {
      clearTimeout(this.#givingUp);
      clearTimeout(this.#establishing);
    });
    this.#scope.defer(() => this.#disconnect());
  }

  get roomId(): string {
    return this.#options.room.roomId;
  }

  get state(): SessionState {
    return this.#state;
  }

  get clock(): Session['clock'] {
    return this.session.clock;
  }

  get latest(): Source['latest'] {
    return this.#latest;
  }

  get viewer(): Viewer | undefined {
    return this.#viewer;
  }

  get talking(): boolean {
    return this.session.talking;
  }

  get spokenUs(): number {
    return this.session.spokenUs;
  }

  /** Live without a page: a program speaks for it. */
  goLive(): void {
    this.#state = move(this.#state, 'live');
    this.#options.room.arrange();
    const connectUs = this.#options.now() - this.#offeredUs;
    this.#options.onEvent({ type: 'live', roomId: this.roomId, participantId: this.participantId, connectUs });
  }

  /** @returns the answer. @throws AvatarError `SDP_UNUSABLE`, or `SESSION_UNKNOWN` when it has left meanwhile. */
  answer(offerSdp: string): Promise<string> {
    return this.#inTurn(async () => {
      this.#offeredUs = this.#options.now();
      if (this.#connection?.continues(offerSdp) === true) return this.#connection.renegotiate(offerSdp);
      const { rtc, role, ntp, now, random } = this.#options;
      const connection = await Connection.open({ rtc, role, now, random, offerSdp, events: this.#connectionEvents() });
      await this.#disconnect();
      if (this.#scope.signal.aborted) {
        await connection.close();
        throw new AvatarError('SESSION_UNKNOWN', 'Cannot answer the offer: the participant has left');
      }
      clearTimeout(this.#givingUp);
      if (this.#state !== 'connecting') this.#state = move(this.#state, 'connecting');
      // A place that only signaling asked for is soon free again.
      this.#giveUpAfter(this.#options.connectWithinMs, 'No media came');
      this.#connection = connection;
      this.#viewer = new Viewer(this.participantId, connection, ntp, now);
      if (this.#favoursLips) this.#viewer.favourLips(true);
      this.#options.room.arrange();
      return connection.answerSdp;
    });
  }

  /** An ICE restart without an offer. @returns the answer. @throws AvatarError `SESSION_UNKNOWN` or `SDP_UNUSABLE`. */
  restart(credentials: IceCredentials): Promise<string> {
    return this.#inTurn(async () => {
      if (this.#connection === undefined) throw new AvatarError('SESSION_UNKNOWN', 'The connection is gone');
      return this.#connection.restart(credentials);
    });
  }

  addCandidate(candidate: CandidateInit): Promise<void> {
    return this.#inTurn(async () => this.#connection?.addCandidate(candidate));
  }

  requestKeyframe(): void {
    this.session.push({ type: 'keyframe-request' });
  }

  control(message: ControlMessage): void {
    this.session.push({ type: 'control', message });
  }

  speak(packets: readonly Uint8Array[]): number {
    const delayUs = this.session.speechDelayUs;
    this.session.push({ type: 'speech', packets });
    return delayUs;
  }

  soundTimeMs(delayUs: number): number {
    const { ntp, now } = this.#options;
    return ntp.msAt(advance(now(), delayUs - this.session.soundDelayUs));
  }

  stopSpeaking(): number {
    const leftUs = this.session.speechUs;
    this.session.push({ type: 'stop-speech' });
    return leftUs;
  }

  send(message: ToClient): void {
    this.#connection?.data.send(message);
  }

  broadcast(message: ToClient): void {
    this.#options.room.broadcast(message);
  }

  shows(source: Source): boolean {
    return this.#viewer?.placeOf(source) !== undefined;
  }

  /** How many connected pages show this avatar. */
  setViewers(count: number): void {
    if (count > 0) {
      this.#establishing ??= setTimeout(() => {
        this.session.establish();
      }, this.#options.newcomerMs);
      this.#establishing.unref();
    }
    this.session.push({ type: 'viewers', count });
  }

  /** Whether this person asked to follow lips closely, and has a page to do it. */
  get favoursLips(): boolean {
    return this.#favoursLips && this.#viewer !== undefined;
  }

  /** @param wanted - whether anybody who sees this avatar follows its lips closely. */
  favour(wanted: boolean): void {
    this.session.push({ type: 'favoured-rate', framesPerSecond: wanted ? LIPS_FRAMES_PER_SECOND : undefined });
  }

  /** A page that showed this avatar is gone: its link no longer counts. */
  forget(viewerId: string): void {
    this.session.bitrate.remove(viewerId);
  }

  /** Tells the page who is in which of its places. */
  sendRoster(members: readonly Member[]): void {
    const participants = members.map((member) => {
      const { participantId, name, portraitAlias, state } = member;
      const place = this.#viewer?.placeOf(member);
      const mids = { videoMid: place?.videoMid, audioMid: place?.audioMid };
      return { participantId, name, portrait: portraitAlias, state, self: member === this, ...mids };
    });
    this.send({ type: 'roster', participants });
  }

  close(): Promise<void> {
    if (this.#state !== 'closed') this.#state = move(this.#state, 'closed');
    return this.#scope.close();
  }

  /** The other avatars of the room hear this voice: they look, nod, smile at it. */
  #letOthersHear(): void {
    const { members } = this.#options.room;
    if (members.length < 2) return;
    const voice = this.session.voiceNow();
    const own = members.indexOf(this);
    for (const [place, member] of members.entries()) {
      if (member === this) continue;
      // Of two, each looks at the other's viewer; of more, to the side where the other's picture is.
      const yaw = members.length === 2 ? 0 : Math.sign(place - own) * OTHERS_YAW_DEG;
      const other = { voice, towards: { yaw, pitch: 0 } };
      member.session.push({ type: 'other-heard', participantId: this.participantId, other });
    }
  }

  #sessionEvents(): SessionEvents {
    const { figures, room } = this.#options;
    return {
      onFrame: (sent) => {
        this.#show(sent);
      },
      onSound: (packet) => {
        for (const viewer of room.viewers) viewer.playSound(this, packet, room.size === 1);
      },
      onRendered: (rendered, tookUs) => {
        figures.rendered(rendered);
        if (this.session.established) this.#options.onPicture(tookUs);
      },
      onMotion: (computeUs) => {
        this.#letOthersHear();
        figures.motion(computeUs);
      },
      onFailure: ({ code, message }) => {
        this.#options.onEnd(this, message, code);
      },
    };
  }

  #show({ frame, late, skewUs, latency, motion }: SentFrame): void {
    const { figures, room } = this.#options;
    const payloads = this.#payloader.push(frame.data);
    this.#latest = { payloads, frame };
    figures.frame(frame, late, latency);
    figures.skew(skewUs);
    for (const viewer of room.viewers) viewer.showFrame(this, frame, payloads);
    if (motion !== undefined) this.#sendCoefficients(frame, motion);
  }

  #sendCoefficients({ timeUs }: EncodedFrame, motion: Float32Array): void {
    const rounded = Array.from(motion, (value) => Math.round(value * 1000) / 1000);
    this.send({
      type: 'coefficients',
      timeUs: timeUs satisfies MediaTimeUs,
      coefficients: rounded.slice(0, ARKIT_DIMS),
      head: rounded.slice(ARKIT_DIMS),
    });
  }

  #connectionEvents(): ConnectionEvents {
    const { roomId, participantId } = this;
    const { figures, onEvent, onFault, room } = this.#options;
    return {
      onConnected: () => {
        this.#connected();
      },
      onClosed: (reason) => {
        this.#lost(reason);
      },
      onAudio: (packet: AudioPacket, ssrc) => {
        this.session.push({ type: 'packet', packet, ssrc });
      },
      onFeedback: (feedback, slot) => {
        if (this.#viewer !== undefined) room.hear(this.#viewer, feedback, slot, figures);
      },
      onOpen: () => {
        this.sendRoster(this.#options.room.members);
      },
      onMessage: (message) => {
        this.#read(message);
      },
      onText: (text) => {
        onEvent({ type: 'text', roomId, participantId, text });
      },
      onAbuse: (reason) => {
        this.#options.onEnd(this, `The connection was closed: ${reason}`, 'CONTROL_INVALID');
      },
      onDropped: (counts) => {
        figures.dropped(counts);
      },
      onFault: (reason) => {
        figures.fault();
        onFault(reason);
      },
    };
  }

  #connected(): void {
    const { now, figures, onEvent, room } = this.#options;
    clearTimeout(this.#givingUp);
    this.#state = move(this.#state, 'live');
    this.#viewer?.start();
    room.arrange();
    const connectUs = now() - this.#offeredUs;
    figures.connected(connectUs);
    onEvent({ type: 'live', roomId: this.roomId, participantId: this.participantId, connectUs });
  }

  #lost(reason: string): void {
    if (this.#scope.signal.aborted) return;
    this.#disconnect().catch(() => undefined);
    this.#state = move(this.#state, 'interrupted');
    this.#options.room.arrange();
    this.#options.onEvent({ type: 'interrupted', roomId: this.roomId, participantId: this.participantId });
    this.#giveUpAfter(KEEP_PLACE_MS, `Nobody came back (${reason})`);
  }

  #giveUpAfter(waitMs: number, reason: string): void {
    clearTimeout(this.#givingUp);
    this.#givingUp = setTimeout(() => {
      this.#options.onEnd(this, `${reason} within ${Math.round(waitMs / 1000)} s`);
    }, waitMs);
    this.#givingUp.unref();
  }

  #read(message: object): void {
    const { roomId, participantId } = this;
    const read = readMessage(toServerSchema, message);
    if (read.kind !== 'message') this.send(unreadEvent(read));
    else if (isSpeech(read.message)) {
      this.#options.onEvent({ type: 'speech', roomId, participantId, message: read.message });
    } else if (read.message.type === 'lip-clarity') this.#favourLips(read.message.active);
    else this.control(read.message);
  }

  /** For this page's eyes: all it sees, in a rate at which lips can be followed. */
  #favourLips(active: boolean): void {
    this.#favoursLips = active;
    this.#viewer?.favourLips(active);
    this.#options.room.favourLips();
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#viewer?.close();
    this.#viewer = undefined;
    this.#connection = undefined;
    for (const member of this.#options.room.members) member.forget(this.participantId);
    await connection?.close();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#negotiation.then(action);
    this.#negotiation = result.catch(() => undefined);
    return result;
  }
}
