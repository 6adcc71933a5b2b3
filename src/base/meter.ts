/**
 * Where figures go. `server/metrics.ts` publishes them; everything else is handed one of these. Asking twice for a name
 * gives the same instrument, so no one need pass instruments around. Names follow Prometheus: `avatar_<stage>_…`.
 */
export interface Meter {
  /** Only grows. */
  counter(name: string, help: string): Counter;
  /** Goes up and down. */
  gauge(name: string, help: string): Gauge;
  /** @param bounds - upper bounds of its buckets, in the unit that the name ends with. */
  histogram(name: string, help: string, bounds?: readonly number[]): Histogram;
}

/** What tells series of one instrument apart; few values each, never a person or a session. */
export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(amount: number, labels?: Labels): void;
}
export interface Gauge {
  set(value: number, labels?: Labels): void;
}
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** Buckets for what a frame must do in its 25 to 40 ms, in seconds. */
export const DURATION_BOUNDS_S = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 0.5, 1] as const;

const ignore = (): void => undefined;

export const silentMeter: Meter = {
  counter: () => ({ add: ignore }),
  gauge: () => ({ set: ignore }),
  histogram: () => ({ observe: ignore }),
};
