import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs, US_PER_S, type MediaTimeUs } from '../../base/timeline.ts';
import { LiveLinkReader } from '../../media/motion/live-link-reader.ts';
import { readMotionLine } from '../../media/motion/motion-lines.ts';
import { MotionResampler } from '../../media/motion/motion-resampler.ts';
import { MOTION_DIMS } from '../../media/motion-space.ts';
import { STANDARD_STREAM } from './output-path.ts';

/** Where the motion of a film's pictures comes from, as its sound goes by. */
export interface MotionSource {
  /** @returns the frames that are certain now. */
  push(samples: Float32Array): Promise<MotionFrame[]>;
  /** @returns the rest. */
  flush(): Promise<MotionFrame[]>;
  /** Length of the pictures so far, up to the next whole picture. */
  readonly durationUs: MediaTimeUs;
}

export interface RecordedMotionOptions {
  /** Live Link CSV, or JSON lines; `-` is standard input. */
  readonly path: string;
  /** Overrides the timecodes of a CSV. */
  readonly recordedRate: number | undefined;
  readonly framesPerSecond: number;
  /** Of the sound, or nothing when there is none: the film then lasts as long as the motion. */
  readonly sampleRateHz: number | undefined;
}

/** Motion from a file, at the rate of the pictures. Where the file ends before the sound, its last frame is held. */
export class RecordedMotion implements MotionSource {
  readonly #options: RecordedMotionOptions;
  readonly #recorded: AsyncIterator<MotionFrame>;
  readonly #resampler = new MotionResampler();
  #ended = false;
  #frameCount = 0;
  #heardSamples = 0;

  constructor(options: RecordedMotionOptions) {
    this.#options = options;
    this.#recorded = readMotion(options)[Symbol.asyncIterator]();
  }

  get durationUs(): MediaTimeUs {
    return this.#timeOf(this.#frameCount);
  }

  async push(samples: Float32Array): Promise<MotionFrame[]> {
    this.#heardSamples += samples.length;
    const { framesPerSecond, sampleRateHz = 1 } = this.#options;
    return this.#until(Math.ceil((this.#heardSamples * framesPerSecond) / sampleRateHz));
  }

  async flush(): Promise<MotionFrame[]> {
    return this.#options.sampleRateHz === undefined ? this.#until(Infinity) : [];
  }

  async #until(total: number): Promise<MotionFrame[]> {
    const frames: MotionFrame[] = [];
    for (; this.#frameCount < total; this.#frameCount++) {
      const timeUs = this.#timeOf(this.#frameCount);
      await this.#readUntil(timeUs);
      if (total === Infinity && this.#ended && timeUs > (this.#resampler.newestUs ?? 0)) break;
      const motion = new Float32Array(MOTION_DIMS);
      this.#resampler.sample(timeUs, motion);
      frames.push({ timeUs, motion });
    }
    return frames;
  }

  async #readUntil(timeUs: MediaTimeUs): Promise<void> {
    while (!this.#ended && (this.#resampler.newestUs ?? -1) < timeUs) {
      const next = await this.#recorded.next();
      if (next.done === true) this.#ended = true;
      // JSON lines may stamp two frames alike; the first stands.
      else if (next.value.timeUs > (this.#resampler.newestUs ?? -1)) this.#resampler.push(next.value);
    }
  }

  #timeOf(frame: number): MediaTimeUs {
    return mediaTimeUs((frame * US_PER_S) / this.#options.framesPerSecond);
  }
}

async function* readMotion({ path, recordedRate }: RecordedMotionOptions): AsyncGenerator<MotionFrame, void> {
  const bytes = path === STANDARD_STREAM ? process.stdin : createReadStream(path);
  const lines = createInterface({ input: Readable.from(decodedText(bytes)), crlfDelay: Infinity });
  const reader = new LiveLinkReader(recordedRate);
  let lineNumber = 0;
  let asJson: boolean | undefined;
  try {
    for await (const line of lines) {
      lineNumber++;
      asJson ??= line.trim() === '' ? undefined : line.trimStart().startsWith('{');
      if (asJson !== true) yield* reader.push(line);
      else if (line.trim() !== '') yield readMotionLine(line, lineNumber);
    }
    if (asJson !== true) yield* reader.flush();
  } catch (thrown) {
    const reason = (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : messageOf(thrown);
    const message = `Cannot use motion ${path}: ${reason.replace(/^Cannot read motion: /, '')}`;
    throw new AvatarError('MOTION_UNREADABLE', message, { cause: thrown });
  } finally {
    lines.close();
  }
}

/** @returns text of bytes in UTF-8, or in UTF-16 where they begin with its byte order mark, as Excel writes it. */
async function* decodedText(bytes: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let head: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    head = decoder === undefined ? Buffer.concat([head, piece]) : piece;
    if (head.length < 2) continue;
    decoder ??= new TextDecoder(encodingOf(head));
    yield decoder.decode(head, { stream: true });
  }
  yield decoder === undefined ? head.toString() : decoder.decode();
}

/** @param head - at least two bytes. @returns the encoding that its byte order mark names, else UTF-8. */
export function encodingOf(head: Buffer): string {
  const mark = head.readUInt16BE(0);
  return mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
}
