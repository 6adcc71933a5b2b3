import { Application, createEncoder, type OpusEncoderHandle } from 'libopus-wasm';
import { MediaStreamTrack, RtpHeader, RtpPacket } from 'werift';

import { readWav } from './wav.ts';

const RATE_HZ = 48_000;
/** 20 ms, as browsers send. */
const PACKET_SAMPLES = 960;
const PACKET_MS = 20;
const BITRATE_BPS = 40_000;

/** A voice from samples: gives a track to publish in a call, and sends Opus packets on it in real time. */
export class VoiceTrack implements Disposable {
  readonly track = new MediaStreamTrack({ kind: 'audio' });
  readonly #encoder: OpusEncoderHandle;
  #sequence = 0;
  #timestamp = 0;

  private constructor(encoder: OpusEncoderHandle) {
    this.#encoder = encoder;
  }

  static async open(): Promise<VoiceTrack> {
    const options = { channels: 1, sampleRate: RATE_HZ, application: Application.Voip, bitrate: BITRATE_BPS } as const;
    return new VoiceTrack(await createEncoder(options));
  }

  /**
   * Speaks a WAV file. @returns when its last packet has left.
   * @throws Error for a file that is not PCM of 16 bits. @param signal - stops it.
   */
  async speakWav(file: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.speak(readWav(file, RATE_HZ), signal);
  }

  /** @param samples - mono, 48 kHz, -1..1. @param signal - stops it. */
  async speak(samples: Float32Array, signal?: AbortSignal): Promise<void> {
    const startMs = performance.now();
    for (let at = 0, packets = 0; at < samples.length; at += PACKET_SAMPLES, packets++) {
      const waitMs = startMs + packets * PACKET_MS - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (signal?.aborted === true) return;
      const packet = new Float32Array(PACKET_SAMPLES);
      packet.set(samples.subarray(at, at + PACKET_SAMPLES));
      this.#send(this.#encoder.encodeFloat(packet), packets === 0);
    }
  }

  [Symbol.dispose](): void {
    this.track.stop();
    this.#encoder.free();
  }

  /** @param marker - the first packet after silence (RFC 3551, 4.1). */
  #send(payload: Uint8Array, marker: boolean): void {
    const [sequenceNumber, timestamp] = [this.#sequence & 0xffff, this.#timestamp >>> 0];
    const header = new RtpHeader({ sequenceNumber, timestamp, marker, payloadType: 96, ssrc: 1 });
    this.track.writeRtp(new RtpPacket(header, Buffer.from(payload)));
    this.#sequence++;
    this.#timestamp += PACKET_SAMPLES;
  }
}
