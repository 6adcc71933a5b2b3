import { AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { SOUND_RATE_HZ, type SoundEncoder } from '../../media/audio/sound-track.ts';
import { OpusEncoder } from './opus-encoder.ts';

/** An encoder that is only opened when two sounds meet, which in most calls never happens. */
export class SoundMixer implements SoundEncoder, Closable {
  #opening = false;
  #encoder: OpusEncoder | undefined;
  #closed = false;

  encode(samples: Float32Array): Uint8Array | undefined {
    if (!this.#opening) {
      this.#opening = true;
      void this.#open();
    }
    return this.#encoder?.encode(samples);
  }

  close(): void {
    this.#closed = true;
    this.#encoder?.close();
    this.#encoder = undefined;
  }

  async #open(): Promise<void> {
    try {
      const encoder = await OpusEncoder.open({ sampleRateHz: SOUND_RATE_HZ });
      if (this.#closed) encoder.close();
      else this.#encoder = encoder;
    } catch (thrown) {
      // Without it the typed voice is heard alone, as while the encoder opens.
      if (!(thrown instanceof AvatarError)) throw thrown;
    }
  }
}
