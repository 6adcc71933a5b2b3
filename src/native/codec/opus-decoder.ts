import { OpusDecoder as Library } from 'opus-decoder';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { SOUND_RATE_HZ, type SoundDecoder } from '../../media/audio/sound-track.ts';
import { isWellFormedOpus } from '../../media/audio/opus-toc.ts';

/** Longest that one packet lasts (RFC 6716, 2.1.4): what an empty one makes the library invent. */
const CONCEALMENT_STEP_US = 20_000;
/** 20 ms of wideband speech in one SILK frame: makes the library invent exactly that much. */
const DEFAULT_TOC = 0x48;

/** Opus to 16 kHz mono. Stereo is mixed down; what was lost is made up from what came before. */
export class OpusDecoder implements SoundDecoder, Closable {
  readonly #library: Library<16000>;
  #toc = DEFAULT_TOC;

  private constructor(library: Library<16000>) {
    this.#library = library;
  }

  /** @throws AvatarError `CODEC_FAILED` when WebAssembly cannot be started. */
  static async open(): Promise<OpusDecoder> {
    const library = new Library({ channels: 1, sampleRate: SOUND_RATE_HZ, preSkip: 0 });
    try {
      await library.ready;
    } catch (thrown) {
      throw new AvatarError('CODEC_FAILED', `Cannot open an Opus decoder: ${messageOf(thrown)}`, { cause: thrown });
    }
    return new OpusDecoder(library);
  }

  decode(packet: Uint8Array): Float32Array | undefined {
    // The library writes to the console for each packet that it cannot read: rubbish must not get that far.
    if (!isWellFormedOpus(packet)) return undefined;
    const { channelData, errors } = this.#library.decodeFrame(packet);
    if (errors.length > 0) return undefined;
    this.#toc = packet[0] ?? DEFAULT_TOC;
    return channelData[0];
  }

  /** It has no call for a loss; a packet of one byte, the table of contents of the one before, is a loss to it. */
  conceal(durationUs: number): Float32Array | undefined {
    const steps = Math.round(durationUs / CONCEALMENT_STEP_US);
    const out = new Float32Array((durationUs * SOUND_RATE_HZ) / 1_000_000);
    let at = 0;
    for (let step = 0; step < steps && at < out.length; step++) {
      const made = this.#library.decodeFrame(Uint8Array.of(this.#toc & ~3)).channelData[0];
      if (made === undefined || made.length === 0) break;
      out.set(made.subarray(0, out.length - at), at);
      at += made.length;
    }
    return out;
  }

  /** Forgets what it heard, for another stream. */
  async reset(): Promise<void> {
    await this.#library.reset();
    this.#toc = DEFAULT_TOC;
  }

  close(): void {
    this.#library.free();
  }
}
