import type { Closable } from '../../base/lifecycle.ts';
import { mediaTimeUs, US_PER_S, type MediaTimeUs } from '../../base/timeline.ts';
import { OPUS_FRAME_SAMPLES, OPUS_RATE_HZ, OpusEncoder } from './opus-encoder.ts';

export interface TimedPacket {
  readonly packet: Uint8Array;
  readonly timeUs: MediaTimeUs;
}

/** The sound of a film as Opus. A decoder that skips nothing hears it exactly on time. */
export class OpusTrack implements Closable {
  readonly #encoder: OpusEncoder;
  readonly #frame = new Float32Array(OPUS_FRAME_SAMPLES);
  #filled = 0;
  #packets = 0;
  /** The encoder's delay: this much of the beginning is left out, so that all that follows is on time. */
  #leaveOut: number;

  private constructor(encoder: OpusEncoder) {
    this.#encoder = encoder;
    this.#leaveOut = encoder.lookaheadSamples;
  }

  /** @throws AvatarError `CODEC_FAILED`. */
  static async open(bitrateBps: number): Promise<OpusTrack> {
    return new OpusTrack(await OpusEncoder.open({ content: 'any', bitrateBps, forwardErrorCorrection: false }));
  }

  /** @param samples - mono at `OPUS_RATE_HZ`, only read. */
  push(samples: Float32Array): TimedPacket[] {
    const packets: TimedPacket[] = [];
    let at = Math.min(this.#leaveOut, samples.length);
    this.#leaveOut -= at;
    while (at < samples.length) {
      const taken = Math.min(OPUS_FRAME_SAMPLES - this.#filled, samples.length - at);
      this.#frame.set(samples.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === OPUS_FRAME_SAMPLES) packets.push(this.#encode());
    }
    return packets;
  }

  /** @returns the packets, with silence at the end, that make the sound last until `untilUs`. */
  flush(untilUs: MediaTimeUs): TimedPacket[] {
    const total = Math.ceil((untilUs * OPUS_RATE_HZ) / US_PER_S / OPUS_FRAME_SAMPLES);
    const packets: TimedPacket[] = [];
    while (this.#packets < total) {
      this.#frame.fill(0, this.#filled);
      packets.push(this.#encode());
    }
    return packets;
  }

  close(): void {
    this.#encoder.close();
  }

  #encode(): TimedPacket {
    this.#filled = 0;
    const timeUs = mediaTimeUs((this.#packets++ * OPUS_FRAME_SAMPLES * US_PER_S) / OPUS_RATE_HZ);
    return { packet: this.#encoder.encode(this.#frame), timeUs };
  }
}
