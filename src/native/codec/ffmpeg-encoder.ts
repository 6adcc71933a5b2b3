import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { FilmFormat } from './film-format.ts';

export interface FfmpegEncoderOptions {
  readonly path: string;
  readonly format: FilmFormat;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Where the film is larger than its pictures: they are enlarged to `facePx` a side, in the middle of this PNG. */
  readonly backdrop?: { readonly png: string; readonly facePx: number } | undefined;
  /** Whether pictures have colours multiplied by an alpha channel. */
  readonly isTransparent: boolean;
  readonly framesPerSecond: number;
  /** Of the sound, or nothing for a silent film. */
  readonly sampleRateHz: number | undefined;
}

/**
 * Pictures that may wait. ffmpeg reads whichever of picture and sound is behind, so the last pictures, which reach beyond
 * the sound, are only read once the sound has ended, and must not be waited for.
 */
const WAITING_BYTES = 64_000_000;
/** The inputs are raw: there is nothing to find out, and waiting for it would wait for ever. */
const NO_PROBING = ['-probesize', '32', '-analyzeduration', '0'];

/** An ffmpeg process that encodes pictures and sound, as they come, into a file. */
export class FfmpegEncoder implements Closable {
  readonly #child: ChildProcess;
  readonly #pictures: Writable;
  readonly #sound: Writable | undefined;
  readonly #exit: Promise<number | null>;
  #log = '';
  #failure: Error | undefined;

  constructor(options: FfmpegEncoderOptions) {
    const { sampleRateHz, format } = options;
    const withSound = sampleRateHz !== undefined && format.hasSound;
    this.#child = spawn('ffmpeg', encoderArguments(options, withSound), {
      stdio: ['pipe', 'ignore', 'pipe', withSound ? 'pipe' : 'ignore'],
    });
    this.#child.on('error', (thrown) => {
      this.#failure = thrown;
    });
    this.#exit = once(this.#child, 'close').then(
      ([code]) => code as number | null,
      () => null,
    );
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-2000);
    });
    this.#pictures = this.#child.stdio[0] as Writable;
    this.#sound = withSound ? (this.#child.stdio[3] as Writable) : undefined;
    // A process that ends early closes its pipes; its exit code says what matters.
    for (const pipe of [this.#pictures, this.#sound]) pipe?.on('error', () => undefined);
  }

  /** @param rgba - one picture; resolves once there is room for the next. */
  async addPicture(rgba: Uint8Array): Promise<void> {
    if (this.#child.exitCode !== null) throw this.#broken();
    this.#pictures.write(rgba);
    if (this.#pictures.writableLength < WAITING_BYTES) return;
    await Promise.race([once(this.#pictures, 'drain').catch(() => undefined), this.#exit]);
  }

  /** @param samples - mono, only read. */
  addSound(samples: Float32Array): void {
    this.#sound?.write(Buffer.from(samples.slice().buffer));
  }

  /** Resolves once the file is whole. @throws AvatarError `CODEC_FAILED`. */
  async finish(): Promise<void> {
    this.#pictures.end();
    this.#sound?.end();
    if ((await this.#exit) !== 0) throw this.#broken();
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  #broken(): AvatarError {
    const isMissing = (this.#failure as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    const reason = isMissing
      ? 'ffmpeg is not installed; install it (apt-get install ffmpeg) or name a .webm file'
      : (this.#failure ? messageOf(this.#failure) : this.#log.trim().split('\n').at(-1)) || 'ffmpeg gave no reason';
    return new AvatarError('CODEC_FAILED', `Cannot encode the film: ${reason}.`);
  }
}

function encoderArguments(options: FfmpegEncoderOptions, withSound: boolean): string[] {
  const { path, format, widthPx, heightPx, isTransparent, framesPerSecond, sampleRateHz, backdrop } = options;
  const alpha = isTransparent && format.keepsAlpha;
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-y'],
    ...[...NO_PROBING, '-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${widthPx}x${heightPx}`],
    ...['-r', String(framesPerSecond), '-i', 'pipe:0'],
    ...(withSound ? [...NO_PROBING, '-f', 'f32le', '-ar', String(sampleRateHz), '-ac', '1', '-i', 'pipe:3'] : []),
    ...(backdrop === undefined ? [] : ['-i', `file:${backdrop.png}`]),
    ...(backdrop === undefined ? [] : ['-filter_complex', overlayOf(backdrop.facePx, withSound ? 2 : 1, format)]),
    ...(backdrop === undefined ? [] : ['-map', '[film]', ...(withSound ? ['-map', '1:a'] : [])]),
    ...(alpha ? ['-vf', 'format=gbrap,unpremultiply=inplace=1'] : []),
    ...(backdrop === undefined ? [...filterOf(format.filter), ...format.pictures(alpha)] : format.pictures(alpha)),
    ...(withSound ? soundArguments(format) : ['-an']),
    ...['-f', format.muxer, `file:${path}`],
  ];
}

function filterOf(filter: string | undefined): string[] {
  return filter === undefined ? [] : ['-filter_complex', `[0:v]${filter}`];
}

/** The backdrop is decoded once, and repeated for every picture. */
function overlayOf(facePx: number, backdropInput: number, { filter }: FilmFormat): string {
  return [
    `[${backdropInput}:v]format=yuv420p,loop=loop=-1:size=1[behind]`,
    `[0:v]scale=${facePx}:${facePx}:flags=bicubic,format=yuv420p[face]`,
    `[behind][face]overlay=x=(W-w)/2:y=(H-h)/2:shortest=1${filter === undefined ? '' : `,${filter}`}[film]`,
  ].join(';');
}

function soundArguments({ muxer }: FilmFormat): string[] {
  const codec = muxer === 'webm' ? 'libopus' : 'aac';
  return ['-c:a', codec, '-b:a', muxer === 'webm' ? '64k' : '128k', '-ar', '48000'];
}

/**
 * Copies a film unchanged into another file, with texts about it.
 * @throws AvatarError `CODEC_FAILED`.
 */
export async function copyWithTags(
  from: string,
  to: string,
  { muxer }: FilmFormat,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const texts = Object.entries(tags).flatMap(([name, text]) => ['-metadata', `${name}=${text}`]);
  const child = spawn(
    'ffmpeg',
    [
      ...[
        '-hide_banner',
        '-nostdin',
        '-loglevel',
        'error',
        '-y',
        '-i',
        `file:${from}`,
        '-map',
        '0',
        '-c',
        'copy',
        ...texts,
      ],
      // The index at the beginning lets a player start before it has the whole file.
      ...(muxer === 'webm' ? [] : ['-movflags', '+faststart+use_metadata_tags']),
      ...['-f', muxer, `file:${to}`],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text.slice(0, 2000)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw new AvatarError('CODEC_FAILED', `Cannot write the film: ${log.trim().split('\n').at(-1) ?? ''}.`);
}
