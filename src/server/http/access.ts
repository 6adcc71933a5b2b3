import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { verifyRoomToken } from '../../../signaling/room-token.ts';
import { AvatarError } from '../../base/errors.ts';

export interface AccessOptions {
  /** With it the operator's routes are for whoever shows it; without it for this machine alone. */
  readonly operatorKey: string | undefined;
  /** With it uploads are for whoever has a room token. */
  readonly tokenSecret: string | undefined;
  /** The server listens on loopback alone. */
  readonly isPrivate: boolean;
  readonly unixTimeS: () => number;
}

interface Headed {
  readonly headers: IncomingHttpHeaders;
}

/** Who may do what over HTTP. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  isOperator(request: Headed): boolean {
    const { isPrivate, operatorKey } = this.#options;
    if (operatorKey === undefined) return isPrivate;
    const given = Buffer.from(bearerOf(request) ?? '');
    const expected = Buffer.from(operatorKey);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  /** @throws AvatarError `SIGNALING_REFUSED`. */
  requireOperator(request: Headed): void {
    if (!this.isOperator(request))
      throw new AvatarError('SIGNALING_REFUSED', 'This is for the operator: show the operator key');
  }

  /**
   * Lets in whoever could join a call: anyone where rooms are open, else whoever has a room token.
   * @throws AvatarError `TOKEN_INVALID` or `TOKEN_EXPIRED`.
   */
  async requireGuest(request: Headed): Promise<void> {
    const { tokenSecret, unixTimeS } = this.#options;
    if (tokenSecret === undefined || this.isOperator(request)) return;
    await verifyRoomToken(tokenSecret, bearerOf(request) ?? '', unixTimeS());
  }
}

/**
 * The key by which a browser knows its own uploads again, or `undefined`.
 * @throws AvatarError `TOKEN_INVALID` when it is too short to be a secret.
 */
export function ownerKeyOf(request: Headed): string | undefined {
  const key = request.headers['x-visavis-owner'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\w-]{16,128}$/.test(key)) {
    throw new AvatarError('TOKEN_INVALID', 'x-visavis-owner is 16 to 128 letters, digits, - or _');
  }
  return key;
}

function bearerOf({ headers }: Headed): string | undefined {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
}
