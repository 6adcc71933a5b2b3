import type { IncomingMessage } from 'node:http';
import { isOriginAllowed } from '../../../signaling/origin.ts';
import { AvatarError } from '../../base/errors.ts';
import type { Access, RoomAccess } from '../http/access.ts';

/** The origin of our browser extension. Its id follows from the key in `extension/manifest.json`; only known call services may use it. */
export const EXTENSION_ORIGIN = 'chrome-extension://cphipklgaomgcgelaaagkihamlbohldo';

/**
 * Who may bring an avatar to this server, by the same rules as at the signaling socket: whoever has an invitation or the
 * operator key; where rooms are open, every program, and every page that may use this server.
 */
export class Entry {
  readonly #access: Access;
  readonly #allowedOrigins: readonly string[];

  /** @param allowedOrigins - of pages that may enter open rooms, besides the server's own and our extension. */
  constructor(access: Access, allowedOrigins: readonly string[]) {
    this.#access = access;
    this.#allowedOrigins = [...allowedOrigins, EXTENSION_ORIGIN];
  }

  /** @throws AvatarError `TOKEN_INVALID`, `TOKEN_EXPIRED`, or `SIGNALING_REFUSED` for a foreign page. */
  async check(request: IncomingMessage, token: string): Promise<RoomAccess> {
    const right = await this.#access.roomAccess(request, token);
    // A browser sends a page's simplest requests to any server without asking, this machine's too.
    if (right.type === 'open' && !isOriginAllowed(request, this.#allowedOrigins)) {
      throw new AvatarError('SIGNALING_REFUSED', 'This page may not use this server');
    }
    return right;
  }
}
