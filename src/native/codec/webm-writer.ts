import { Muxer, StreamTarget } from 'webm-muxer';
import type { EncodedFrame } from '../../base/media.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';

export interface WebmOptions {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerSecond: number;
  /** Given, the sound is Opus, mono, at 48 kHz, without samples to skip. */
  readonly sound: boolean;
  /** Whether bytes come in order, for a pipe: such a file says no length and cannot be sought in. */
  readonly inOrder: boolean;
  /** Takes bytes for their place in the file; they may be reused after it returns. */
  readonly write: (bytes: Uint8Array, position: number) => void;
}

const SAMPLE_RATE_HZ = 48_000;
/** Bytes of the file that surely hold its header; the length of the film is written there at the end. */
const HEADER_BYTES = 4096;
/** Matroska's Duration element: its ID and the size 8, before a float64 in milliseconds. */
const DURATION_ELEMENT = Uint8Array.of(0x44, 0x89, 0x88);

/** Muxes VP8 and Opus into WebM. Both must come in order; whichever is ahead waits in memory for the other. */
export class WebmWriter {
  readonly #muxer: Muxer<StreamTarget>;
  readonly #options: WebmOptions;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #described = false;

  constructor(options: WebmOptions) {
    this.#options = options;
    const { widthPx, heightPx, framesPerSecond, inOrder } = options;
    const target = new StreamTarget({
      onData: (bytes, position) => {
        if (position < HEADER_BYTES) this.#header.set(bytes.subarray(0, HEADER_BYTES - position), position);
        options.write(bytes, position);
      },
      ...(inOrder ? {} : { chunked: true, chunkSize: 1 << 20 }),
    });
    this.#muxer = new Muxer({
      target,
      streaming: inOrder,
      video: { codec: 'V_VP8', width: widthPx, height: heightPx, frameRate: framesPerSecond },
      ...(options.sound ? { audio: { codec: 'A_OPUS', numberOfChannels: 1, sampleRate: SAMPLE_RATE_HZ } } : {}),
    });
  }

  addPicture(frame: EncodedFrame): void {
    this.#muxer.addVideoChunkRaw(frame.data, frame.keyframe ? 'key' : 'delta', frame.timeUs);
  }

  /** @param packet - Opus; `timeUs` is when its first sample sounds. */
  addSound(packet: Uint8Array, timeUs: MediaTimeUs): void {
    const description = this.#described ? {} : { decoderConfig: opusDecoderConfig() };
    this.#described = true;
    this.#muxer.addAudioChunkRaw(packet, 'key', timeUs, description);
  }

  /** Writes what is left. @param durationUs - the end of the last picture, which the muxer does not know. */
  finish(durationUs: MediaTimeUs): void {
    this.#muxer.finalize();
    if (this.#options.inOrder) return;
    const place = indexOf(this.#header, DURATION_ELEMENT);
    if (place < 0) return;
    const value = new DataView(new ArrayBuffer(8));
    value.setFloat64(0, durationUs / 1000);
    this.#options.write(new Uint8Array(value.buffer), place + DURATION_ELEMENT.length);
  }
}

/** The identification header of RFC 7845, 5.1. */
function opusDecoderConfig() {
  const description = Buffer.alloc(19);
  description.write('OpusHead');
  description.writeUInt8(1, 8);
  description.writeUInt8(1, 9);
  // No samples to skip: players disagree about them, so the sound is encoded that much earlier instead.
  description.writeUInt16LE(0, 10);
  description.writeUInt32LE(SAMPLE_RATE_HZ, 12);
  return { codec: 'opus', numberOfChannels: 1, sampleRate: SAMPLE_RATE_HZ, description };
}

function indexOf(bytes: Uint8Array, sought: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(sought);
}
