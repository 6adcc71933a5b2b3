/** Bytes of one sample. */
const SAMPLE_BYTES = 2;
const BLOCK_BYTES = 32_768;

/** 16-bit little-endian mono PCM in the order in which it came. Messages may end in the middle of a sample. */
export class PcmQueue {
  /** Copies in blocks of one size: a million messages of one byte take no more memory than one message of a million. */
  readonly #blocks: Uint8Array[] = [];
  /** Where the next byte is read in the first block, and written in the last one. */
  #readAt = 0;
  #writeAt = BLOCK_BYTES;
  #bytes = 0;

  /** Whole samples that wait. */
  get samples(): number {
    return Math.floor(this.#bytes / SAMPLE_BYTES);
  }

  /** Whether the last sample lacks its second byte. */
  get isOdd(): boolean {
    return this.#bytes % SAMPLE_BYTES !== 0;
  }

  /** Drops the first byte of a sample whose second one will not come. */
  align(): void {
    if (!this.isOdd) return;
    this.#bytes--;
    this.#writeAt--;
  }

  /** @param bytes - copied. */
  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      if (this.#writeAt === BLOCK_BYTES) {
        this.#blocks.push(new Uint8Array(BLOCK_BYTES));
        this.#writeAt = 0;
      }
      const part = bytes.subarray(from, from + BLOCK_BYTES - this.#writeAt);
      this.#blocks.at(-1)?.set(part, this.#writeAt);
      this.#writeAt += part.length;
      from += part.length;
    }
    this.#bytes += bytes.length;
  }

  /** @returns the next samples in -1..1, at most `count`. */
  take(count: number): Float32Array {
    const samples = new Float32Array(Math.min(count, this.samples));
    for (let index = 0; index < samples.length; index++) {
      const low = this.#byte();
      const word = low | (this.#byte() << 8);
      samples[index] = (word < 0x8000 ? word : word - 0x1_0000) / 0x8000;
    }
    return samples;
  }

  #byte(): number {
    const byte = this.#blocks[0]?.[this.#readAt] ?? 0;
    this.#readAt++;
    this.#bytes--;
    if (this.#readAt === BLOCK_BYTES) {
      this.#blocks.shift();
      this.#readAt = 0;
    }
    return byte;
  }
}
