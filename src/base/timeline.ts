/**
 * Timelines are branded, quantities are not: mixing two clocks is the bug worth a compile error. All times in the
 * process are integer microseconds, converted once at the edge (RTP ticks, Prometheus seconds, milliseconds of a setting).
 */
declare const timeline: unique symbol;
type OnTimeline<Name extends string> = number & { readonly [timeline]: Name };

/** Position on the session's media timeline: integer µs since its first audio sample. */
export type MediaTimeUs = OnTimeline<'media'>;

/** This process's monotonic clock, integer µs. Never leaves the process. */
export type MonotonicUs = OnTimeline<'monotonic'>;

export const US_PER_MS = 1000;
export const US_PER_S = 1_000_000;

export function mediaTimeUs(us: number): MediaTimeUs {
  return Math.round(us) as MediaTimeUs;
}

export function monotonicUs(us: number): MonotonicUs {
  return Math.round(us) as MonotonicUs;
}

/** @returns the position on the same timeline, `us` later (or earlier, when negative). */
export function advance<T extends MediaTimeUs | MonotonicUs>(time: T, us: number): T {
  return Math.round(time + us) as T;
}
