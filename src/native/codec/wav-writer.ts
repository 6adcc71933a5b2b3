import { closeSync, openSync, writeSync } from 'node:fs';
import type { Closable } from '../../base/lifecycle.ts';

const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;

/** Writes mono sound of 16 bits into a WAV file, piece by piece. */
export class WavWriter implements Closable {
  readonly #sampleRateHz: number;
  #descriptor: number | undefined;
  #sampleCount = 0;

  /** @throws Error what the file system says. */
  constructor(path: string, sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
    this.#descriptor = openSync(path, 'w');
    this.#writeHeader(this.#descriptor);
  }

  /** How much has been written (µs). */
  get durationUs(): number {
    return Math.round((this.#sampleCount / this.#sampleRateHz) * 1e6);
  }

  /** @param samples - in -1..1, only read. */
  push(samples: Float32Array): void {
    if (this.#descriptor === undefined) throw new Error('The WAV file is closed');
    const bytes = Buffer.alloc(samples.length * SAMPLE_BYTES);
    samples.forEach((sample, index) => {
      bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 0x7fff), index * SAMPLE_BYTES);
    });
    writeSync(this.#descriptor, bytes, 0, bytes.length, HEADER_BYTES + this.#sampleCount * SAMPLE_BYTES);
    this.#sampleCount += samples.length;
  }

  /** Completes the header. */
  close(): void {
    if (this.#descriptor === undefined) return;
    this.#writeHeader(this.#descriptor);
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #writeHeader(descriptor: number): void {
    const header = Buffer.alloc(HEADER_BYTES);
    const soundBytes = this.#sampleCount * SAMPLE_BYTES;
    header.write('RIFF', 0);
    header.writeUInt32LE(HEADER_BYTES - 8 + soundBytes, 4);
    header.write('WAVEfmt ', 8);
    header.writeUInt32LE(16, 16);
    header.writeUInt16LE(1, 20);
    header.writeUInt16LE(1, 22);
    header.writeUInt32LE(this.#sampleRateHz, 24);
    header.writeUInt32LE(this.#sampleRateHz * SAMPLE_BYTES, 28);
    header.writeUInt16LE(SAMPLE_BYTES, 32);
    header.writeUInt16LE(8 * SAMPLE_BYTES, 34);
    header.write('data', 36);
    header.writeUInt32LE(soundBytes, 40);
    writeSync(descriptor, header, 0, HEADER_BYTES, 0);
  }
}
