import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const COMMAND = resolve(ROOT, 'dist/src/server/cli/main.js');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as it is installed. @param input - its standard input. */
export async function visavis(cwd: string, args: readonly string[], input?: Uint8Array, env = {}): Promise<Ran> {
  const child = startVisavis(cwd, args, env);
  const [stdout, stderr] = [gather(child.stdout), gather(child.stderr)];
  child.stdin.on('error', () => undefined).end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout().toString(), stderr: stderr().toString() };
}

export function startVisavis(cwd: string, args: readonly string[], env = {}) {
  if (!existsSync(COMMAND)) throw new Error('The command is not built: run `npm run build`.');
  return spawn(process.execPath, [COMMAND, ...args], { cwd, env: { ...process.env, ...env }, stdio: 'pipe' });
}

function gather(stream: NodeJS.ReadableStream): () => Buffer {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  return () => Buffer.concat(pieces);
}

export interface Probed {
  readonly format: {
    readonly duration?: string;
    readonly format_name: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
  readonly streams: readonly {
    readonly codec_name: string;
    readonly width?: number;
    readonly height?: number;
    readonly channels?: number;
    readonly nb_read_packets: string;
  }[];
}

/** What ffprobe says of a film. */
export function probe(path: string): Probed {
  const args = ['-v', 'error', '-count_packets', '-show_format', '-show_streams', '-of', 'json', path];
  const { status, stdout, stderr } = spawnSync('ffprobe', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Probed;
}

/** Decoded luma of every picture, `[frames][widthPx * heightPx]`. */
export function pictures(path: string, sidePx: number): Uint8Array[] {
  const args = [
    '-v',
    'error',
    '-i',
    path,
    '-vf',
    `scale=${sidePx}:${sidePx}`,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    '-',
  ];
  const { stdout } = spawnSync('ffmpeg', args, { maxBuffer: 1 << 30 });
  const length = sidePx * sidePx;
  return Array.from({ length: Math.floor(stdout.length / length) }, (_, n) =>
    stdout.subarray(n * length, (n + 1) * length),
  );
}

/** Decoded sound of a film, mono at 48 kHz. */
export function soundOf(path: string): Float32Array {
  const args = ['-v', 'error', '-i', path, '-f', 'f32le', '-ac', '1', '-ar', '48000', '-'];
  const { stdout } = spawnSync('ffmpeg', args, { maxBuffer: 1 << 30 });
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~3)));
}
