import { describe, expect, it } from 'vitest';
import { Unwrapper } from '../../src/base/rtp.ts';

describe('Unwrapper.unwrap()', () => {
  it.each([
    [16, [65_534, 65_535, 0, 1], [0, 1, 2, 3]],
    [16, [2, 1, 0, 65_535], [0, -1, -2, -3]],
    [16, [0, 32_767], [0, 32_767]],
    [16, [0, 32_768], [0, -32_768]],
    [32, [2 ** 32 - 960, 0, 960], [0, 960, 1920]],
    [32, [5, 5], [0, 0]],
  ] as const)('of %i bits goes on past the end and back: %j', (bits, values, steps) => {
    const unwrapper = new Unwrapper(bits);
    const unwrapped = values.map((value) => unwrapper.unwrap(value));
    expect(unwrapped.map((each) => each - (unwrapped[0] ?? 0))).toEqual(steps);
    expect(unwrapped.map((each) => each % 2 ** bits)).toEqual(values);
  });

  it('begins anywhere after a reset', () => {
    const unwrapper = new Unwrapper(16);
    unwrapper.unwrap(60_000);
    unwrapper.reset();
    expect(unwrapper.unwrap(10) % 65_536).toBe(10);
  });
});
