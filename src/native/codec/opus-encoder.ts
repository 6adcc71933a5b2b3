import { Application, createEncoder, Signal, type OpusEncoderHandle } from 'libopus-wasm';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';

export const OPUS_RATE_HZ = 48_000;
/** Samples of one packet: 20 ms. */
export const OPUS_FRAME_SAMPLES = 960;

export interface OpusEncoderOptions {
  /** `speech` is tuned for voices on a line that loses packets; `any` keeps song and music as they were. */
  readonly content?: 'speech' | 'any';
  readonly sampleRateHz?: 16_000 | typeof OPUS_RATE_HZ;
  readonly bitrateBps?: number;
  /** Lets a decoder recover a lost packet from the next (RFC 6716 §2.1.7). */
  readonly forwardErrorCorrection?: boolean;
}

/** Mono sound to Opus packets of 20 ms, 0.3 ms each. */
export class OpusEncoder implements Closable {
  readonly #encoder: OpusEncoderHandle;
  #open = true;

  private constructor(encoder: OpusEncoderHandle) {
    this.#encoder = encoder;
  }

  /** @throws AvatarError `CODEC_FAILED`. */
  static async open(options: OpusEncoderOptions = {}): Promise<OpusEncoder> {
    const { content = 'speech', sampleRateHz = OPUS_RATE_HZ } = options;
    try {
      const encoder = await createEncoder({
        channels: 1,
        sampleRate: sampleRateHz,
        application: content === 'speech' ? Application.Voip : Application.Audio,
        signal: content === 'speech' ? Signal.Voice : Signal.Auto,
        bitrate: options.bitrateBps ?? 40_000,
        // Half the time of 10 and no difference that is heard in speech.
        complexity: 5,
        fec: options.forwardErrorCorrection ?? true,
        packetLossPercent: 5,
      });
      return new OpusEncoder(encoder);
    } catch (thrown) {
      throw new AvatarError('CODEC_FAILED', `Cannot open an Opus encoder: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  /** Samples by which the decoded sound is later than what was encoded. */
  get lookaheadSamples(): number {
    return this.#encoder.getLookahead();
  }

  /**
   * @param samples - 20 ms in -1..1 (`OPUS_FRAME_SAMPLES` at `OPUS_RATE_HZ`), only read.
   * @returns the packet, owned by the caller.
   */
  encode(samples: Float32Array): Uint8Array {
    return this.#encoder.encodeFloat(samples);
  }

  close(): void {
    if (this.#open) this.#encoder.free();
    this.#open = false;
  }
}
