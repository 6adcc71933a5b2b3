import type { Request } from 'express';

/**
 * @returns the token of a request: from `Authorization`, with or without `Bearer` before it because some players leave that
 * out, or from the query, where an address that is a key has it. Empty when there is none.
 */
export function tokenOf(request: Request): string {
  const { token } = request.query;
  const header = request.headers.authorization?.replace(/^Bearer /i, '').trim();
  return header ?? (typeof token === 'string' ? token : '');
}
