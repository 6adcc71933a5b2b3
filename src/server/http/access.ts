import type { IncomingMessage } from 'node:http';

import { ownerKeySchema } from '../../../protocol/names.ts';
import { isFromThisMachine } from '../../../signaling/origin.ts';
import { verifyRoomToken } from '../../../signaling/room-token.ts';
import { bearerOf, isSameSecret } from '../../../signaling/secret.ts';
import type { WithdrawnTokens } from '../../../signaling/withdrawn-tokens.ts';
import { AvatarError } from '../../base/errors.ts';

export interface AccessOptions {
  /** With it the operator's routes are for whoever shows it; without it for programs and pages of this machine. */
  readonly operatorKey: string | undefined;
  /** With it uploads are for whoever has a room token. */
  readonly tokenSecret: string | undefined;
  /** Only programs and pages of this machine reach the server. */
  readonly isPrivate: boolean;
  /** Then whatever seems to come from this machine comes from anywhere. */
  readonly trustProxy: boolean;
  readonly unixTimeS: () => number;
  /** Invitations that open nothing any more. */
  readonly withdrawn: Pick<WithdrawnTokens, 'has'>;
}

/** Who may do what over HTTP. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  isOperator(request: IncomingMessage): boolean {
    const { isPrivate, operatorKey } = this.#options;
    if (operatorKey === undefined) return isPrivate && isFromThisMachine(request);
    return isSameSecret(operatorKey, bearerOf(request.headers) ?? '');
  }

  /** Figures tell how busy a service is: they are for the operator and for scrapers on this machine. */
  requireScraper(request: IncomingMessage): void {
    if (this.#options.trustProxy || !isFromThisMachine(request)) this.requireOperator(request);
  }

  /** @throws AvatarError `SIGNALING_REFUSED`. */
  requireOperator(request: IncomingMessage): void {
    if (!this.isOperator(request))
      throw new AvatarError('SIGNALING_REFUSED', 'This is for the operator: show the operator key');
  }

  /**
   * Lets in whoever could join a call: anyone where rooms are open, else whoever has a room token.
   * @throws AvatarError `TOKEN_INVALID` or `TOKEN_EXPIRED`.
   */
  async requireGuest(request: IncomingMessage): Promise<void> {
    const { tokenSecret, unixTimeS, withdrawn } = this.#options;
    if (tokenSecret === undefined || this.isOperator(request)) return;
    const { tokenId } = await verifyRoomToken(tokenSecret, bearerOf(request.headers) ?? '', unixTimeS());
    if (withdrawn.has(tokenId)) throw new AvatarError('TOKEN_INVALID', 'This invitation was withdrawn');
  }

  /** @throws AvatarError `TOKEN_INVALID` or `TOKEN_EXPIRED` where rooms need an invitation and `token` is none. */
  async roomAccess(request: IncomingMessage, token: string): Promise<RoomAccess> {
    const { tokenSecret, unixTimeS } = this.#options;
    if (tokenSecret === undefined) return { type: 'open' };
    if (this.isOperator(request)) return { type: 'operator' };
    const { room } = await verifyRoomToken(tokenSecret, token, unixTimeS());
    return { type: 'invitation', room };
  }
}

/** What a request may enter: rooms that are open to everybody, every room, or the one of its invitation. */
export type RoomAccess =
  { readonly type: 'open' } | { readonly type: 'operator' } | { readonly type: 'invitation'; readonly room: string };

/**
 * The key by which a browser knows its own uploads again, or `undefined`.
 * @throws AvatarError `TOKEN_INVALID` when it is too short to be a secret.
 */
export function ownerKeyOf(request: IncomingMessage): string | undefined {
  const key = request.headers['x-visavis-owner'];
  if (key === undefined) return undefined;
  const parsed = ownerKeySchema.safeParse(key);
  if (parsed.success) return parsed.data;
  throw new AvatarError('TOKEN_INVALID', 'x-visavis-owner is 16 to 128 letters, digits, - or _');
}
