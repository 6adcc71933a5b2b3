import type { NextFunction, Request, Response } from 'express';

import type { ErrorBody } from '../../../protocol/error.ts';
import { AvatarError, messageOf, type ErrorCode } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';

/** What an HTTP caller is told a failure means; codes that are not here are ours: 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  CAPACITY_FULL: 503,
  CONSENT_MISSING: 422,
  FACE_AMBIGUOUS: 422,
  FACE_COVERED: 422,
  FACE_NOT_FOUND: 422,
  FACE_TOO_DARK: 422,
  FACE_TOO_SMALL: 422,
  FACE_TURNED_AWAY: 422,
  IMAGE_TOO_LARGE: 413,
  IMAGE_UNREADABLE: 415,
  LIVEKIT_FAILED: 502,
  NOBODY_LIVE: 409,
  PORTRAIT_BLOCKED: 410,
  PORTRAIT_PRIVATE: 403,
  PORTRAIT_UNKNOWN: 404,
  QUOTA_EXCEEDED: 429,
  ROOM_FULL: 503,
  SDP_UNUSABLE: 422,
  SESSIONS_TOO_MANY: 429,
  SESSION_UNKNOWN: 404,
  SIGNALING_REFUSED: 403,
  STORAGE_FAILED: 507,
  TARGET_REFUSED: 403,
  TOKEN_EXPIRED: 401,
  TOKEN_INVALID: 401,
  VIEWERS_TOO_MANY: 503,
};

/** The last middleware: every failure leaves as `{ error: { code, message } }`, and what is ours stays in the log. */
export function failureHandler(log: Logger) {
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    if (thrown instanceof AvatarError && STATUS[thrown.code] !== undefined) {
      // Nobody knows when a place is free; somebody who begins to broadcast is soon there.
      if (STATUS[thrown.code] === 503) response.setHeader('retry-after', '5');
      if (thrown.code === 'NOBODY_LIVE') response.setHeader('retry-after', '2');
      if (STATUS[thrown.code] === 401) response.setHeader('www-authenticate', 'Bearer');
      fail(response, STATUS[thrown.code] ?? 500, thrown.code, thrown.message);
      return;
    }
    const status = statusOf(thrown);
    if (status !== undefined && status < 500) {
      // Body parsers throw these: too large, cut off, wrong encoding.
      const isPicture = /^\/api\/(?:v1\/)?portraits/.test(request.originalUrl);
      const tooLarge = isPicture ? 'IMAGE_TOO_LARGE' : 'REQUEST_TOO_LARGE';
      const code = status === 413 ? tooLarge : 'REQUEST_INVALID';
      fail(response, status, code, `Cannot read the request: ${messageOf(thrown)}`);
      return;
    }
    log.error('http.failed', { method: request.method, route: request.path, message: messageOf(thrown) });
    fail(response, 500, 'INTERNAL', 'Something went wrong here; it was written to the log');
  };
}

export function fail(response: Response, status: number, code: string, message: string): void {
  const body: ErrorBody = { error: { code, message } };
  response.status(status).json(body);
}

function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown)) return undefined;
  return typeof thrown.status === 'number' ? thrown.status : undefined;
}
