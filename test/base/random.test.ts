import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';

/** PCG32 as O'Neill defines it, in plain 64-bit arithmetic. */
function pcg32(seed: bigint, stream: bigint): () => number {
  const mask = (1n << 64n) - 1n;
  const increment = ((stream << 1n) | 1n) & mask;
  let state = 0n;
  const next = (): number => {
    const old = state;
    state = (old * 6364136223846793005n + increment) & mask;
    const word = Number((((old >> 18n) ^ old) >> 27n) & 0xffffffffn);
    const rotation = Number(old >> 59n);
    return ((word >>> rotation) | (word << (-rotation & 31))) >>> 0;
  };
  next();
  state = (state + seed) & mask;
  next();
  return next;
}

test.each([
  [0, 0],
  [42, 54],
  [0xffffffff, 0x7fffffff],
])('seed %i stream %i is PCG32', (seed, stream) => {
  const reference = pcg32(BigInt(seed), BigInt(stream));
  const random = seededRandom(seed, stream);
  for (let draw = 0; draw < 1000; draw++) expect(random.uniform()).toBe(reference() / 0x1_0000_0000);
});

test('normal numbers have mean 0 and variance 1', () => {
  const random = seededRandom(7);
  const draws = Array.from({ length: 20_000 }, () => random.normal());
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.04);
});

test('streams of one seed differ', () => {
  expect(seededRandom(1, 0).uniform()).not.toBe(seededRandom(1, 1).uniform());
});
