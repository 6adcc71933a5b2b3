import {
  RtcpSenderInfo,
  RtcpSourceDescriptionPacket,
  RtcpSrPacket,
  RtpHeader,
  RtpPacket,
  SourceDescriptionChunk,
  SourceDescriptionItem,
  type RTCRtpSender,
} from 'werift';
import type { MediaTimeUs } from '../../base/timeline.ts';
import { Retransmission } from './retransmission.ts';

export const VIDEO_CLOCK_HZ = 90_000;
export const AUDIO_CLOCK_HZ = 48_000;

export interface StreamOptions {
  readonly clockHz: number;
  /** The header extension abs-capture-time, where the page asked for it. */
  readonly captureTimeId: number | undefined;
  /** 0..1, for where sequence numbers and timestamps begin (RFC 3550, 5.1). */
  readonly random: () => number;
  /** A page asked for a packet of `ssrc` that cannot be sent again. */
  readonly onGone: (ssrc: number) => void;
  /** `false` sends nothing: the other end declined it. */
  readonly isWanted?: boolean | undefined;
}

/**
 * One outgoing RTP stream whose timestamps are media time. When its source changes (another participant takes the
 * place), numbers and timestamps go on from where they were, as a receiver expects of one stream.
 */
export class StreamSender {
  readonly #sender: RTCRtpSender;
  readonly #clockHz: number;
  readonly #captureTimeId: number | undefined;
  readonly #isWanted: boolean;
  readonly #retransmission: Retransmission | undefined;
  /** How often each packet is sent again before anybody asks; pictures only. */
  copiesUnasked = 0;
  #packets = 0;
  #octets = 0;
  #sequence: number;
  #lastSourceSequence: number | undefined;
  #baseTicks: number;
  #lastTicks: number | undefined;

  constructor(sender: RTCRtpSender, options: StreamOptions) {
    this.#sender = sender;
    this.#clockHz = options.clockHz;
    this.#captureTimeId = options.captureTimeId;
    this.#isWanted = options.isWanted ?? true;
    this.#sequence = Math.floor(options.random() * 0x8000);
    this.#baseTicks = Math.floor(options.random() * 0x7fff_ffff);
    // The library would pair the last packet's timestamp with the time of sending, which wanders by what a packet waits
    // here; running already, it sends no reports, and ours follow one clock for sound and picture.
    sender.rtcpRunning = true;
    if (options.clockHz === VIDEO_CLOCK_HZ) {
      this.#retransmission = new Retransmission(sender, options.onGone);
    }
  }

  get ssrc(): number {
    return this.#sender.ssrc;
  }

  get bytesSent(): number {
    return this.#octets;
  }

  /** Another source follows, whose media time `timeUs` continues `gapUs` after what was sent last. */
  changeSource(timeUs: MediaTimeUs, gapUs: number): void {
    this.#lastSourceSequence = undefined;
    if (this.#lastTicks === undefined) return;
    this.#baseTicks = this.#lastTicks + this.#ticks(gapUs) - this.#ticks(timeUs);
  }

  /**
   * @param payloads - of one moment; the last carries the marker.
   * @param sourceSequence - numbers the source's packets, so that those it lost are missing here too.
   * @param captureNtp - when the moment was captured, for pages that ask (abs-capture-time).
   */
  send(payloads: readonly Uint8Array[], timeUs: MediaTimeUs, captureNtp: bigint, sourceSequence?: number): void {
    if (!this.#isWanted) return;
    const ticks = this.#baseTicks + this.#ticks(timeUs);
    this.#lastTicks = ticks;
    const numbers: number[] = [];
    payloads.forEach((payload, index) => {
      this.#sequence += this.#step(sourceSequence);
      const header = new RtpHeader({
        sequenceNumber: this.#sequence & 0xffff,
        timestamp: ticks >>> 0,
        marker: this.#clockHz === VIDEO_CLOCK_HZ && index === payloads.length - 1,
      });
      header.extensions = this.#captureTime(captureNtp, index === payloads.length - 1);
      const packet = new RtpPacket(header, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
      this.#packets++;
      this.#octets += payload.length;
      // The promise only says that the socket took it; a lost packet is asked for again.
      this.#sender.sendRtp(packet).catch(() => undefined);
      // By now the library has written the number that goes out.
      numbers.push(header.sequenceNumber);
    });
    this.#retransmission?.sent(numbers, this.copiesUnasked);
  }

  /** Ties timestamps to the wall clock: at `ntp`, media time is `timeUs`. */
  report(timeUs: MediaTimeUs, ntp: bigint, canonicalName: string): (RtcpSrPacket | RtcpSourceDescriptionPacket)[] {
    if (!this.#isWanted) return [];
    const { ssrc } = this.#sender;
    const senderInfo = new RtcpSenderInfo({
      ntpTimestamp: ntp,
      rtpTimestamp: (this.#baseTicks + this.#ticks(timeUs)) >>> 0,
      packetCount: this.#packets >>> 0,
      octetCount: this.#octets >>> 0,
    });
    const items = [new SourceDescriptionItem({ type: 1, text: canonicalName })];
    return [
      new RtcpSrPacket({ ssrc, senderInfo }),
      new RtcpSourceDescriptionPacket({ chunks: [new SourceDescriptionChunk({ source: ssrc, items })] }),
    ];
  }

  #ticks(us: number): number {
    return Math.round((us * this.#clockHz) / 1_000_000);
  }

  #step(sourceSequence: number | undefined): number {
    const last = this.#lastSourceSequence;
    this.#lastSourceSequence = sourceSequence;
    return sourceSequence === undefined || last === undefined ? 1 : Math.max(1, sourceSequence - last);
  }

  #captureTime(ntp: bigint, lastOfMoment: boolean): RtpHeader['extensions'] {
    if (this.#captureTimeId === undefined || !lastOfMoment) return [];
    const payload = Buffer.alloc(8);
    payload.writeBigUInt64BE(ntp);
    return [{ id: this.#captureTimeId, payload }];
  }
}
