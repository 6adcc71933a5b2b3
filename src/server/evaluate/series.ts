import { correlation } from '../../media/portrait/face-likeness.ts';

export interface LaggedCorrelation {
  /** Pearson's correlation at the best lag, -1..1. */
  readonly correlation: number;
  /** Frames by which the second series comes later than the first. */
  readonly lagFrames: number;
}

/**
 * Finds the lag at which two series of one rate agree best; frames where either is NaN do not count.
 * @param highestLag - frames looked at to both sides.
 */
export function bestCorrelation(first: Float32Array, second: Float32Array, highestLag: number): LaggedCorrelation {
  let best: LaggedCorrelation = { correlation: -Infinity, lagFrames: 0 };
  for (let lag = -highestLag; lag <= highestLag; lag++) {
    const a: number[] = [];
    const b: number[] = [];
    for (let frame = 0; frame < first.length; frame++) {
      const [x, y] = [first[frame], second[frame + lag]];
      if (x === undefined || y === undefined || Number.isNaN(x) || Number.isNaN(y)) continue;
      a.push(x);
      b.push(y);
    }
    const value = a.length < 3 ? -Infinity : correlation(a, b);
    if (value > best.correlation) best = { correlation: value, lagFrames: lag };
  }
  return best;
}
