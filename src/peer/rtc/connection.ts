import { RTCPeerConnection, type RTCDtlsTransport, type RtpPacket } from 'werift';
import { AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { AudioPacket } from '../../base/media.ts';
import { Standstill } from '../../base/standstill.ts';
import { advance, US_PER_MS, type MonotonicUs } from '../../base/timeline.ts';
import type { CandidateInit } from '../../../protocol/signaling.ts';
import { ABS_CAPTURE_TIME, answer, peerConfiguration } from './answer.ts';
import { WINDOW_BYTES, windowLeft } from './association.ts';
import { MAX_CHANNEL_MESSAGE_BYTES } from '../../../protocol/channel-names.ts';
import { call, type CallOptions } from './call.ts';
import { DataChannels, type DataChannelEvents } from './data-channels.ts';
import { readFeedback, type Feedback } from './feedback.ts';
import { sayGoodbye } from './goodbye.ts';
import { Guard, type ConnectionFailure } from './guard.ts';
import type { MessageChannel } from './message-channel.ts';
import { readOffer, type Offer, type PeerRole } from './offer.ts';
import { skipUsedRecordNumbers } from './record-numbers.ts';
import type { RtcOptions } from './rtc-options.ts';
import { AUDIO_CLOCK_HZ, StreamSender, VIDEO_CLOCK_HZ } from './stream-sender.ts';

/** What a connection tells; nothing is told after `onClosed`. */
export interface ConnectionEvents extends DataChannelEvents {
  /** Keys are agreed: media may flow. */
  onConnected(): void;
  onAudio(packet: AudioPacket, ssrc: number): void;
  /** About our video in `slot`, or `undefined` for the whole connection. */
  onFeedback(feedback: Feedback, slot: number | undefined): void;
  /** The page went away, or its network did. Never told of a `close` of ours. */
  onClosed(reason: string): void;
  /** What came and was dropped since it was told last, by kind. */
  onDropped(counts: Readonly<Record<string, number>>): void;
  /** Something of ours failed at what the page sent; `onClosed` follows. */
  onFault(reason: string): void;
}

/** A place for one avatar on the page: its picture and, where the page has an audio section for it, its sound. */
export interface Slot {
  readonly videoMid: string;
  readonly audioMid: string | undefined;
  readonly video: StreamSender;
  readonly audio: StreamSender | undefined;
}

export interface ConnectionOptions {
  readonly offerSdp: string;
  /** `page` unless given. */
  readonly role?: PeerRole;
  readonly rtc: RtcOptions;
  readonly events: ConnectionEvents;
  readonly now: () => MonotonicUs;
  readonly random: () => number;
}

/** Of a peer that restarts ICE without another offer. */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** A page sends reports every second even when it is muted; five seconds without anything is nobody. */
const SILENCE_US = 4_000_000;
/** Other programs report as seldom as every 5 s (RFC 3550, 6.2), and their network is asked for consent as seldom. */
const PROGRAM_SILENCE_US = 15_000_000;
const SILENCE_CHECK_MS = 500;
/** ICE and DTLS take a fifth of a second; a phone that wakes its radio takes a few. */
const CONNECT_TIMEOUT_US = 15_000_000;

/** Half a second each: longer than any lost piece takes to come again. */
const CHOKED_CHECKS = 4;

/** One WebRTC connection: a page's, answered by us, or one that we offered. The only file, with its neighbours, that knows the library. */
export class Connection implements Closable {
  readonly answerSdp: string;
  readonly slots: readonly Slot[];
  readonly data: DataChannels;
  /** In a call that we made with one. */
  readonly channel: MessageChannel | undefined;
  readonly #peer: RTCPeerConnection;
  readonly #options: ConnectionOptions;
  readonly #guard: Guard;
  readonly #openedUs: MonotonicUs;
  #offer: Offer;
  /** As it came. */
  #offerSdp: string;
  #heardUs: MonotonicUs;
  readonly #standstill: Standstill;
  #connected = false;
  #closed = false;
  #choked = 0;
  #watch: NodeJS.Timeout | undefined;

  private constructor(parts: {
    readonly options: ConnectionOptions;
    readonly peer: RTCPeerConnection;
    readonly guard: Guard;
    readonly offer: Offer;
    readonly answerSdp: string;
    readonly channel?: MessageChannel | undefined;
  }) {
    const { options, peer, offer } = parts;
    this.#options = options;
    this.#peer = peer;
    this.#guard = parts.guard;
    this.#offer = offer;
    this.#offerSdp = options.offerSdp;
    this.answerSdp = parts.answerSdp;
    this.channel = parts.channel;
    this.#openedUs = options.now();
    this.#heardUs = this.#openedUs;
    this.slots = openSlots(peer, offer, options.random, (ssrc) => {
      this.#tell({ type: 'keyframe-request', ssrc });
    });
    this.data = new DataChannels(options.events, options.now, (action) => this.#guard.own(action));
    peer.onDataChannel.subscribe((channel) => {
      this.data.accept(channel);
    });
    for (const transport of peer.dtlsTransports) this.#listen(transport);
    this.#standstill = new Standstill(SILENCE_CHECK_MS * US_PER_MS, options.now());
    this.#watch = setInterval(() => {
      this.#watchSilence();
      this.#watchWindow();
      this.#tellDropped();
    }, SILENCE_CHECK_MS);
    this.#watch.unref();
    this.#guard.listen((failure) => {
      this.#fail(failure);
    });
  }

  /** @throws AvatarError `SDP_UNUSABLE` when the offer cannot be answered. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { role = 'page' } = options;
    const offer = readOffer(options.offerSdp, !options.rtc.iceLite, role);
    const guard = new Guard(options.now);
    return guard.own(async () => {
      const peer = new RTCPeerConnection(peerConfiguration(options.rtc));
      try {
        const answerSdp = await answer(peer, offer, role, options.rtc, guard);
        return new Connection({ options, peer, guard, offer, answerSdp });
      } catch (thrown) {
        await peer.close();
        throw unusable(thrown);
      }
    });
  }

  /**
   * Offers picture and sound to another server instead of answering a page.
   * @throws AvatarError `SDP_UNUSABLE` when its answer cannot be used, or what the exchange throws.
   */
  static async call(options: Omit<ConnectionOptions, 'offerSdp' | 'role'>, other: CallOptions): Promise<Connection> {
    const guard = new Guard(options.now);
    return guard.own(async () => {
      const { offerSdp, ...parts } = await call(other, options.rtc, guard);
      return new Connection({ options: { ...options, offerSdp, role: 'viewer' }, guard, ...parts });
    });
  }

  get connected(): boolean {
    return this.#connected && !this.#closed;
  }

  /** @returns whether `offerSdp` continues this connection (ICE restart, renegotiation) or is another page's. */
  continues(offerSdp: string): boolean {
    return offerSdp.includes(this.#offer.fingerprint);
  }

  /**
   * Answers a later offer. One at a time: the caller awaits each.
   * @throws AvatarError `SDP_UNUSABLE`; the connection goes on as it was.
   */
  async renegotiate(offerSdp: string): Promise<string> {
    const { rtc, role = 'page' } = this.#options;
    const offer = readOffer(offerSdp, !rtc.iceLite, role);
    try {
      const answerSdp = await this.#guard.own(() => answer(this.#peer, offer, role, rtc, this.#guard));
      this.#offer = offer;
      this.#offerSdp = offerSdp;
      this.#heardUs = this.#options.now();
      return answerSdp;
    } catch (thrown) {
      throw unusable(thrown);
    }
  }

  /**
   * An ICE restart of a peer that says only its new credentials: all else is as in its last offer (RFC 9725, 4.3.3).
   * @returns the answer with our own new credentials. @throws AvatarError `SDP_UNUSABLE`.
   */
  restart({ usernameFragment, password }: IceCredentials): Promise<string> {
    const offerSdp = this.#offerSdp
      .replaceAll(/^a=(?:candidate:.*|end-of-candidates)\r?\n/gm, '')
      .replaceAll(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${usernameFragment}`)
      .replaceAll(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${password}`);
    return this.renegotiate(offerSdp);
  }

  /** A candidate that came later; one that cannot be used is ignored. */
  async addCandidate(candidate: CandidateInit): Promise<void> {
    // One that only answers checks learns the page's addresses from the checks.
    if (this.#options.rtc.iceLite || this.#closed) return;
    try {
      await this.#peer.addIceCandidate(candidate === null ? null : candidateOf(candidate));
    } catch {
      return;
    }
  }

  /** Sends sender reports of all streams that are in use, in one packet. */
  report(packets: Parameters<RTCDtlsTransport['sendRtcp']>[0]): void {
    const transport = this.#peer.dtlsTransports[0];
    if (!this.connected || transport === undefined || packets.length === 0) return;
    // The next report makes up for one that could not be sent.
    transport.sendRtcp(packets).catch(() => undefined);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#watch);
    this.#guard.shut();
    this.#tellDropped();
    for (const transport of this.#peer.dtlsTransports) await sayGoodbye(transport);
    await this.#peer.close();
  }

  #listen(transport: RTCDtlsTransport): void {
    const { events } = this.#options;
    // The library's own connection state says "failed" 27 s after the page has gone; DTLS says "closed" at once.
    transport.onStateChange.subscribe((state) => {
      if (this.#closed) return;
      if (state === 'connected' && !this.#connected) {
        this.#connected = true;
        skipUsedRecordNumbers(transport);
        this.#heardUs = this.#options.now();
        events.onConnected();
      } else if (state === 'closed' || state === 'failed') {
        this.#lost(`DTLS ${state}`);
      }
    });
    // Read here and not behind the library's routing, which knows only streams that the offer named: a browser that
    // changes its microphone may change its SSRC.
    transport.onRtp.subscribe((packet) => {
      if (this.#closed) return;
      this.#heardUs = this.#options.now();
      if (this.#isOpus(packet)) events.onAudio(audioPacketOf(packet), packet.header.ssrc);
    });
    transport.onRtcp.subscribe((packet) => {
      if (this.#closed) return;
      this.#heardUs = this.#options.now();
      for (const each of readFeedback(packet)) this.#tell(each);
    });
  }

  #tell(feedback: Feedback): void {
    const { events } = this.#options;
    if (feedback.type === 'estimate') events.onFeedback(feedback, undefined);
    else {
      const slot = this.slots.findIndex(({ video }) => video.ssrc === feedback.ssrc);
      if (slot >= 0) events.onFeedback(feedback, slot);
    }
  }

  get #silenceUs(): number {
    return (this.#options.role ?? 'page') === 'page' ? SILENCE_US : PROGRAM_SILENCE_US;
  }

  #isOpus({ header }: RtpPacket): boolean {
    const audio = this.#peer.getTransceivers().find(({ kind }) => kind === 'audio');
    return audio?.codecs.some(({ payloadType }) => payloadType === header.payloadType) === true;
  }

  #watchSilence(): void {
    const now = this.#options.now();
    // What the page sent while this process stood still waits in its socket, unread.
    this.#heardUs = advance(this.#heardUs, this.#standstill.take(now));
    if (!this.#connected && now > advance(this.#openedUs, CONNECT_TIMEOUT_US)) this.#lost('did not connect');
    else if (this.#connected && now > advance(this.#heardUs, this.#silenceUs)) this.#lost('silent');
  }

  /**
   * A message is only heard of when it is whole, and each piece of it costs the library a look at all before. One that
   * is larger than we said we take fills the window instead, and stays.
   */
  #watchWindow(): void {
    this.#choked = windowLeft(this.#peer) < WINDOW_BYTES - MAX_CHANNEL_MESSAGE_BYTES ? this.#choked + 1 : 0;
    if (this.#choked < CHOKED_CHECKS) return;
    this.#options.events.onAbuse(`a message of more than ${MAX_CHANNEL_MESSAGE_BYTES} bytes`);
  }

  #tellDropped(): void {
    const counts = this.#guard.tally.take();
    if (counts !== undefined) this.#options.events.onDropped(counts);
  }

  #fail({ type, reason }: ConnectionFailure): void {
    if (this.#closed) return;
    if (type === 'violation') {
      this.#options.events.onAbuse(reason);
      return;
    }
    this.#options.events.onFault(reason);
    this.#lost('a fault');
  }

  #lost(reason: string): void {
    if (this.#closed) return;
    this.close().catch(() => undefined);
    this.#options.events.onClosed(reason);
  }
}

function openSlots(
  peer: RTCPeerConnection,
  offer: Offer,
  random: () => number,
  onGone: (ssrc: number) => void,
): Slot[] {
  const ids = Object.entries(peer.extIdUriMap);
  const captureTime = ids.find(([, uri]) => uri === ABS_CAPTURE_TIME)?.[0];
  const captureTimeId = captureTime === undefined ? undefined : Number(captureTime);
  const byMid = new Map(peer.getTransceivers().map((transceiver) => [transceiver.mid, transceiver]));
  const open = (mid: string | undefined, clockHz: number, isWanted = true): StreamSender | undefined => {
    const transceiver = mid === undefined ? undefined : byMid.get(mid);
    return transceiver && new StreamSender(transceiver.sender, { clockHz, captureTimeId, random, onGone, isWanted });
  };
  return offer.slots.flatMap(({ videoMid, audioMid, isWanted }) => {
    const video = open(videoMid, VIDEO_CLOCK_HZ, isWanted);
    return video === undefined ? [] : [{ videoMid, audioMid, video, audio: open(audioMid, AUDIO_CLOCK_HZ) }];
  });
}

function audioPacketOf({ header, payload }: RtpPacket): AudioPacket {
  return { sequenceNumber: header.sequenceNumber, rtpTimestamp: header.timestamp, data: payload };
}

function candidateOf({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: NonNullable<CandidateInit>) {
  return {
    candidate,
    ...(sdpMid == null ? {} : { sdpMid }),
    ...(sdpMLineIndex == null ? {} : { sdpMLineIndex }),
    ...(usernameFragment == null ? {} : { usernameFragment }),
  };
}

function unusable(thrown: unknown): AvatarError {
  if (thrown instanceof AvatarError) return thrown;
  // The library's messages may hold what the page wrote, and messages reach the log.
  return new AvatarError('SDP_UNUSABLE', 'Cannot answer the offer: the WebRTC library cannot read it', {
    cause: thrown,
  });
}
