import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { MonoMixer } from '../../media/audio/mono-mixer.ts';
import type { AudioFormat } from './audio-format.ts';
import { FfmpegLog } from './ffmpeg-log.ts';

export const FFMPEG_RATE_HZ = 48_000;
/** The header of Sun's AU format: its own length at 4 and the number of channels at 20, big-endian. */
const AU_HEADER_BYTES = 24;
const SAMPLE_BYTES = 4;

export interface FfmpegInput {
  /** For messages. */
  readonly name: string;
  readonly format: AudioFormat;
  /** A path, or the bytes themselves. */
  readonly source: string | AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** The left or the right side of a stereo sound alone. */
  readonly side?: 'left' | 'right' | undefined;
}

/** An ffmpeg process that decodes the first sound track to mono at `FFMPEG_RATE_HZ`, as fast as it is read. */
export class FfmpegDecoder {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #input: FfmpegInput;
  readonly #sound = new PassThrough();
  readonly #exit: Promise<unknown[]>;
  readonly #mixer = new MonoMixer();
  readonly #log = new FfmpegLog();
  #failure: Error | undefined;

  constructor(input: FfmpegInput) {
    this.#input = input;
    const { signal, source } = input;
    const child = spawn('ffmpeg', ffmpegArguments(input), {
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
      this.#log.push(text);
    });
    // What nobody has begun to read when a process ends is thrown away, and a short sound is decoded before it is asked for.
    pipeline(child.stdout, this.#sound).catch(() => undefined);
    // Whoever stops reading closes this pipe: the exit code tells what matters.
    child.stdin.on('error', () => undefined);
    if (typeof source === 'string') child.stdin.end();
    else pipeline(source, child.stdin).catch(() => undefined);
  }

  /** What ffmpeg has said of the file so far. */
  get log(): FfmpegLog {
    return this.#log;
  }

  /** Whether left and right have cancelled each other at some time; one side was used then. */
  get sidesCancelled(): boolean {
    return this.#mixer.cancelled;
  }

  /**
   * @returns mono samples in -1..1, in pieces.
   * @throws AvatarError `AUDIO_UNREADABLE` when nothing in the file could be decoded.
   */
  async *samples(): AsyncGenerator<Float32Array, void> {
    let carried: Buffer = Buffer.alloc(0);
    let channelCount: number | undefined;
    let heard = false;
    for await (const bytes of this.#sound as AsyncIterable<Buffer>) {
      let whole = carried.length === 0 ? bytes : Buffer.concat([carried, bytes]);
      if (channelCount === undefined) {
        carried = whole;
        if (whole.length < AU_HEADER_BYTES || whole.length < whole.readUInt32BE(4)) continue;
        channelCount = whole.readUInt32BE(20);
        whole = whole.subarray(whole.readUInt32BE(4));
      }
      const count = channelCount * Math.floor(whole.length / (SAMPLE_BYTES * channelCount));
      const interleaved = new Float32Array(count);
      for (let index = 0; index < count; index++) {
        const value = whole.readFloatBE(SAMPLE_BYTES * index);
        interleaved[index] = Number.isNaN(value) ? 0 : Math.min(1, Math.max(-1, value));
      }
      carried = whole.subarray(SAMPLE_BYTES * count);
      heard ||= count > 0;
      const samples = channelCount === 1 ? interleaved : this.#mixer.push(interleaved);
      if (samples.length > 0) yield samples;
    }
    const rest = this.#mixer.flush();
    if (rest.length > 0) yield rest;
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
    const complaint = this.#failure === undefined ? this.#log.lastComplaint() : messageOf(this.#failure);
    return new AvatarError(
      'AUDIO_UNREADABLE',
      `Cannot read ${name}: found no sound in this ${format.name} file (${complaint}).`,
    );
  }
}

function ffmpegArguments({ format: { demuxer }, source, side }: FfmpegInput): string[] {
  const sides = side === undefined ? 'mono|stereo' : `stereo,pan=mono|c0=${side === 'left' ? 'c0' : 'c1'}`;
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'info', '-threads', '1'],
    // A media file may name other files and hosts: none of them is anybody's business.
    ...['-protocol_whitelist', 'file,pipe', '-f', demuxer],
    ...['-i', typeof source === 'string' ? `file:${source}` : 'pipe:0'],
    // Sound that begins late or has holes keeps its place in time; the first sample is at 0 of the file's own clock.
    // Stereo is mixed here, because sides that cancel each other must be noticed (`MonoMixer`).
    ...['-map', '0:a:0', '-af', `aresample=async=1:first_pts=0,aformat=channel_layouts=${sides}`],
    ...['-ar', String(FFMPEG_RATE_HZ), '-c:a', 'pcm_f32be', '-f', 'au', 'pipe:1'],
  ];
}
