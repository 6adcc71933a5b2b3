import type { NextFunction, Request, Response } from 'express';

import { API_PATH } from '../../../protocol/http.ts';

/** When the paths without a version were deprecated: 1 December 2026, in Unix seconds (RFC 9745). */
const DEPRECATED_S = 1_796_083_200;

/**
 * Lets the paths of version 0.1.0 (`/api/portraits` …) reach what is under `/api/v1` now, for one release. Answers say that the
 * path is deprecated, and which one follows it.
 */
export function redirectLegacy(request: Request, response: Response, next: NextFunction): void {
  const path = successorOf(request.url);
  if (path !== undefined) {
    request.url = path;
    response.setHeader('deprecation', `@${DEPRECATED_S}`);
    response.setHeader('link', `<${path.split('?', 1)[0] ?? path}>; rel="successor-version"`);
  }
  next();
}

/** @returns the versioned path of one without a version; nothing for other paths. */
export function successorOf(url: string): string | undefined {
  if (!url.startsWith('/api/') || url.startsWith(`${API_PATH}/`)) return undefined;
  // What the operator's list of participants was called collides with the sessions of programs.
  const rest = url.slice('/api'.length).replace(/^\/sessions(?=[/?]|$)/, '/participants');
  return `${API_PATH}${rest}`;
}
