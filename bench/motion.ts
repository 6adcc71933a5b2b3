/**
 * What making motion costs: by stage, by sessions in one batch, float32 against int8, and whether ten minutes drift.
 * CPU time of this process, one thread, so that busy neighbours count little.
 *
 *   npm run build && nice node dist/bench/motion.js [--bundle FOLDER] [--drift-minutes 10 [--only-drift]]
 */
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { seededRandom } from '../src/base/random.ts';
import { LogMel } from '../src/media/features/log-mel.ts';
import { algorithmicLatencyUs, hopUs, tokenDims, type MotionManifest } from '../src/media/motion/manifest.ts';
import type { MotionJob } from '../src/media/motion/motion-job.ts';
import { Sampler } from '../src/media/motion/sampler.ts';
import { Stitcher } from '../src/media/motion/stitcher.ts';
import { MOTION_INDEX } from '../src/media/motion-space.ts';
import { MotionStream } from '../src/media/motion-stream.ts';
import { openBundle } from '../src/native/model/bundle.ts';
import { EncoderBatch } from '../src/native/model/encoder-batch.ts';
import type { Precision } from '../src/native/model/manifest.ts';
import { OnnxMotionEngine, openDenoiser, openEncoder } from '../src/native/model/motion-engine.ts';
import { InferenceWorker } from '../src/native/worker/inference-worker.ts';

const { values: options } = parseArgs({
  options: {
    bundle: { type: 'string', default: 'models/visavis-motion-1' },
    'drift-minutes': { type: 'string', default: '0' },
    'only-drift': { type: 'boolean', default: false },
  },
});
const FOLDER = resolve(options.bundle);
const HOPS = 150;

/** @returns CPU milliseconds of this process, all threads. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** @returns the median CPU time of one call, ms. */
async function cost(times: number, call: () => unknown): Promise<number> {
  for (let warm = 0; warm < 20; warm++) await call();
  // Single calls are shorter than the kernel's accounting is fine: groups of ten.
  const groups: number[] = [];
  for (let group = 0; group < times / 10; group++) {
    const before = cpuMs();
    for (let index = 0; index < 10; index++) await call();
    groups.push((cpuMs() - before) / 10);
  }
  return groups.sort((a, b) => a - b)[groups.length >> 1] ?? NaN;
}

function voice(seconds: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: seconds * 16_000 }, (_, index) => {
    const phrase = index % 64_000 < 48_000 ? 1 : 0;
    const syllable = Math.max(0, Math.sin((2 * Math.PI * 4 * index) / 16_000));
    return phrase * syllable * (0.2 * Math.sin((2 * Math.PI * 140 * index) / 16_000) + 0.05 * random.normal());
  });
}

function jobsOf(manifest: MotionManifest, sessions: number, guided: boolean): MotionJob[] {
  return Array.from({ length: sessions }, (_, seed) => {
    const stream = new MotionStream({ manifest, seed });
    stream.push(voice(1, seed));
    if (guided) stream.control({ type: 'guidance', condition: 'audio', scale: 0.5 }, stream.newestUs);
    const job = stream.due();
    if (job === undefined) throw new Error('A second of sound has hops');
    return job;
  });
}

async function byStage(precision: Precision): Promise<void> {
  const { manifest, ...graphs } = await openBundle(FOLDER, precision);
  const encoder = await openEncoder(manifest, graphs);
  const denoiser = await openDenoiser(manifest, graphs);
  const batch = new EncoderBatch(manifest, encoder);
  const sampler = new Sampler(manifest);
  const steps = manifest.sampler.noiseLevels.length - 1;
  const hopMs = hopUs(manifest) / 1000;
  const logMel = new LogMel(manifest.features);
  const hop = voice(1, 1).subarray(0, manifest.encoder.melFramesPerHop * manifest.features.hopSamples);
  const stitcher = new Stitcher(manifest);
  const token = new Float32Array(tokenDims(manifest));
  const mel = await cost(HOPS, () => {
    logMel.push(hop, () => undefined);
  });
  const stitch = await cost(HOPS, () => stitcher.accept(token));
  console.log(`\n${precision}: CPU ms a hop of ${hopMs} ms, ${steps} step(s)`);
  const table: Record<string, string | number>[] = [];
  const rows = [1, 2, 3, 4, 6, 8].map((sessions) => ({ sessions, guided: false }));
  for (const { sessions, guided } of [...rows, { sessions: 1, guided: true }]) {
    const jobs = jobsOf(manifest, sessions, guided);
    const hear = await cost(HOPS, () => batch.hear(jobs));
    const denoise = await cost(HOPS, () =>
      sampler.sample(jobs, async ({ rows: count, noiseLevel, ...inputs }) => {
        const outputs = await denoiser.run({ batch: count }, { ...inputs, noise_level: noiseLevel });
        return outputs['clean'] ?? token;
      }),
    );
    const each = mel + stitch + (hear + denoise) / sessions;
    table.push({
      sessions: guided ? `${sessions} guided` : `${sessions}`,
      'log-mel': Number(mel.toFixed(3)),
      encoder: Number(hear.toFixed(2)),
      'denoiser a step': Number((denoise / steps).toFixed(2)),
      stitch: Number(stitch.toFixed(3)),
      'a session': Number(each.toFixed(2)),
      '% of a core a session': Number(((100 * each) / hopMs).toFixed(1)),
    });
  }
  console.table(table);
  await encoder.close();
  await denoiser.close();
}

