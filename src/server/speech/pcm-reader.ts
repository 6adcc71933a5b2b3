import { AvatarError } from '../../base/errors.ts';

/**
 * Reads a stream of 16-bit little-endian mono samples, as raw PCM or as WAV whose header may state any length. How the
 * bytes are cut does not matter.
 */
export class PcmReader {
  #sampleRateHz: number | undefined;
  #channels = 1;
  #held: Uint8Array = new Uint8Array(0);

  /** @param rawRateHz - the rate of raw PCM; without it a WAV header is expected. */
  constructor(rawRateHz?: number) {
    this.#sampleRateHz = rawRateHz;
  }

  /** Known from the start for raw PCM, else once the header has come. */
  get sampleRateHz(): number | undefined {
    return this.#sampleRateHz;
  }

  /**
   * @returns the samples that are whole now; may be empty.
   * @throws AvatarError `SPEECH_FAILED` when it is not the sound that was expected.
   */
  push(bytes: Uint8Array): Float32Array {
    this.#held = this.#held.length === 0 ? bytes : concat(this.#held, bytes);
    if (this.#sampleRateHz === undefined && !this.#readHeader()) return new Float32Array(0);
    const frameBytes = 2 * this.#channels;
    const count = Math.floor(this.#held.length / frameBytes);
    const view = new DataView(this.#held.buffer, this.#held.byteOffset, this.#held.length);
    const samples = new Float32Array(count);
    for (let i = 0; i < count; i++) samples[i] = view.getInt16(i * frameBytes, true) / 32768;
    this.#held = this.#held.slice(count * frameBytes);
    return samples;
  }

  /** @returns whether the header is whole; then `#held` begins with samples. */
  #readHeader(): boolean {
    const bytes = this.#held;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < 12) return false;
    if (word(view, 0) !== 'RIFF' || word(view, 8) !== 'WAVE') throw unexpected(bytes);
    for (let at = 12; at + 8 <= bytes.length;) {
      const name = word(view, at);
      const length = view.getUint32(at + 4, true);
      if (name === 'data') {
        this.#held = bytes.slice(at + 8);
        if (this.#sampleRateHz === undefined) throw unexpected(bytes);
        return true;
      }
      if (length > MAX_HEADER_BYTES) throw unexpected(bytes);
      if (at + 8 + length > bytes.length) return false;
      if (name === 'fmt ') this.#readFormat(view, at + 8);
      at += 8 + length + (length % 2);
    }
    if (bytes.length > MAX_HEADER_BYTES) throw unexpected(bytes);
    this.#sampleRateHz = undefined;
    return false;
  }

  #readFormat(view: DataView, at: number): void {
    const [format, channels, rateHz] = [
      view.getUint16(at, true),
      view.getUint16(at + 2, true),
      view.getUint32(at + 4, true),
    ];
    const bits = view.getUint16(at + 14, true);
    if ((format !== 1 && format !== 0xfffe) || bits !== 16 || channels < 1 || channels > 2 || !isRate(rateHz)) {
      throw new AvatarError(
        'SPEECH_FAILED',
        `Cannot read the voice's sound: format ${format}, ${channels} channels, ${bits} bits, ${rateHz} Hz; expected 16-bit PCM`,
      );
    }
    this.#channels = channels;
    this.#sampleRateHz = rateHz;
  }
}

const MAX_HEADER_BYTES = 65_536;

export function isRate(rateHz: number): boolean {
  return Number.isInteger(rateHz) && rateHz >= 8000 && rateHz <= 96_000;
}

function unexpected(bytes: Uint8Array): AvatarError {
  const start = JSON.stringify(new TextDecoder('latin1').decode(bytes.subarray(0, 16)));
  return new AvatarError('SPEECH_FAILED', `Cannot read the voice's sound: it begins with ${start}, expected WAV`);
}

function word(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
