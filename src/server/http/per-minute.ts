import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { visitorOf } from '../../../signaling/origin.ts';
import { fail } from './failure.ts';

/**
 * Lets each network ask so often in a minute; more is answered 429 `RATE_EXCEEDED`.
 * @param message - what was too often, as in `Too many offers`.
 */
export function perMinute(limit: number, trustProxy: boolean, message: string): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => visitorOf(request, trustProxy),
    handler: (_request, response) => {
      fail(response, 429, 'RATE_EXCEEDED', `${message}: try again in a minute`);
    },
  });
}
