/**
 * Whether an hour of sound takes more memory than a minute: `visavis animate` and `visavis render` on one long file, with
 * the memory of the process as it goes along. The sound is a minute of voice, over and over, as FLAC.
 *
 *   npm run build && nice node dist/bench/hour.js [--minutes 60] [--size 256] [--only animate]
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { TEST_RATE_HZ, voiceSound } from '../src/server/evaluate/test-sounds.ts';
import { floatWav } from './float-wav.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    size: { type: 'string', default: '256' },
    only: { type: 'string' },
  },
});
const seconds = 60 * Number(values.minutes);
const COMMAND = resolve('dist/src/server/cli/main.js');
const SAMPLE_MS = 500;
const PARTS = 6;

/** Resident memory of the command with all its threads, MB. */
function memoryMb(pid: number): number | undefined {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return undefined;
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
}

async function measure(name: string, args: readonly string[], out: string): Promise<void> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [COMMAND, ...args, '--quiet'], {
    stdio: 'inherit',
    env: { ...process.env, VISAVIS_DATA_DIR: folder },
  });
  const samples: number[] = [];
  const timer = setInterval(() => {
    const mb = memoryMb(child.pid ?? 0);
    if (mb !== undefined) samples.push(mb);
  }, SAMPLE_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  const tookS = (performance.now() - startMs) / 1000;
  const most = (from: number, to: number): string =>
    Math.max(...samples.slice(Math.floor(from * samples.length), Math.ceil(to * samples.length))).toFixed(0);
  const parts = Array.from({ length: PARTS }, (_, part) => most(part / PARTS, (part + 1) / PARTS));
  const mb = ((await stat(out)).size / 1e6).toFixed(0);
  console.log(
    `| ${name} | ${code ?? 'killed'} | ${tookS.toFixed(0)} | ${(seconds / tookS).toFixed(1)} | ${mb} | ${parts.join(' | ')} |`,
  );
}

const folder = await mkdtemp(join(tmpdir(), 'visavis-hour-'));
try {
  const minute = join(folder, 'minute.wav');
  const sound = join(folder, 'hour.flac');
  await writeFile(minute, floatWav(voiceSound(60), TEST_RATE_HZ));
  const loop = ['-v', 'error', '-stream_loop', '-1', '-i', minute, '-t', `${seconds}`, '-c:a', 'flac', sound];
  if (spawnSync('ffmpeg', loop, { stdio: 'inherit' }).status !== 0) throw new Error('ffmpeg made no sound');
  console.log(`${values.minutes} minutes of sound; memory of the process (MB) in each sixth of the run`);
  const sixths = Array.from({ length: PARTS }, (_, part) => `${part + 1}/${PARTS}`).join(' | ');
  console.log(`| command | exit | took (s) | times real time | file (MB) | ${sixths} |`);
  console.log(`|---|---|---|---|---|${'---|'.repeat(PARTS)}`);
  if (values.only !== 'render') {
    const csv = join(folder, 'motion.csv');
    await measure('animate', ['animate', sound, '--out', csv], csv);
  }
  if (values.only !== 'animate') {
    const film = join(folder, 'film.webm');
    const face = resolve('models/portraits/astronaut.png');
    await measure('render', ['render', face, sound, '--size', values.size, '--out', film], film);
  }
} finally {
  await rm(folder, { recursive: true });
}
