import { createHmac } from 'node:crypto';

import type { IceServer } from '../protocol/signaling.ts';

export interface TurnOptions {
  /** `turn:host:3478?transport=udp` and the like. */
  readonly urls: readonly string[];
  /** The same as coturn's `static-auth-secret`. */
  readonly secret: string;
  readonly lifetimeS: number;
}

/**
 * Credentials that a TURN server checks without a database: the name is the time of expiry, the password its HMAC-SHA1
 * under a shared secret (draft-uberti-behave-turn-rest-00, coturn's `use-auth-secret`).
 * @param nowS - Unix time in seconds.
 */
export function turnServer(options: TurnOptions, peerId: string, nowS: number): IceServer {
  const username = `${Math.floor(nowS + options.lifetimeS)}:${peerId}`;
  const credential = createHmac('sha1', options.secret).update(username).digest('base64');
  return { urls: options.urls, username, credential };
}
