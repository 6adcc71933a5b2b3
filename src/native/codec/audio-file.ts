import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { Scope, type Closable } from '../../base/lifecycle.ts';
import { AUDIO_FORMAT_NAMES, AUDIO_HEAD_BYTES, audioFormatOf, type AudioFormat } from './audio-format.ts';
import { FFMPEG_RATE_HZ, FfmpegDecoder } from './ffmpeg-decoder.ts';
import { promisedWavSeconds } from './wav-length.ts';

/** WAV headers with pictures and cue points before the sound are seldom longer. */
const WAV_HEAD_BYTES = 65_536;

/** Sound that is being read. Memory does not grow with its length. */
export interface AudioFile extends Closable {
  readonly sampleRateHz: number;
  /** What the header says, once it is known: a hint for progress, not a promise. */
  readonly durationUs: number | undefined;
  /** Known at the end: the file breaks off before the sound that its header promises. */
  readonly truncated: boolean;
  /** Known at the end: left and right cancelled each other at some time, and the louder side was used. */
  readonly sidesCancelled: boolean;
  /**
   * Mono samples in -1..1, in pieces of any length; may be asked for once.
   * @throws AvatarError `AUDIO_UNREADABLE` when nothing could be decoded, `AUDIO_EMPTY` when there was no sample.
   */
  samples(): AsyncGenerator<Float32Array, void>;
  close(): Promise<void>;
}

/**
 * Opens a sound file, which an ffmpeg process decodes.
 * @param name - a path, for messages too.
 * @param bytes - read instead of the file `name`: standard input, say.
 * @param side - of a stereo sound, to be read alone.
 * @throws AvatarError `AUDIO_EMPTY` or `AUDIO_UNREADABLE`.
 */
export async function openAudioFile(
  name: string,
  bytes?: AsyncIterable<Uint8Array>,
  side?: 'left' | 'right',
): Promise<AudioFile> {
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
    const isWav = format.demuxer === 'wav';
    const promisedS = isWav ? promisedWavSeconds(await stream.peek(WAV_HEAD_BYTES)) : undefined;
    const isFile = bytes === undefined && (await stat(name)).isFile();
    const source = await sourceForFfmpeg(name, isFile, stream, format, scope);
    const decoder = new FfmpegDecoder({ name, format, source, side, signal: scope.signal });
    scope.own(decoder);
    return new DecodedFile({ name, decoder, scope, isWav, promisedS });
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

interface DecodedFileOptions {
  readonly name: string;
  readonly decoder: FfmpegDecoder;
  readonly scope: Scope;
  readonly isWav: boolean;
  /** Length by a WAV header. */
  readonly promisedS: number | undefined;
}

class DecodedFile implements AudioFile {
  readonly sampleRateHz = FFMPEG_RATE_HZ;
  readonly #options: DecodedFileOptions;
  #heardSamples = 0;
  #ended = false;

  constructor(options: DecodedFileOptions) {
    this.#options = options;
  }

  get durationUs(): number | undefined {
    const { decoder, promisedS } = this.#options;
    return promisedS === undefined ? decoder.log.durationUs : Math.round(promisedS * 1e6);
  }

  get truncated(): boolean {
    if (!this.#ended) return false;
    const { log } = this.#options.decoder;
    return log.brokeOff || this.#heardSamples / this.sampleRateHz < this.#leastSeconds();
  }

  get sidesCancelled(): boolean {
    return this.#options.decoder.sidesCancelled;
  }

  async *samples(): AsyncGenerator<Float32Array, void> {
    const { decoder, name } = this.#options;
    for await (const samples of decoder.samples()) {
      this.#heardSamples += samples.length;
      yield samples;
    }
    this.#ended = true;
    if (this.#heardSamples === 0) throw withoutSound(name);
  }

  close(): Promise<void> {
    return this.#options.scope.close();
  }

  /** The shortest sound that is still whole: compressed formats round the length in their headers. */
  #leastSeconds(): number {
    const { decoder, isWav, promisedS } = this.#options;
    if (isWav) return (promisedS ?? 0) - 0.001;
    const { log } = decoder;
    // A guess is no promise, and pictures may go on after the sound.
    if (log.isEstimated || log.hasOtherTracks) return 0;
    const headerS = (log.durationUs ?? 0) / 1e6;
    return Math.min(0.9 * headerS, headerS - 0.3);
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
