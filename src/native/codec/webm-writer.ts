import { Muxer, StreamTarget } from 'webm-muxer';
import type { EncodedFrame } from '../../base/media.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import { bigEndian, EBML_ID, ebmlElement, ebmlId, ebmlSize } from './ebml.ts';
import { FilmDigest } from './film-digest.ts';

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
/** The muxer's width of the segment's size, and of a place in the seek head. */
const SEGMENT_SIZE_BYTES = 6;
const SEEK_POSITION_BYTES = 5;

/** Muxes VP8 and Opus into WebM. Both must come in order; whichever is ahead waits in memory for the other. */
export class WebmWriter {
  readonly #muxer: Muxer<StreamTarget>;
  readonly #options: WebmOptions;
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #digest = new FilmDigest();
  #endBytes = 0;
  #described = false;

  constructor(options: WebmOptions) {
    this.#options = options;
    const { widthPx, heightPx, framesPerSecond, inOrder } = options;
    const target = new StreamTarget({
      onData: (bytes, position) => {
        if (position < HEADER_BYTES) this.#header.set(bytes.subarray(0, HEADER_BYTES - position), position);
        this.#endBytes = Math.max(this.#endBytes, position + bytes.length);
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
    this.#digest.addPicture(frame.data);
    this.#muxer.addVideoChunkRaw(frame.data, frame.keyframe ? 'key' : 'delta', frame.timeUs);
  }

  /** @param packet - Opus; `timeUs` is when its first sample sounds. */
  addSound(packet: Uint8Array, timeUs: MediaTimeUs): void {
    const description = this.#described ? {} : { decoderConfig: opusDecoderConfig() };
    this.#described = true;
    this.#digest.addSound(packet);
    this.#muxer.addAudioChunkRaw(packet, 'key', timeUs, description);
  }

  /** See `FilmDigest`. @returns it of all that was added; nothing can be added afterwards. */
  contentSha256(): string {
    return this.#digest.digest();
  }

  /**
   * Writes what is left.
   * @param durationUs - the end of the last picture, which the muxer does not know.
   * @param tags - texts about the whole film, by name.
   */
  finish(durationUs: MediaTimeUs, tags: Readonly<Record<string, string>> = {}): void {
    this.#muxer.finalize();
    const tagsAt = this.#endBytes;
    const element = tagsElement(tags);
    if (element !== undefined) this.#options.write(element, tagsAt);
    // In a pipe the segment has no length, so the tags at its end belong to it as they are.
    if (this.#options.inOrder) return;
    const duration = new DataView(new ArrayBuffer(8));
    duration.setFloat64(0, durationUs / 1000);
    this.#patch([...ebmlId(EBML_ID.duration), ...ebmlSize(8, 1)], new Uint8Array(duration.buffer));
    if (element === undefined) return;
    const segmentAt = this.#headerPlace([...ebmlId(EBML_ID.segment)]);
    if (segmentAt === undefined) return;
    const contentAt = segmentAt + SEGMENT_SIZE_BYTES;
    this.#options.write(ebmlSize(tagsAt + element.length - contentAt, SEGMENT_SIZE_BYTES), segmentAt);
    // Players find tags by the seek head alone. The place of the info, which comes right after it, is not needed there.
    const seek = (id: number): number[] => [
      ...[...ebmlId(EBML_ID.seekId), ...ebmlSize(4, 1), ...ebmlId(id)],
      ...[...ebmlId(EBML_ID.seekPosition), ...ebmlSize(SEEK_POSITION_BYTES, 1)],
    ];
    const place = this.#headerPlace(seek(EBML_ID.info));
    if (place === undefined) return;
    const entry = Uint8Array.of(...seek(EBML_ID.tags), ...bigEndian(tagsAt - contentAt, SEEK_POSITION_BYTES));
    this.#options.write(entry, place - seek(EBML_ID.info).length);
  }

  /** Overwrites what follows `lead` in the header. */
  #patch(lead: readonly number[], bytes: Uint8Array): void {
    const place = this.#headerPlace(lead);
    if (place !== undefined) this.#options.write(bytes, place);
  }

  /** @returns where what follows `lead` begins. */
  #headerPlace(lead: readonly number[]): number | undefined {
    const at = Buffer.from(this.#header.buffer).indexOf(Uint8Array.from(lead));
    return at < 0 ? undefined : at + lead.length;
  }
}

function tagsElement(tags: Readonly<Record<string, string>>): Uint8Array | undefined {
  const text = new TextEncoder();
  const simple = Object.entries(tags).map(([name, value]) =>
    ebmlElement(
      EBML_ID.simpleTag,
      ebmlElement(EBML_ID.tagName, text.encode(name)),
      ebmlElement(EBML_ID.tagString, text.encode(value)),
    ),
  );
  // A tag without targets is about the whole file; the empty element has to be there (RFC 9559, 5.1.8.1.1).
  return simple.length === 0
    ? undefined
    : ebmlElement(EBML_ID.tags, ebmlElement(EBML_ID.tag, ebmlElement(EBML_ID.targets), ...simple));
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
