/** A seeded source of numbers, so that a seed decides all that chance decides. */
export interface Random {
  /** @returns a number in [0, 1). */
  uniform(): number;
  /** @returns a standard normal number (Box and Muller 1958). */
  normal(): number;
}

/** PCG32 (O'Neill 2014): small, fast, and the same everywhere. `stream` gives independent sequences of one seed. */
export function seededRandom(seed: number, stream = 0): Random {
  const MULTIPLIER = 6364136223846793005n;
  const increment = (BigInt(stream) << 1n) | 1n;
  let high = 0;
  let low = 0;
  const [incrementHigh, incrementLow] = split(increment);
  const [multiplierHigh, multiplierLow] = split(MULTIPLIER);

  // 64-bit state in two 32-bit halves: BigInt in the hot path costs ten times as much.
  const step = (): void => {
    const lowLow = multiply32(low, multiplierLow);
    const nextHigh = (Math.imul(high, multiplierLow) + Math.imul(low, multiplierHigh) + lowLow[0]) >>> 0;
    const sum = lowLow[1] + incrementLow;
    low = sum >>> 0;
    high = (nextHigh + incrementHigh + (sum > 0xffffffff ? 1 : 0)) >>> 0;
  };
  const next = (): number => {
    const oldHigh = high;
    const oldLow = low;
    step();
    const shiftedLow = ((oldLow >>> 18) | (oldHigh << 14)) >>> 0;
    const shiftedHigh = oldHigh >>> 18;
    const xoredLow = (shiftedLow ^ oldLow) >>> 0;
    const xoredHigh = (shiftedHigh ^ oldHigh) >>> 0;
    const word = ((xoredLow >>> 27) | (xoredHigh << 5)) >>> 0;
    const rotation = oldHigh >>> 27;
    return ((word >>> rotation) | (word << (-rotation & 31))) >>> 0;
  };
  step();
  [high, low] = split((BigInt(high) << 32n) + BigInt(low) + BigInt(seed >>> 0));
  step();

  let spare: number | undefined;
  const uniform = (): number => next() / 0x1_0000_0000;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal };
}

function split(word: bigint): [high: number, low: number] {
  return [Number((word >> 32n) & 0xffffffffn), Number(word & 0xffffffffn)];
}

function multiply32(a: number, b: number): [high: number, low: number] {
  const low = Math.imul(a, b) >>> 0;
  const a16 = a >>> 16;
  const b16 = b >>> 16;
  const aLow = a & 0xffff;
  const bLow = b & 0xffff;
  const middle = a16 * bLow + ((aLow * bLow) >>> 16);
  const middle2 = aLow * b16 + (middle % 0x1_0000);
  const high = a16 * b16 + Math.floor(middle / 0x1_0000) + Math.floor(middle2 / 0x1_0000);
  return [high >>> 0, low];
}
