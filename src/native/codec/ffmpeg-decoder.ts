import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { AudioFormat } from './audio-format.ts';

export const FFMPEG_RATE_HZ = 48_000;

export interface FfmpegInput {
  /** For messages. */
  readonly name: string;
  readonly format: AudioFormat;
  /** A path, or the bytes themselves. */
  readonly source: string | AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** An ffmpeg process that decodes the first sound track to mono at `FFMPEG_RATE_HZ`, as fast as it is read. */
export class FfmpegDecoder {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #input: FfmpegInput;
  readonly #sound = new PassThrough();
  readonly #exit: Promise<unknown[]>;
  #failure: Error | undefined;
  #log = '';
  #durationUs: number | undefined;

  constructor(input: FfmpegInput) {
    this.#input = input;
    const { format, source, signal } = input;
    const child = spawn('ffmpeg', ffmpegArguments(format, source), {
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    this.#child = child;
    child.on('error', (thrown) => {
      this.#failure = thrown;
    });
    this.#exit = once(child, 'close', {}).catch(() => []);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // The header and the last complaint are all that is ever asked for.
      this.#log = (this.#log + text).slice(-4000);
      this.#durationUs ??= durationIn(this.#log);
    });
    // What nobody has begun to read when a process ends is thrown away, and a short sound is decoded before it is asked for.
    pipeline(child.stdout, this.#sound).catch(() => undefined);
    // Whoever stops reading closes this pipe: the exit code tells what matters.
    child.stdin.on('error', () => undefined);
    if (typeof source === 'string') child.stdin.end();
    else pipeline(source, child.stdin).catch(() => undefined);
  }

  /** What the file's header says, once ffmpeg has told it. */
  get durationUs(): number | undefined {
    return this.#durationUs;
  }

  /**
   * @returns mono samples in -1..1, in pieces.
   * @throws AvatarError `AUDIO_UNREADABLE` when nothing in the file could be decoded.
   */
  async *samples(): AsyncGenerator<Float32Array, void> {
    let carried: Buffer = Buffer.alloc(0);
    let heard = false;
    for await (const bytes of this.#sound as AsyncIterable<Buffer>) {
      const whole = carried.length === 0 ? bytes : Buffer.concat([carried, bytes]);
      const count = whole.length >> 2;
      const samples = new Float32Array(count);
      for (let index = 0; index < count; index++) {
        const value = whole.readFloatLE(4 * index);
        samples[index] = Number.isNaN(value) ? 0 : Math.min(1, Math.max(-1, value));
      }
      carried = whole.subarray(4 * count);
      heard ||= count > 0;
      if (count > 0) yield samples;
    }
    const [exitCode] = await this.#exit;
    // A file that breaks off in the middle is heard up to there.
    if (!heard && (this.#failure !== undefined || exitCode !== 0)) throw this.#unreadable();
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  #unreadable(): AvatarError {
    const { name, format } = this.#input;
    if (this.#failure !== undefined && (this.#failure as NodeJS.ErrnoException).code === 'ENOENT') {
      return new AvatarError(
        'AUDIO_UNREADABLE',
        `Cannot read ${name}: ${format.name} needs ffmpeg, which is not installed. Install it (apt-get install ffmpeg) or give a WAV file.`,
      );
    }
    const complaint = this.#failure === undefined ? lastComplaint(this.#log) : messageOf(this.#failure);
    return new AvatarError(
      'AUDIO_UNREADABLE',
      `Cannot read ${name}: found no sound in this ${format.name} file (${complaint}).`,
    );
  }
}

function ffmpegArguments({ demuxer }: AudioFormat, source: FfmpegInput['source']): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'info', '-threads', '1'],
    // A media file may name other files and hosts: none of them is anybody's business.
    ...['-protocol_whitelist', 'file,pipe', '-f', demuxer],
    ...['-i', typeof source === 'string' ? `file:${source}` : 'pipe:0'],
    ...['-map', '0:a:0', '-ac', '1', '-ar', String(FFMPEG_RATE_HZ), '-c:a', 'pcm_f32le', '-f', 'f32le', 'pipe:1'],
  ];
}

function durationIn(log: string): number | undefined {
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/.exec(log) ?? [];
  if (seconds === undefined) return undefined;
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6);
}

function lastComplaint(log: string): string {
  const line = log.trim().split('\n').at(-1) ?? '';
  return line.replace(/^(?:\[[^\]]*\] *)+/, '').replace(/^(?:file:|pipe:)\S*: /, '') || 'ffmpeg gave no reason';
}
