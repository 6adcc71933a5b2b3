import type { ToClient } from '../../protocol/channel.ts';
import type { CandidateInit } from '../../protocol/signaling.ts';
import type { SpeechMessage } from '../../protocol/speech.ts';
import type { Clock } from '../base/clock.ts';
import type { Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/logger.ts';
import type { Meter } from '../base/meter.ts';
import type { ControlMessage } from '../../protocol/control.ts';
import type { RgbColour } from '../media/face-codec.ts';
import type { MotionEngine } from '../native/model/motion-engine.ts';
import type { RenderPool } from '../native/worker/render-pool.ts';
import type { IceCredentials } from './rtc/connection.ts';
import type { MessageChannelOptions } from './rtc/message-channel.ts';
import type { RtcOptions } from './rtc/rtc-options.ts';

/** Where enrolled portraits come from. */
export interface AvatarSource {
  /**
   * @param ownerKey - of whoever wants to wear the face.
   * @returns the bytes of an `.avatar` file, best over a `SharedArrayBuffer`: then threads share them without a copy.
   * @throws AvatarError `PORTRAIT_UNKNOWN`, `PORTRAIT_BLOCKED`, `PORTRAIT_PRIVATE`, `CONSENT_MISSING` or what reading it brings.
   */
  load(portraitId: string, ownerKey?: string): Promise<Uint8Array>;
}

export interface AvatarPeerOptions {
  /** Closed by whoever opened it, after the peer. */
  readonly motion: MotionEngine;
  /** Likewise. */
  readonly renderers: RenderPool;
  readonly avatars: AvatarSource;
  /** Avatars that may be live at once; one more is refused with `CAPACITY_FULL`. */
  readonly capacity: number;
  readonly rtc: RtcOptions;
  /** A page that is not connected so long after its offer loses its place; 15 s unless given. */
  readonly connectWithinMs?: number;
  /** An avatar that has been watched for this long is drawn before newcomers on a busy machine; 20 s unless given. */
  readonly newcomerMs?: number;
  /** Whether the AI badge is burnt in; only the operator's setting may say no. */
  readonly badge: boolean;
  /** The operator's key of the invisible mark in every picture. */
  readonly watermarkKey?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Hears what becomes of participants; called outside of any call into the peer. */
  readonly onEvent?: (event: PeerEvent) => void;
}

/** Who comes into a room, and with which face. */
export interface EntryRequest {
  readonly roomId: string;
  /** Unique in this process; the signaling `peerId`. */
  readonly participantId: string;
  readonly name: string;
  readonly portraitId: string;
  /** What the other participants are told instead of the portrait's id, if anything. */
  readonly portraitAlias?: string | undefined;
  /** Shows that the portrait is the participant's own; one that is public needs none. */
  readonly ownerKey?: string | undefined;
  readonly framesPerSecond?: 25 | 30 | 40;
  /** Behind the face, instead of what the portrait has there. */
  readonly background?: RgbColour | undefined;
}

export interface JoinRequest extends EntryRequest {
  /** `publisher`: no page, but a program that sends a voice in its first audio section and sees nothing. */
  readonly role?: 'page' | 'publisher';
  /**
   * SDP of the page. Its first audio section carries the microphone (`sendrecv`) and its first video section shows the
   * page's own avatar; each further pair of `recvonly` audio and video sections is a place for another participant.
   * Three pairs more serve a room of four. The roster on the data channel says who is in which (`mid`).
   */
  readonly offerSdp: string;
}

/** Who wants to see and hear an avatar without being in its room. */
export interface WatchRequest {
  readonly participantId: string;
  /** Unique in this process. */
  readonly viewerId: string;
  /** Its first video section that receives VP8 shows the avatar, and its first such audio section plays it. */
  readonly offerSdp: string;
  /** The connection is gone, or the avatar is; not told after `close`. */
  readonly onEnd: (reason: string) => void;
}

/** Another server that an avatar is sent to (WHIP, RFC 9725). */
export interface SendRequest {
  readonly participantId: string;
  /** Unique in this process. */
  readonly viewerId: string;
  /** Brings our offer to that server. @returns its answer. */
  readonly exchange: (offerSdp: string) => Promise<string>;
  /** Whether packets may be sent to an address that the answer names. */
  readonly mayReach: (address: string) => boolean;
  /** A data channel of bytes beside picture and sound. */
  readonly channel?: MessageChannelOptions | undefined;
  /** Picture and sound flow. */
  readonly onConnected: () => void;
  /** The connection is gone or did not come about, or the avatar is gone; not told after `close`. */
  readonly onEnd: (reason: string) => void;
}

/** An avatar that is sent to another server. */
export interface Sending extends Closable {
  /** Over the data channel. @returns whether it went out; not before it is open, nor while the other end does not read. */
  sendMessage(bytes: Uint8Array): boolean;
}

/** One who watches. */
export interface Watching {
  readonly answerSdp: string;
  /** @returns the answer with our new credentials. @throws AvatarError `SESSION_UNKNOWN` or `SDP_UNUSABLE`. */
  restart(credentials: IceCredentials): Promise<string>;
  /** What cannot be used is ignored. */
  addCandidate(candidate: CandidateInit): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface JoinReply {
  /** Whole: candidates included, nothing trickles from here. */
  readonly answerSdp: string;
}

/** `code` is an `ErrorCode` where a failure ended it. */
export type PeerEvent =
  | { readonly type: 'joined'; readonly roomId: string; readonly participantId: string }
  /** Media flows; `connectUs` since the offer came. Said again after every reconnection. */
  | { readonly type: 'live'; readonly roomId: string; readonly participantId: string; readonly connectUs: number }
  /** The connection is gone; the place is kept for ten seconds. */
  | { readonly type: 'interrupted'; readonly roomId: string; readonly participantId: string }
  | {
      readonly type: 'left';
      readonly roomId: string;
      readonly participantId: string;
      readonly reason: string;
      readonly code?: string;
    }
  /** Real-time text that the participant typed (RFC 8865). */
  | { readonly type: 'text'; readonly roomId: string; readonly participantId: string; readonly text: string }
  /** JSON from the data channel `visavis` whose type begins with `speech-`: for whoever makes speech of it, unchecked. */
  | {
      readonly type: 'speech';
      readonly roomId: string;
      readonly participantId: string;
      readonly message: SpeechMessage;
    };

export interface PeerLoad {
  readonly capacity: number;
  readonly active: number;
  /** Share of the frames of the last seconds that were late or skipped, 0..1. */
  readonly lateRatio: number;
}

/** One participant, for whoever adds to what the microphone brings. */
export interface Participant {
  readonly participantId: string;
  readonly roomId: string;
  readonly name: string;
  readonly portraitId: string;
  /**
   * Speech that did not come from the microphone: 20 ms Opus packets that are spoken one after the other in real time,
   * after those given before; until the last is spoken the microphone is heard lowered. May be called while the speech is
   * still being made.
   * @returns µs from now until the first of them leaves for the listeners, so that captions and gestures can keep time.
   */
  speak(packets: readonly Uint8Array[]): number;
  /**
   * @param delayUs - from now, as `speak` gives it.
   * @returns which moment the sender reports call the sound that leaves then: NTP in ms, by which a page that knows what
   * it plays now finds when it will be heard.
   */
  soundTimeMs(delayUs: number): number;
  /** Forgets what is still to be spoken and closes the mouth, within 200 ms. @returns µs of speech not spoken. */
  stopSpeaking(): number;
  /** How much of what `speak` was given has left for the listeners since the participant came, µs. */
  readonly spokenUs: number;
  /** Whether the microphone brought speech in the last third of a second: typed speech may wait for a pause. */
  readonly talking: boolean;
  /** As a control that came from the page; what it says lasts as long. */
  control(message: ControlMessage): void;
  /** To this participant's page, as JSON on the data channel `visavis`; dropped while there is none. */
  send(message: ToClient): void;
  /** To every page of the room. */
  broadcast(message: ToClient): void;
}

/**
 * All visitors of this process: rooms, their connections and their avatars. What it throws to a caller ends only that
 * caller's wish; no other session notices.
 */
export interface AvatarPeer extends Closable {
  /**
   * Takes a participant into a room, which is made when it is the first. A participant that is already there gets a new
   * connection and keeps the avatar.
   * @throws AvatarError `CAPACITY_FULL`, `SDP_UNUSABLE`, or what loading the portrait brings.
   */
  join(request: JoinRequest): Promise<JoinReply>;
  /**
   * Takes an avatar into a room that no page wears: a program speaks for it. It is live at once, and stays until `leave`.
   * @throws AvatarError `CAPACITY_FULL`, or what loading the portrait brings.
   */
  enter(request: EntryRequest): Promise<Participant>;
  /**
   * A later offer of the same page: a renegotiation, an ICE restart, or a new connection after the old one broke.
   * @throws AvatarError `SESSION_UNKNOWN` or `SDP_UNUSABLE`.
   */
  offer(participantId: string, offerSdp: string): Promise<JoinReply>;
  /** An ICE restart without another offer. @throws AvatarError `SESSION_UNKNOWN` or `SDP_UNUSABLE`. */
  restart(participantId: string, credentials: IceCredentials): Promise<JoinReply>;
  /**
   * Shows an avatar to somebody who is not in its room. Every picture is made once, however many watch.
   * @throws AvatarError `SESSION_UNKNOWN`, `VIEWERS_TOO_MANY` or `SDP_UNUSABLE`.
   */
  watch(request: WatchRequest): Promise<Watching>;
  /**
   * Sends an avatar to another server, as if that watched.
   * @throws AvatarError `SESSION_UNKNOWN`, `VIEWERS_TOO_MANY` or `SDP_UNUSABLE`, or what the exchange throws.
   */
  send(request: SendRequest): Promise<Sending>;
  /** How many watch it that way. */
  viewerCount(participantId: string): number;
  /** A trickled candidate in the browser's form; `null` ends the list. Unknown participants and rubbish are ignored. */
  candidate(participantId: string, candidate: CandidateInit): Promise<void>;
  /** Somebody may soon join with this portrait: what takes time is done now. Never fails: it is only a hint. */
  prepare(portraitId: string): Promise<void>;
  /** Idempotent. @param code - why, where it was not the participant's own wish. */
  leave(participantId: string, reason: string, code?: 'ENDED_BY_OPERATOR'): Promise<void>;
  participant(participantId: string): Participant | undefined;
  /** Who is in a room, by participant. */
  membersOf(roomId: string): readonly string[];
  /** Ends every session of a portrait (the operator's kill switch). @returns how many. */
  endPortrait(portraitId: string, reason: string): number;
  readonly load: PeerLoad;
  close(reason?: string): Promise<void>;
}
