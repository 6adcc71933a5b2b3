import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogMel } from '../../../src/media/features/log-mel.ts';
import { JobWriter } from '../../../src/media/motion/job-writer.ts';
import type { MotionJob } from '../../../src/media/motion/motion-job.ts';
import { correlate } from '../../../src/media/motion/motion-metrics.ts';
import { Stitcher } from '../../../src/media/motion/stitcher.ts';
import { MOTION_INDEX } from '../../../src/media/motion-space.ts';
import { openBundle } from '../../../src/native/model/bundle.ts';
import { openDenoiser, OnnxMotionEngine } from '../../../src/native/model/motion-engine.ts';
import { BUNDLE_FOLDER, largestDifference, readGolden, type GoldenVectors } from './golden-vectors.ts';

let golden: GoldenVectors;
let engine: OnnxMotionEngine;

beforeAll(async () => {
  golden = await readGolden();
  engine = await OnnxMotionEngine.open({ folder: BUNDLE_FOLDER, precision: 'float32' });
});

afterAll(() => engine.close());

/** Runs the chain by hand, with the vectors' own mel, noise and condition. */
async function runChain(each: (job: MotionJob, hop: number) => void): Promise<void> {
  const { manifest } = engine;
  const writer = new JobWriter(manifest);
  const stitcher = new Stitcher(manifest);
  let state = new Float32Array(manifest.encoder.stateLength);
  let features = new Float32Array((manifest.motion.contextTokens + 1) * manifest.encoder.featureDims);
  for (let hop = 0; hop < golden.noise.length; hop++) {
    const job = writer.open({ serial: hop, hop, hops: 1, melHops: 1, guidance: [] });
    const blocks = manifest.encoder.melFramesPerHop;
    job.mel.set(golden.mel.slice(hop * blocks, (hop + 1) * blocks).flat());
    job.encoderState.set(state);
    features.copyWithin(0, manifest.encoder.featureDims);
    job.features.set(features);
    job.context.set(stitcher.context);
    job.token.set(golden.noise[hop]!);
    job.condition.set(golden.condition);
    await engine.run([job]);
    state = job.encoderState.slice();
    features = job.features.slice();
    each(job, hop);
    stitcher.accept(job.token);
  }
}

describe('the golden vectors that training wrote', () => {
  test('log-mel', () => {
    const frames: number[][] = [];
    new LogMel(engine.manifest.features).push(golden.sound, (frame) => frames.push([...frame]));
    expect(frames.length).toBeGreaterThanOrEqual(golden.mel.length);
    // Python rounds the spectrum to float32 before the logarithm, and writes six decimals.
    const differences = golden.mel.map((frame, index) => largestDifference(frame, frames[index]!));
    expect(Math.max(...differences)).toBeLessThan(1e-4);
  });

  test('features and the whole chain', async () => {
    const features: number[] = [];
    const tokens: number[] = [];
    await runChain((job) => {
      features.push(...job.features.slice(-engine.manifest.encoder.featureDims));
      tokens.push(...job.token);
    });
    // The same sums in another order, over some twenty layers, and six written decimals.
    expect(largestDifference(features, golden.features.flat())).toBeLessThan(1e-4);
    const { mean, std, channels } = engine.manifest.motion;
    const expected = golden.motion
      .flat()
      .map((value, index) => (value - mean[index % channels.length]!) / std[index % channels.length]!);
    // Each token stands on those before it, so differences add up over the hops.
    expect(largestDifference(tokens, expected)).toBeLessThan(1e-3);
  });

  test('one call of the denoiser, half way through the noise', async () => {
    const { manifest, ...graphs } = await openBundle(BUNDLE_FOLDER, 'float32');
    const denoiser = await openDenoiser(manifest, graphs);
    const { clean, noise_level, ...inputs } = golden.denoiser;
    const flat = Object.entries(inputs).map(([name, rows]) => [name, Float32Array.from(rows.flat(3))] as const);
    const outputs = await denoiser.run(
      { batch: 1 },
      { ...Object.fromEntries(flat), noise_level: Float32Array.from(noise_level) },
    );
    expect(largestDifference(outputs['clean'] ?? [], clean.flat(3))).toBeLessThan(1e-4);
    await denoiser.close();
  });

  test('a bundle names channels of the motion space', () => {
    for (const channel of engine.manifest.motion.channels) expect(MOTION_INDEX[channel]).toBeDefined();
  });
});

test('int8 weights stay close to float32', async () => {
  const small = await OnnxMotionEngine.open({ folder: BUNDLE_FOLDER, precision: 'int8' });
  try {
    const float: number[] = [];
    const int8: number[] = [];
    await runChain(({ token }) => float.push(...token));
    const full = engine;
    engine = small;
    await runChain(({ token }) => int8.push(...token));
    engine = full;
    const squares = float.reduce((sum, value, index) => sum + (value - int8[index]!) ** 2, 0);
    // In standard deviations of motion. A hop stands on those before it, so small errors move the head elsewhere in
    // time, as another seed would; two seeds are about one standard deviation apart.
    expect(Math.sqrt(squares / float.length)).toBeLessThan(0.25);
    const { channels } = engine.manifest.motion;
    const jaw = (tokens: readonly number[]): Float32Array =>
      Float32Array.from(tokens.filter((_, index) => index % channels.length === channels.indexOf('jawOpen')));
    expect(correlate(jaw(float), jaw(int8))).toBeGreaterThan(0.97);
  } finally {
    await small.close();
  }
});

test('int8: what a session gets does not depend on who else is in the batch', async () => {
  const small = await OnnxMotionEngine.open({ folder: BUNDLE_FOLDER, precision: 'int8' });
  try {
    const writer = new JobWriter(small.manifest);
    const job = (size: number): MotionJob => {
      const made = writer.open({ serial: 0, hop: 0, hops: 1, melHops: 1, guidance: [] });
      const fill = (values: Float32Array, offset = 0): void => {
        values.forEach((_, index) => (values[index] = size * Math.sin(index * index + 1) + offset));
      };
      fill(made.mel, -8);
      fill(made.features);
      fill(made.context);
      fill(made.token);
      fill(made.condition, 0.5);
      return made;
    };
    const [alone] = await small.run([job(1)]);
    const [first, second] = await small.run([job(1), job(3)]);
    expect([...(first?.token ?? [])]).toEqual([...(alone?.token ?? [])]);
    expect(largestDifference(second?.token ?? [], alone?.token ?? [])).toBeGreaterThan(0.1);
  } finally {
    await small.close();
  }
});
