import { expect, test } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { PassingSmiles } from '../../../src/media/motion/passing-smiles.ts';

const FRAMES_PER_SECOND = 25;

/** Strength of each frame of some minutes. */
function watch(seed: number, minutes = 10): number[] {
  const smiles = new PassingSmiles(seed);
  return Array.from(
    { length: minutes * 60 * FRAMES_PER_SECOND },
    (_, frame) => smiles.at(mediaTimeUs((frame * 1_000_000) / FRAMES_PER_SECOND)) ?? 0,
  );
}

test('a smile comes every eight seconds or so, and goes', () => {
  const strengths = watch(3);
  const begun = strengths.filter((now, frame) => now > 0 && (strengths[frame - 1] ?? 0) === 0).length;
  expect(begun).toBeGreaterThan(60);
  expect(begun).toBeLessThanOrEqual(75);
  const smiling = strengths.filter((strength) => strength > 0).length / strengths.length;
  expect(smiling).toBeGreaterThan(0.15);
  expect(smiling).toBeLessThan(0.45);
  expect(Math.max(...strengths)).toBeLessThanOrEqual(0.5);
});

test('a smile comes and goes without a jump', () => {
  const strengths = watch(5);
  const steps = strengths.slice(1).map((strength, frame) => Math.abs(strength - strengths[frame]!));
  expect(Math.max(...steps)).toBeLessThan(0.1);
});

test('the seed decides when', () => {
  expect(watch(1, 1)).toEqual(watch(1, 1));
  expect(watch(1, 1)).not.toEqual(watch(2, 1));
});
