/**
 * How fast `visavis animate` turns a minute of speech into motion, and where the time goes. CPU time of this process, so
 * that busy neighbours count little.
 *
 *   npm run build && nice node dist/bench/animate.js [--seconds 60] [--rate 48000]
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Scope } from '../src/base/lifecycle.ts';
import type { MotionFrame } from '../src/base/media.ts';
import { hopUs } from '../src/media/motion/manifest.ts';
import { Resampler } from '../src/media/audio/resampler.ts';
import { liveLinkRow } from '../src/media/motion/live-link.ts';
import { OnnxMotionEngine, type MotionEngine, type OnnxEncoder } from '../src/native/model/motion-engine.ts';
import { Animation } from '../src/server/cli/animation.ts';
import { openMotionNetworks } from '../src/server/cli/motion-networks.ts';
import { TEST_RATE_HZ, voiceSound } from '../src/server/evaluate/test-sounds.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, rate: { type: 'string', default: '48000' } },
});
const seconds = Number(values.seconds);
const sampleRateHz = Number(values.rate);
const FOLDER = resolve('models/visavis-motion-1');

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function cost<T>(call: () => Promise<T> | T): Promise<readonly [ms: number, result: T]> {
  const before = cpuMs();
  const result = await call();
  return [cpuMs() - before, result];
}

async function animate(engine: MotionEngine, sound: Float32Array, encoder?: OnnxEncoder): Promise<MotionFrame[]> {
  const ahead = encoder && { encoder };
  const animation = new Animation({ engine, ...ahead, seed: 1, framesPerSecond: 25, controls: [], sampleRateHz });
  return [...(await animation.push(sound)), ...(await animation.flush())];
}

const up = new Resampler(TEST_RATE_HZ, sampleRateHz);
const sound = up.push(voiceSound(seconds));
const engine = await OnnxMotionEngine.open({ folder: FOLDER, precision: 'int8' });
/** The same path with networks that cost nothing. */
const idle: MotionEngine = {
  manifest: engine.manifest,
  run: (jobs) => Promise.resolve([...jobs]),
  close: () => Promise.resolve(),
};

const [resampleMs] = await cost(() => new Resampler(sampleRateHz, engine.manifest.features.sampleRateHz).push(sound));
await animate(engine, sound.subarray(0, 2 * sampleRateHz));
const [idleMs] = await cost(() => animate(idle, sound));
const runsMs: number[] = [];
const timed: MotionEngine = {
  manifest: engine.manifest,
  run: async (jobs) => {
    const fromMs = performance.now();
    const results = await engine.run(jobs);
    runsMs.push(performance.now() - fromMs);
    return results;
  },
  close: () => Promise.resolve(),
};
const [allMs, frames] = await cost(() => animate(timed, sound));
const [writeMs] = await cost(() => frames.map(({ motion }, index) => liveLinkRow(motion, index, 25)).join('\n').length);
await engine.close();

// As the command does it: the transformer on a thread of its own, while this one hears the next hops.
const scope = new Scope();
const { engine: worker, encoder } = await openMotionNetworks(FOLDER, scope);
await animate(worker, sound.subarray(0, 2 * sampleRateHz), encoder);
const cyclesMs: number[] = [];
let lastMs = performance.now();
const startMs = lastMs;
await animate(
  {
    manifest: worker.manifest,
    run: async (jobs) => {
      const nowMs = performance.now();
      cyclesMs.push(nowMs - lastMs);
      lastMs = nowMs;
      return worker.run(jobs);
    },
    close: () => Promise.resolve(),
  },
  sound,
  encoder,
);
const tookS = (performance.now() - startMs) / 1000;
await scope.close();

// Neighbours take the core and the cache from most runs, but not from the quickest: the 5th percentile is a run alone.
const aloneMs = (runsMs.sort((a, b) => a - b)[Math.floor(runsMs.length / 20)] ?? NaN) * runsMs.length;
const total = allMs + writeMs;
const row = (what: string, ms: number): void => {
  const share = ((100 * ms) / total).toFixed(0).padStart(4);
  console.log(`${what.padEnd(34)} ${(ms / seconds).toFixed(2).padStart(8)} ms a second of sound ${share} %`);
};
console.log(`${seconds} s of sound at ${sampleRateHz} Hz, ${frames.length} frames`);
row('resampling to the model', resampleMs);
row('log-mel, windows, controls', idleMs - resampleMs);
row('networks (int8)', allMs - idleMs);
row('writing CSV', writeMs);
row('everything', total);
const hopMs = hopUs(engine.manifest) / 1000;
const aloneTotal = total - (allMs - idleMs) + aloneMs;
console.log(`CPU spent: ${((1000 * seconds) / total).toFixed(0)} times real time`);
console.log(`networks undisturbed: ${((aloneMs * hopMs) / (1000 * seconds)).toFixed(2)} ms a hop`);
console.log(`with them: ${((1000 * seconds) / aloneTotal).toFixed(0)} times real time on one core`);
const cycleMs = cyclesMs.sort((a, b) => a - b)[Math.floor(cyclesMs.length / 20)] ?? NaN;
const jobS = seconds / cyclesMs.length;
console.log(`on two threads, undisturbed: ${((1000 * jobS) / cycleMs).toFixed(0)} times real time (goal 40)`);
console.log(
  `waited ${tookS.toFixed(1)} s: ${(seconds / tookS).toFixed(0)} times real time on this machine as busy as it is`,
);
