import { expect, it, vi } from 'vitest';
import { fuzz } from '../../bench/support/fuzz/fuzz.ts';
import { FUZZ_TARGETS } from '../../bench/support/fuzz/targets.ts';

vi.setConfig({ testTimeout: 120_000 });

it.each(FUZZ_TARGETS.map((target) => [target.name, target] as const))(
  'no mutated input makes the parser of %s fail',
  async (_, target) => {
    const { failure, taken, inputs } = await fuzz(target, { inputs: 4000, seed: 20 });
    expect(failure).toBeUndefined();
    // Mutation that never gets through, or always does, would show nothing.
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(inputs);
  },
);
