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

/** @returns the series with straight lines where it has no number. */
export function withoutGaps(series: Float32Array): Float32Array {
  const filled = series.slice();
  let before = -1;
  for (let frame = 0; frame <= filled.length; frame++) {
    if (frame < filled.length && Number.isNaN(filled[frame])) continue;
    for (let gap = before + 1; gap < frame; gap++) {
      const from = filled[before] ?? filled[frame] ?? 0;
      const to = filled[frame] ?? from;
      filled[gap] = from + ((to - from) * (gap - before)) / (frame - before);
    }
    before = frame;
  }
  return filled;
}
