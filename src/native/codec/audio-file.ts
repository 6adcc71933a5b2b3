import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { Scope, type Closable } from '../../base/lifecycle.ts';
import { WavReader } from '../../media/audio/wav-reader.ts';
import { AUDIO_FORMAT_NAMES, AUDIO_HEAD_BYTES, audioFormatOf, type AudioFormat } from './audio-format.ts';
import { FFMPEG_RATE_HZ, FfmpegDecoder } from './ffmpeg-decoder.ts';

/** WAV headers with pictures and cue points before the sound are seldom longer. */
const WAV_HEAD_BYTES = 65_536;

/** Sound that is being read. Memory does not grow with its length. */
export interface AudioFile extends Closable {
  readonly sampleRateHz: number;
  /** What the header says, once it is known: a hint for progress, not a promise. */
  readonly durationUs: number | undefined;
  /** Known at the end: the file breaks off before the sound that its header promises. */
  readonly truncated: boolean;
  /**
   * Mono samples in -1..1, in pieces of any length; may be asked for once.
   * @throws AvatarError `AUDIO_UNREADABLE` when nothing could be decoded, `AUDIO_EMPTY` when there was no sample.
   */
  samples(): AsyncGenerator<Float32Array, void>;
  close(): Promise<void>;
}

/**
 * Opens a sound file: WAV is read here, every other format by an ffmpeg process.
 * @param name - a path, for messages too.
 * @param bytes - read instead of the file `name`: standard input, say.
 * @throws AvatarError `AUDIO_EMPTY` or `AUDIO_UNREADABLE`.
 */
export async function openAudioFile(name: string, bytes?: AsyncIterable<Uint8Array>): Promise<AudioFile> {
  const scope = new Scope();
  try {
    const stream = new PeekedStream(bytes ?? createReadStream(name));
    scope.defer(() => stream.close());
    const head = await stream.peek(AUDIO_HEAD_BYTES);
    if (head.length === 0) throw new AvatarError('AUDIO_EMPTY', `Cannot read ${name}: the file is empty.`);
    const format = audioFormatOf(head);
    if (format === undefined) {
      throw new AvatarError(
        'AUDIO_UNREADABLE',
        `Cannot read ${name}: it is no sound file that is known here (${AUDIO_FORMAT_NAMES}).`,
      );
    }
    const wav = format.demuxer === 'wav' ? wavFormat(await stream.peek(WAV_HEAD_BYTES)) : undefined;
    if (wav !== undefined) return new WavFile(name, stream, wav, scope);
    const isFile = bytes === undefined && (await stat(name)).isFile();
    const source = await sourceForFfmpeg(name, isFile, stream, format, scope);
    const decoder = new FfmpegDecoder({ name, format, source, signal: scope.signal });
    scope.own(decoder);
    return new DecodedFile(name, decoder, scope);
  } catch (thrown) {
    await scope.close();
    if (thrown instanceof AvatarError) throw thrown;
    throw new AvatarError('AUDIO_UNREADABLE', `Cannot read ${name}: ${reasonOf(thrown)}.`, { cause: thrown });
  }
}

function reasonOf(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'this user may not read it';
  return messageOf(thrown);
}

/** A path when there is one or when the format must be read out of order, else the bytes. */
async function sourceForFfmpeg(
  name: string,
  isFile: boolean,
  stream: PeekedStream,
  format: AudioFormat,
  scope: Scope,
): Promise<string | AsyncIterable<Uint8Array>> {
  if (isFile) return name;
  if (!format.seeks) return stream.rest();
  const folder = await mkdtemp(join(tmpdir(), 'visavis-sound-'));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'sound');
  await writeFile(path, stream.rest());
  return path;
}

/** @returns whether WAV's inside is read here, with its format, or nothing when ffmpeg must (ADPCM, a very long header). */
function wavFormat(head: Uint8Array): WavReader['format'] {
  const reader = new WavReader();
  try {
    reader.push(head);
    return reader.format;
  } catch {
    return undefined;
  }
}

class WavFile implements AudioFile {
  readonly sampleRateHz: number;
  readonly durationUs: number | undefined;
  readonly #name: string;
  readonly #stream: PeekedStream;
  readonly #reader = new WavReader();
  readonly #scope: Scope;

  constructor(name: string, stream: PeekedStream, format: NonNullable<WavReader['format']>, scope: Scope) {
    this.sampleRateHz = format.sampleRateHz;
    this.durationUs = format.durationUs;
    this.#name = name;
    this.#stream = stream;
    this.#scope = scope;
  }

  get truncated(): boolean {
    return this.#reader.truncated;
  }

  async *samples(): AsyncGenerator<Float32Array, void> {
    let heard = false;
    for await (const bytes of this.#stream.rest()) {
      const samples = this.#reader.push(bytes);
      heard ||= samples.length > 0;
      if (samples.length > 0) yield samples;
    }
    if (!heard) throw withoutSound(this.#name);
  }

  close(): Promise<void> {
    return this.#scope.close();
  }
}

class DecodedFile implements AudioFile {
  readonly sampleRateHz = FFMPEG_RATE_HZ;
  readonly #name: string;
  readonly #decoder: FfmpegDecoder;
  readonly #scope: Scope;
  #heardSamples = 0;
  #ended = false;

  constructor(name: string, decoder: FfmpegDecoder, scope: Scope) {
    this.#name = name;
    this.#decoder = decoder;
    this.#scope = scope;
  }

  get durationUs(): number | undefined {
    return this.#decoder.durationUs;
  }

  /** Compressed formats round their headers, or guess from the bit rate: less than this is no loss. */
  get truncated(): boolean {
    const promisedSeconds = (this.durationUs ?? 0) / 1e6;
    const heardSeconds = this.#heardSamples / this.sampleRateHz;
    return this.#ended && heardSeconds < Math.min(0.9 * promisedSeconds, promisedSeconds - 0.3);
  }

  async *samples(): AsyncGenerator<Float32Array, void> {
    for await (const samples of this.#decoder.samples()) {
      this.#heardSamples += samples.length;
      yield samples;
    }
    this.#ended = true;
    if (this.#heardSamples === 0) throw withoutSound(this.#name);
  }

  close(): Promise<void> {
    return this.#scope.close();
  }
}

function withoutSound(name: string): AvatarError {
  return new AvatarError('AUDIO_EMPTY', `Cannot use ${name}: it holds no sound, not one sample.`);
}

/** A stream of bytes whose beginning can be looked at before it is read. */
class PeekedStream {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #head: Uint8Array[] = [];
  #headBytes = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#iterator = bytes[Symbol.asyncIterator]();
  }

  /** @returns the first `count` bytes, or more, or all there are. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#headBytes < count) {
      const next = await this.#iterator.next();
      if (next.done === true) break;
      this.#head.push(next.value);
      this.#headBytes += next.value.length;
    }
    return Buffer.concat(this.#head);
  }

  /** Everything, from the beginning. */
  async *rest(): AsyncGenerator<Uint8Array, void> {
    yield* this.#head.splice(0);
    for (let next = await this.#iterator.next(); next.done !== true; next = await this.#iterator.next())
      yield next.value;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
