/**
 * How fast `visavis render` makes a film of a minute, and where the time goes. Wall time is what a user waits; CPU time
 * of all threads says what idle cores would give, whatever the neighbours do.
 *
 *   npm run build && nice node dist/bench/render-offline.js [--seconds 60] [--fps 25] [--portrait FILE] [--sound FILE.wav]
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Resampler } from '../src/media/audio/resampler.ts';
import { OPUS_RATE_HZ } from '../src/native/codec/opus-encoder.ts';
import { OpusTrack } from '../src/native/codec/opus-track.ts';
import { enrolPortrait } from '../src/native/worker/enrol-portrait.ts';
import type { RenderFlags } from '../src/server/cli/render.ts';
import { makeFilm } from '../src/server/cli/render.ts';
import { TEST_RATE_HZ, voiceSound } from '../src/server/evaluate/test-sounds.ts';
import { floatWav } from './float-wav.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    fps: { type: 'string', default: '25' },
    portrait: { type: 'string', default: 'models/portraits/astronaut.png' },
    sound: { type: 'string' },
  },
});
const CORES = 2;

function cpuS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const folder = await mkdtemp(join(tmpdir(), 'visavis-bench-'));
try {
  const voice = voiceSound(Number(values.seconds));
  const sound = values.sound ?? join(folder, 'voice.wav');
  if (values.sound === undefined) await writeFile(sound, floatWav(voice, TEST_RATE_HZ));
  const avatar = join(folder, 'face.avatar');
  const consent = { text: 'bench', time: new Date().toISOString(), scope: 'bench' };
  await writeFile(avatar, await enrolPortrait(await readFile(resolve(values.portrait)), consent));

  const flags: RenderFlags = {
    out: join(folder, 'film.webm'),
    fps: Number(values.fps) as RenderFlags['fps'],
    size: 512,
    aspect: '1:1',
    background: 'portrait',
    seed: 1,
    quiet: true,
  };
  const settings = { environment: { ...process.env, VISAVIS_DATA_DIR: folder }, signal: new AbortController().signal };
  const before = cpuS();
  const { frames, durationS, tookS, times } = await makeFilm(avatar, sound, flags, settings);
  const spentS = cpuS() - before;

  const beforeSound = cpuS();
  const resampler = new Resampler(TEST_RATE_HZ, OPUS_RATE_HZ);
  const track = await OpusTrack.open(64_000);
  track.push(resampler.push(voice));
  track.close();
  const soundS = ((cpuS() - beforeSound) * durationS) / Number(values.seconds);

  const row = (what: string, seconds: number): void => {
    const perFrame = ((1000 * seconds) / frames).toFixed(2).padStart(8);
    console.log(`${what.padEnd(34)} ${perFrame} ms a frame ${((100 * seconds) / spentS).toFixed(0).padStart(4)} %`);
  };
  console.log(`film of ${durationS.toFixed(1)} s, ${frames} frames at 512x512`);
  row('motion (wall, main thread)', times.motionUs / 1e6);
  row('drawing (wall, its thread)', times.drawUs / 1e6);
  row('VP8 (wall, its thread)', times.encodeUs / 1e6);
  row('resampling and Opus (CPU)', soundS);
  row('everything (CPU, all threads)', spentS);
  console.log(
    `waited ${tookS.toFixed(1)} s: ${(frames / tookS).toFixed(0)} frames a second on this machine as busy as it is`,
  );
  console.log(`${CORES} idle cores: at most ${((CORES * frames) / spentS).toFixed(0)} frames a second (goal 90)`);
} finally {
  await rm(folder, { recursive: true });
}