/**
 * Sessions at the pace of a call, each hop when its sound is whole, through the worker: CPU of the whole process (both
 * threads, log-mel to composed frames), how long a hop's motion takes after its sound, and what a call adds to that.
 */
async function live(precision: Precision, seconds = 6): Promise<void> {
  const worker = await InferenceWorker.open({ folder: FOLDER, precision });
  const hopMs = hopUs(worker.manifest) / 1000;
  const hopSamples = worker.manifest.encoder.melFramesPerHop * worker.manifest.features.hopSamples;
  const table: Record<string, string | number>[] = [];
  for (const sessions of [1, 2, 4, 8]) {
    const taken: number[] = [];
    let [runs, jobs] = [0, 0];
    worker.onRun = (run) => {
      runs++;
      jobs += run.jobs;
    };
    const session = async (seed: number): Promise<void> => {
      const stream = new MotionStream({ manifest: worker.manifest, seed });
      const sound = voice(seconds, seed);
      const start = performance.now() + (seed * hopMs) / sessions;
      for (let hop = 0; (hop + 1) * hopSamples <= sound.length; hop++) {
        const at = start + hop * hopMs;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())));
        stream.push(sound.subarray(hop * hopSamples, (hop + 1) * hopSamples));
        const job = stream.due();
        if (job === undefined) continue;
        const [result] = await worker.run([job]);
        if (result !== undefined) stream.accept(result);
        taken.push(performance.now() - at);
      }
    };
    const before = cpuMs();
    const began = performance.now();
    await Promise.all(Array.from({ length: sessions }, (_, seed) => session(seed)));
    const share = (cpuMs() - before) / (performance.now() - began);
    taken.sort((a, b) => a - b);
    const at = (q: number): number => Number((taken[Math.floor(q * taken.length)] ?? NaN).toFixed(1));
    table.push({
      sessions,
      'jobs a run': Number((jobs / runs).toFixed(1)),
      'hop ms p50': at(0.5),
      'p95 ': at(0.95),
      'sound to motion ms p50': Number((algorithmicLatencyUs(worker.manifest) / 1000 + at(0.5)).toFixed(0)),
      '% of a core': Number((100 * share).toFixed(1)),
      '% a session': Number(((100 * share) / sessions).toFixed(1)),
    });
  }
  console.log(`\n${precision}, live through the worker, hops of ${hopMs} ms and look-ahead`);
  console.table(table);
  await worker.close();
}

/** Makes minutes of motion from a voice that repeats, and shows whether anything wanders. */
async function drift(minutes: number): Promise<void> {
  const engine = await OnnxMotionEngine.open({ folder: FOLDER, precision: 'int8' });
  const stream = new MotionStream({ manifest: engine.manifest, seed: 5 });
  const sound = voice(60, 3);
  const table: Record<string, number>[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    stream.push(sound);
    const values = { jawOpen: [0], headYaw: [0], headPitch: [0], headDistance: [0] };
    for (let job = stream.due(); job !== undefined; job = stream.due()) {
      await engine.run([job]);
      for (const { motion } of stream.accept(job)) {
        for (const channel of Object.keys(values) as (keyof typeof values)[]) {
          values[channel].push(motion[MOTION_INDEX[channel]] ?? NaN);
        }
      }
    }
    const row: Record<string, number> = { minute };
    for (const [channel, series] of Object.entries(values)) {
      const mean = series.slice(1).reduce((sum, value) => sum + value, 0) / (series.length - 1);
      const spread = Math.sqrt(
        series.slice(1).reduce((sum, value) => sum + (value - mean) ** 2, 0) / (series.length - 1),
      );
      row[`${channel} mean`] = Number(mean.toFixed(3));
      row[`${channel} std`] = Number(spread.toFixed(3));
    }
    table.push(row);
  }
  console.log('\nten minutes: nothing should wander');
  console.table(table);
  await engine.close();
}

if (!options['only-drift']) {
  for (const precision of ['float32', 'int8'] as const) await byStage(precision);
  for (const precision of ['float32', 'int8'] as const) await live(precision);
}
if (Number(options['drift-minutes']) > 0) await drift(Number(options['drift-minutes']));
