import { AvatarError } from '../../base/errors.ts';

/** What a WAV file says of itself (RIFF, RF64; Microsoft's `WAVEFORMATEX` and its extensible form). */
export interface WavFormat {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  /** Absent when the header was written before the length was known. */
  readonly durationUs: number | undefined;
}

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
const EXTENSIBLE = 0xfffe;
/** Streams are written with this size, or with 0, before their length is known. */
const UNKNOWN_SIZE = 0xffffffff;

type ReadSample = (view: DataView, offset: number) => number;

/** Reads WAV as its bytes arrive, mixed to one channel. How they are cut does not matter. */
export class WavReader {
  #format: WavFormat | undefined;
  #frameBytes = 0;
  #read: ReadSample | undefined;
  #held: Uint8Array = new Uint8Array(0);
  /** Bytes of sound still to come by the header. */
  #soundLeft: number | undefined;
  #skip = 0;
  #begun = false;
  #heardFrames = 0;

  /** Known once the header has been read. */
  get format(): WavFormat | undefined {
    return this.#format;
  }

  /** Whether the bytes ended before the sound that the header promises. */
  get truncated(): boolean {
    const { durationUs, sampleRateHz = 1 } = this.#format ?? {};
    return durationUs !== undefined && this.#heardFrames < Math.floor((durationUs * sampleRateHz) / 1e6) - 1;
  }

  /**
   * @returns mono samples in -1..1; may be empty.
   * @throws AvatarError `AUDIO_UNREADABLE` when this is no WAV file or holds a codec that is not read here (ADPCM, GSM, …).
   */
  push(bytes: Uint8Array): Float32Array {
    this.#held = this.#held.length === 0 ? bytes : concatenate(this.#held, bytes);
    while (this.#soundLeft === undefined) {
      if (!this.#readChunk()) return new Float32Array(0);
    }
    return this.#readSound();
  }

  /** @returns whether another chunk of the header can be read. */
  #readChunk(): boolean {
    const skipped = Math.min(this.#skip, this.#held.length);
    this.#held = this.#held.subarray(skipped);
    this.#skip -= skipped;
    if (this.#skip > 0) return false;
    const view = viewOf(this.#held);
    if (!this.#begun) {
      if (view.byteLength < 12) return false;
      if (!['RIFF', 'RF64'].includes(text(view, 0)) || text(view, 8) !== 'WAVE') throw unreadable('no WAV header');
      this.#begun = true;
      this.#skip = 12;
      return true;
    }
    if (view.byteLength < 8) return false;
    const name = text(view, 0);
    const size = view.getUint32(4, true);
    if (name === 'data') {
      this.#held = this.#held.subarray(8);
      this.#beginSound(size);
      return true;
    }
    if (name === 'fmt ') {
      if (size < 16 || size > 1024) throw unreadable(`a format chunk of ${size} bytes`);
      if (view.byteLength < 8 + size) return false;
      this.#readFormat(view, size);
    }
    // Chunks begin at even places.
    this.#skip = 8 + size + (size & 1);
    return true;
  }

  #readFormat(view: DataView, size: number): void {
    const tag = view.getUint16(8, true);
    const codec = tag === EXTENSIBLE && size >= 40 ? view.getUint16(32, true) : tag;
    const channelCount = view.getUint16(10, true);
    const sampleRateHz = view.getUint32(12, true);
    const bits = view.getUint16(22, true);
    if (channelCount < 1 || channelCount > 64) throw unreadable(`${channelCount} channels`);
    if (sampleRateHz < 1000 || sampleRateHz > 768_000) throw unreadable(`a sample rate of ${sampleRateHz} Hz`);
    this.#read = sampleReader(codec, bits);
    if (this.#read === undefined) throw unreadable(`codec ${codec} with ${bits} bits`);
    this.#frameBytes = channelCount * (bits / 8);
    this.#format = { sampleRateHz, channelCount, durationUs: undefined };
  }

  #beginSound(size: number): void {
    if (this.#format === undefined) throw unreadable('sound before its format');
    const known = size !== 0 && size < UNKNOWN_SIZE - this.#frameBytes;
    this.#soundLeft = known ? size : Infinity;
    if (!known) return;
    const durationUs = Math.round((Math.floor(size / this.#frameBytes) / this.#format.sampleRateHz) * 1e6);
    this.#format = { ...this.#format, durationUs };
  }

  #readSound(): Float32Array {
    const left = this.#soundLeft ?? 0;
    const frameCount = Math.floor(Math.min(left, this.#held.length) / this.#frameBytes);
    const { channelCount = 1 } = this.#format ?? {};
    const read = this.#read ?? (() => 0);
    const sampleBytes = this.#frameBytes / channelCount;
    const view = viewOf(this.#held);
    const samples = new Float32Array(frameCount);
    for (let frame = 0; frame < frameCount; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channelCount; channel++) {
        sum += read(view, frame * this.#frameBytes + channel * sampleBytes);
      }
      const mean = sum / channelCount;
      samples[frame] = Number.isNaN(mean) ? 0 : Math.min(1, Math.max(-1, mean));
    }
    this.#heardFrames += frameCount;
    this.#soundLeft = left - frameCount * this.#frameBytes;
    // What follows the sound is of no interest here.
    this.#held =
      this.#soundLeft < this.#frameBytes ? new Uint8Array(0) : this.#held.slice(frameCount * this.#frameBytes);
    return samples;
  }
}

function sampleReader(codec: number, bits: number): ReadSample | undefined {
  switch (`${codec}/${bits}`) {
    case `${PCM}/8`:
      return (view, offset) => (view.getUint8(offset) - 128) / 128;
    case `${PCM}/16`:
      return (view, offset) => view.getInt16(offset, true) / 0x8000;
    case `${PCM}/24`:
      return (view, offset) => ((view.getInt8(offset + 2) << 16) | view.getUint16(offset, true)) / 0x80_0000;
    case `${PCM}/32`:
      return (view, offset) => view.getInt32(offset, true) / 0x8000_0000;
    case `${FLOAT}/32`:
      return (view, offset) => view.getFloat32(offset, true);
    case `${FLOAT}/64`:
      return (view, offset) => view.getFloat64(offset, true);
    case `${A_LAW}/8`:
      return (view, offset) => aLaw(view.getUint8(offset));
    case `${MU_LAW}/8`:
      return (view, offset) => muLaw(view.getUint8(offset));
    default:
      return undefined;
  }
}

/** ITU-T G.711, A-law. */
function aLaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return ((bits & 0x80) === 0 ? -magnitude : magnitude) / 0x8000;
}

/** ITU-T G.711, mu-law. */
function muLaw(code: number): number {
  const bits = ~code;
  const magnitude = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return ((bits & 0x80) === 0 ? magnitude : -magnitude) / 0x8000;
}

function unreadable(found: string): AvatarError {
  return new AvatarError('AUDIO_UNREADABLE', `found ${found}`);
}

function text(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(offset + index)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
