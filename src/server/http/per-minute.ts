import type { RequestHandler } from 'express';
import { rateLimit, type ClientRateLimitInfo, type Store } from 'express-rate-limit';
import { visitorOf } from '../../../signaling/origin.ts';
import { fail } from './failure.ts';

const WINDOW_MS = 60_000;

/**
 * Lets each network ask so often in a minute; more is answered 429 `RATE_EXCEEDED`.
 * @param message - what was too often, as in `Too many offers`.
 */
export function perMinute(limit: number, trustProxy: boolean, message: string): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit,
    store: new MinuteStore(() => performance.now()),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => visitorOf(request, trustProxy),
    handler: (_request, response) => {
      fail(response, 429, 'RATE_EXCEEDED', `${message}: try again in a minute`);
    },
  });
}

/** Counts by minute on a monotonic clock: by the library's own, everybody would be refused for an hour after the clock is put back by one. */
export class MinuteStore implements Store {
  /** For the library: stores share no counts, so a request may pass several limits. */
  readonly localKeys = true;
  readonly #nowMs: () => number;
  readonly #counts = new Map<string, { hits: number; readonly untilMs: number }>();
  #tidiedMs: number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#tidiedMs = nowMs();
  }

  increment(key: string): ClientRateLimitInfo {
    const nowMs = this.#nowMs();
    this.#tidy(nowMs);
    let count = this.#counts.get(key);
    if (count === undefined || count.untilMs <= nowMs) {
      count = { hits: 0, untilMs: nowMs + WINDOW_MS };
      this.#counts.set(key, count);
    }
    count.hits++;
    return { totalHits: count.hits, resetTime: new Date(Date.now() + count.untilMs - nowMs) };
  }

  decrement(key: string): void {
    const count = this.#counts.get(key);
    if (count !== undefined) count.hits--;
  }

  resetKey(key: string): void {
    this.#counts.delete(key);
  }

  /** Once a minute, so that addresses which came once are not kept for ever. */
  #tidy(nowMs: number): void {
    if (nowMs - this.#tidiedMs < WINDOW_MS) return;
    this.#tidiedMs = nowMs;
    for (const [key, { untilMs }] of this.#counts) if (untilMs <= nowMs) this.#counts.delete(key);
  }
}
