import type { Closable } from '../../base/lifecycle.ts';
import { OpusDecoder } from './opus-decoder.ts';

/**
 * Decoders that wait for the next session: opening one compiles WebAssembly, and its memory is only given back by the
 * garbage collector, so they are used again.
 */
export class OpusDecoderPool implements Closable {
  readonly #spare: OpusDecoder[] = [];
  readonly #keep: number;
  #closed = false;

  private constructor(keep: number) {
    this.#keep = keep;
  }

  /** @param keep - decoders that are ready at once, and the most that wait. */
  static async open(keep: number): Promise<OpusDecoderPool> {
    const pool = new OpusDecoderPool(keep);
    pool.#spare.push(...(await Promise.all(Array.from({ length: keep }, () => OpusDecoder.open()))));
    return pool;
  }

  async take(): Promise<OpusDecoder> {
    return this.#spare.pop() ?? OpusDecoder.open();
  }

  /** Takes back a decoder, which forgets what it heard. */
  async give(decoder: OpusDecoder): Promise<void> {
    if (this.#closed || this.#spare.length >= this.#keep) {
      decoder.close();
      return;
    }
    await decoder.reset();
    this.#spare.push(decoder);
  }

  close(): void {
    this.#closed = true;
    for (const decoder of this.#spare.splice(0)) decoder.close();
  }
}
