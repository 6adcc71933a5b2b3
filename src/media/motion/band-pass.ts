/** Syllables: slower is posture and phrasing, faster is measurement noise. */
export const SYLLABLE_BAND_HZ = [1.5, 7] as const;

/**
 * Keeps a band of frequencies without shifting anything in time: a symmetrical filter (Hamming-windowed sinc of about
 * 1.4 s), with the series mirrored at its ends.
 * @returns a new series as long as `series`; shorter ones than the filter keep only what it sees.
 */
export function bandPass(
  series: Float32Array,
  framesPerSecond: number,
  [lowHz, highHz]: readonly [number, number] = SYLLABLE_BAND_HZ,
): Float32Array {
  const half = Math.round(0.7 * framesPerSecond);
  const low = lowHz / framesPerSecond;
  const high = Math.min(0.5, highHz / framesPerSecond);
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, tap) => {
    const at = tap - half;
    const ideal =
      at === 0
        ? 2 * (high - low)
        : (Math.sin(2 * Math.PI * high * at) - Math.sin(2 * Math.PI * low * at)) / (Math.PI * at);
    return ideal * (0.54 + 0.46 * Math.cos((Math.PI * at) / (half + 1)));
  });
  // What the window lets through of a constant is taken back.
  const leak = taps.reduce((sum, tap) => sum + tap, 0) / taps.length;
  const last = series.length - 1;
  return Float32Array.from(series, (_, frame) => {
    let sum = 0;
    for (let tap = -half; tap <= half; tap++) {
      let at = Math.abs(frame + tap);
      if (at > last) at = Math.max(0, 2 * last - at);
      sum += (taps[tap + half]! - leak) * series[at]!;
    }
    return sum;
  });
}
