import { monotonicUs, type MonotonicUs } from './timeline.ts';

/** The one place that asks the machine what time it is; everything pure is handed the answer. */
export interface Clock {
  now(): MonotonicUs;
}

export const systemClock: Clock = {
  now: () => monotonicUs(performance.now() * 1000),
};
