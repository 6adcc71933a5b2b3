/**
 * What drawing costs: milliseconds of CPU a frame for the reference and the SIMD build, for one to four avatars on one
 * thread, and the memory that avatars take. `npx tsx bench/render.ts [PORTRAIT]`
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mediaTimeUs } from '../src/base/timeline.ts';
import type { FaceDecoder, FaceDecoderOptions } from '../src/media/face-codec.ts';
import { ARKIT_DIMS, MOTION_INDEX, restMotion } from '../src/media/motion-space.ts';
import { ReferenceRasteriser } from '../src/media/render/reference-rasteriser.ts';
import { MeshCodec } from '../src/native/raster/mesh-codec.ts';
import { SimdRasteriser } from '../src/native/raster/simd-rasteriser.ts';
import { enrolPortrait } from '../src/native/worker/enrol-portrait.ts';

const PORTRAIT = process.argv[2] ?? resolve('models/portraits/astronaut.png');
const CONSENT = { text: 'Measured by the bench', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
const FRAME_US = 25_000;

/** A talking head: a few dozen coefficients at work and the head in motion. */
function talk(motion: Float32Array, frame: number): void {
  for (let shape = 0; shape < ARKIT_DIMS; shape++) motion[shape] = 0.12 + 0.12 * Math.sin(frame * 0.31 + shape);
  motion[MOTION_INDEX.headYaw] = 10 * Math.sin(frame * 0.05);
  motion[MOTION_INDEX.headPitch] = 5 * Math.sin(frame * 0.07);
  motion[MOTION_INDEX.headRoll] = 4 * Math.sin(frame * 0.03);
}

/** @returns the median over rounds, so that one interruption does not count. */
function cpuMsPerFrame(decoders: readonly FaceDecoder[], frames: number): number {
  const motion = restMotion();
  const targets = decoders.map(({ widthPx, heightPx }) => new Uint8Array((widthPx * heightPx * 3) / 2));
  const rounds: number[] = [];
  for (let round = 0, frame = 0; round < 9; round++) {
    const start = process.cpuUsage();
    for (let count = 0; count < frames; count++, frame++) {
      talk(motion, frame);
      decoders.forEach((decoder, index) => {
        decoder.drawI420(motion, mediaTimeUs(frame * FRAME_US), targets[index]!);
      });
    }
    const { user, system } = process.cpuUsage(start);
    rounds.push((user + system) / 1000 / frames);
  }
  rounds.sort((a, b) => a - b);
  return rounds[4] ?? 0;
}

/** @returns bytes a frame that are left for the garbage collector, the median of runs without a collection. */
function garbagePerFrame(decoder: FaceDecoder): number {
  const FRAMES = 40;
  const motion = restMotion();
  const target = new Uint8Array((decoder.widthPx * decoder.heightPx * 3) / 2);
  const rounds: number[] = [];
  for (let round = 0, frame = 0; round < 25; round++) {
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < FRAMES; count++, frame++) {
      talk(motion, frame);
      decoder.drawI420(motion, mediaTimeUs(frame * FRAME_US), target);
    }
    const grown = process.memoryUsage().heapUsed - before;
    if (grown >= 0) rounds.push(grown / FRAMES);
  }
  rounds.sort((a, b) => a - b);
  return rounds[rounds.length >> 1] ?? NaN;
}

const startEnrol = process.cpuUsage();
const avatar = await enrolPortrait(new Uint8Array(await readFile(PORTRAIT)), CONSENT);
const enrol = process.cpuUsage(startEnrol);
console.log(`enrolment: ${((enrol.user + enrol.system) / 1000).toFixed(0)} ms CPU, ${avatar.length} bytes`);

const simd = new MeshCodec();
const reference = new MeshCodec(() => new ReferenceRasteriser());
const base: FaceDecoderOptions = { sizePx: 512, background: 'portrait', badge: true, seed: 1 };
const row = (name: string, ms: number): void => {
  console.log(`  ${name.padEnd(34)} ${ms.toFixed(2).padStart(7)}`);
};

console.log('ms of CPU a frame, I420 included');
for (const [name, codec, frames] of [
  ['reference', reference, 10],
  ['SIMD', simd, 60],
] as const) {
  for (const sizePx of [256, 512, 720] as const) {
    const decoder = await codec.open(avatar, { ...base, sizePx });
    row(`${name} ${sizePx} x ${sizePx}`, cpuMsPerFrame([decoder], frames));
    decoder.close();
  }
}
for (const background of ['matte', [0, 177, 64]] as const) {
  const decoder = await simd.open(avatar, { ...base, background });
  row(`SIMD 512 x 512, ${background === 'matte' ? 'matte beside' : 'plain colour'}`, cpuMsPerFrame([decoder], 40));
  decoder.close();
}
const raster = SimdRasteriser.ofThread();
for (const count of [1, 2, 4]) {
  const before = raster.arena.usedBytes;
  const decoders = await Promise.all(
    // Copies of the file, so that nothing is shared: the worst case.
    Array.from({ length: count }, (_, index) => simd.open(avatar.slice(), { ...base, seed: index })),
  );
  row(`SIMD 512 x 512, ${count} avatars on a thread`, cpuMsPerFrame(decoders, 30));
  const bytes = raster.arena.usedBytes - before;
  console.log(`  ${''.padEnd(34)} ${(bytes / count / 2 ** 20).toFixed(2)} MiB of layers each`);
  for (const decoder of decoders) decoder.close();
}
const shared = await Promise.all([1, 2].map((seed) => simd.open(avatar, { ...base, seed })));
const two = raster.arena.usedBytes;
shared[1]?.close();
console.log(`  a second session of one avatar adds ${((two - raster.arena.usedBytes) / 1024).toFixed(0)} KiB`);
shared[0]?.close();
const openStart = performance.now();
const opened = await simd.open(avatar, base);
console.log(
  `  opening an avatar: ${(performance.now() - openStart).toFixed(0)} ms (kept layers; bench/enrol.ts says it cold)`,
);
console.log(`  garbage of a frame: ${garbagePerFrame(opened).toFixed(0)} bytes`);
opened.close();
