import { expect, test } from 'vitest';
import { ConditionWriter } from '../../../src/media/motion/condition.ts';
import { JobWriter } from '../../../src/media/motion/job-writer.ts';
import type { GuidanceTerm, MotionJob } from '../../../src/media/motion/motion-job.ts';
import { NoiseSource } from '../../../src/media/motion/noise.ts';
import { Sampler, type DenoiserBatch } from '../../../src/media/motion/sampler.ts';
import { eulerStep, noiseSteps } from '../../../src/media/motion/schedule.ts';
import { SMALL_MANIFEST, SMALL_TOKEN_DIMS } from './small-manifest.ts';

function jobOf(guidance: readonly GuidanceTerm[], noise: number): MotionJob {
  const job = new JobWriter(SMALL_MANIFEST).open({ serial: 0, hop: 0, hops: 1, melHops: 1, guidance });
  job.token.fill(noise);
  new ConditionWriter(SMALL_MANIFEST).write({ gaze: { yaw: 10, pitch: 6 } }, job.condition);
  return job;
}

/** Predicts `base`, plus 1 where the gaze is given and 10 where the sound is; remembers what it was asked. */
function denoiser(calls: DenoiserBatch[], base = 0): (batch: DenoiserBatch) => Promise<Float32Array> {
  return async (batch) => {
    calls.push({ ...batch, noisy: batch.noisy.slice(), noiseLevel: batch.noiseLevel.slice() });
    const rows = Array.from({ length: batch.rows }, (_, row) => {
      const condition = batch.condition.subarray(row * 17, (row + 1) * 17);
      return Array.from({ length: SMALL_TOKEN_DIMS }, () => base + (condition[2] ?? 0) + 10 * (condition[15] ?? 0));
    });
    return Float32Array.from(rows.flat());
  };
}

test('noise levels become steps, and must fall from 1 to 0', () => {
  expect(noiseSteps([1, 0.25, 0])).toEqual([
    { from: 1, to: 0.25 },
    { from: 0.25, to: 0 },
  ]);
  expect(() => noiseSteps([1, 0.5])).toThrow('noise levels go from 1 to 0');
  expect(() => noiseSteps([1, 0.5, 0.5, 0])).toThrow('noise levels fall');
});

test('Euler steps along the straight line between noise and a prediction that stays arrive at it', () => {
  const clean = Float32Array.of(3, -1);
  const noise = Float32Array.of(-2, 5);
  const noisy = noise.slice();
  for (const step of noiseSteps([1, 0.6, 0.3, 0])) {
    eulerStep(noisy, clean, step);
    noisy.forEach((value, index) => {
      const expected = (1 - step.to) * (clean[index] ?? NaN) + step.to * (noise[index] ?? NaN);
      expect(value).toBeCloseTo(expected, 5);
    });
  }
});

test('a job without guidance takes one row, and ends at the last prediction', async () => {
  const calls: DenoiserBatch[] = [];
  const job = jobOf([], 4);
  await new Sampler(SMALL_MANIFEST).sample([job], denoiser(calls));
  expect(calls.map(({ rows, noiseLevel }) => [rows, ...noiseLevel])).toEqual([
    [1, 1],
    [1, 0.5],
  ]);
  expect([...(calls[0]?.noisy ?? [])]).toEqual(Array.from({ length: SMALL_TOKEN_DIMS }, () => 4));
  expect([...(calls[1]?.noisy ?? [])]).toEqual(Array.from({ length: SMALL_TOKEN_DIMS }, () => 0.5 * 4 + 0.5 * 11));
  expect([...job.token]).toEqual(Array.from({ length: SMALL_TOKEN_DIMS }, () => 11));
});

test('guidance adds a row per condition and goes beyond the prediction by its scale', async () => {
  const calls: DenoiserBatch[] = [];
  const guided = jobOf(
    [
      { condition: 'gaze', scale: 2 },
      { condition: 'audio', scale: 0.5 },
    ],
    0,
  );
  const plain = jobOf([], 0);
  await new Sampler(SMALL_MANIFEST).sample([guided, plain], denoiser(calls));
  expect(calls[0]?.rows).toBe(4);
  // 11 + 2 (11 - 10) + 0.5 (11 - 1)
  expect(guided.token[0]).toBeCloseTo(18, 5);
  expect(plain.token[0]).toBeCloseTo(11, 5);
  expect([...guided.condition.subarray(0, 3)]).toEqual([0.5, 0.5, 1]);
});

test('sessions in one batch get what each would get alone', async () => {
  const alone = await Promise.all(
    [1, -3].map(async (noise) => {
      const job = jobOf([{ condition: 'gaze', scale: 1 }], noise);
      await new Sampler(SMALL_MANIFEST).sample([job], denoiser([], noise));
      return job;
    }),
  );
  const together = [1, -3].map((noise) => jobOf([{ condition: 'gaze', scale: 1 }], noise));
  const bases = [1, 1, -3, -3];
  await new Sampler(SMALL_MANIFEST).sample(together, async (batch) => {
    const predictions = await denoiser([])(batch);
    return predictions.map((value, index) => value + (bases[Math.floor(index / SMALL_TOKEN_DIMS)] ?? NaN));
  });
  expect(together.map(({ token }) => [...token])).toEqual(alone.map(({ token }) => [...token]));
});

test('guidance of a condition that is not given costs nothing', () => {
  const writer = new ConditionWriter(SMALL_MANIFEST);
  const guidance = { gaze: 1, audio: 0.5, context: 0 };
  expect(writer.guidance({ guidance })).toEqual([{ condition: 'audio', scale: 0.5 }]);
  expect(writer.guidance({ guidance, gaze: { yaw: 0, pitch: 0 } })).toHaveLength(2);
});

test('the condition vector says what is given, in the units of the bundle', () => {
  const condition = new Float32Array(17).fill(9);
  const writer = new ConditionWriter(SMALL_MANIFEST);
  writer.write({}, condition);
  expect([...condition]).toEqual([...new Array<number>(15).fill(0), 1, 1]);
  writer.write({ gaze: { yaw: -20, pitch: 6 }, distance: 1.25, arousal: 0.5 }, condition);
  expect([...condition.subarray(0, 5)]).toEqual([-1, 0.5, 1, 1, 1]);
  expect([...condition.subarray(13)]).toEqual([0.5, 1, 1, 1]);
});

test('noise depends on seed and hop alone, and is small on the mouth', () => {
  const noiseOf = (seed: number, hop: number): number[] => {
    const token = new Float32Array(SMALL_TOKEN_DIMS);
    new NoiseSource(SMALL_MANIFEST, seed).fill(hop, token);
    return [...token];
  };
  expect(noiseOf(7, 3)).toEqual(noiseOf(7, 3));
  expect(noiseOf(7, 3)).not.toEqual(noiseOf(7, 4));
  expect(noiseOf(7, 3)).not.toEqual(noiseOf(8, 3));
  const spread = (index: number): number => {
    const values = Array.from({ length: 2000 }, (_, hop) => noiseOf(1, hop)[index] ?? NaN);
    return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  };
  expect(spread(0)).toBeCloseTo(0.25, 1);
  expect(spread(6)).toBeCloseTo(1, 1);
});
