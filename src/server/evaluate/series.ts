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
