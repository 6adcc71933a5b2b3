import { createHash, randomUUID } from 'node:crypto';

import { errors, jwtVerify, SignJWT } from 'jose';

import { AvatarError } from '../src/base/errors.ts';

const ISSUER = 'visavis';

/** What an invitation allows. */
export interface RoomRight {
  readonly room: string;
  readonly expiresS: number;
  readonly tokenId: string;
}

/** Signs the right to enter one room until it expires (JWT, HS256). */
export async function signRoomToken(secret: string, room: string, lifetimeS: number, nowS: number): Promise<string> {
  return (
    new SignJWT({ room })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      // No two invitations are alike, so that one of them can be withdrawn.
      .setJti(randomUUID())
      .setIssuedAt(Math.floor(nowS))
      .setExpirationTime(Math.floor(nowS + lifetimeS))
      .sign(new TextEncoder().encode(secret))
  );
}

/**
 * @returns the room that `token` opens, until when (Unix time in seconds), and by which name the token can be remembered.
 * @throws AvatarError `TOKEN_EXPIRED` or `TOKEN_INVALID`.
 */
export async function verifyRoomToken(secret: string, token: string, nowS: number): Promise<RoomRight> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      issuer: ISSUER,
      algorithms: ['HS256'],
      // A token without an end could never be withdrawn but by a new secret.
      requiredClaims: ['exp', 'room'],
      currentDate: new Date(nowS * 1000),
    });
    if (typeof payload['room'] !== 'string') throw new AvatarError('TOKEN_INVALID', 'The token names no room');
    const tokenId = createHash('sha256').update(token).digest('base64url');
    return { room: payload['room'], expiresS: payload.exp ?? 0, tokenId };
  } catch (thrown) {
    if (thrown instanceof AvatarError) throw thrown;
    if (thrown instanceof errors.JWTExpired) {
      throw new AvatarError('TOKEN_EXPIRED', 'The invitation has expired: ask for a new link', { cause: thrown });
    }
    throw new AvatarError('TOKEN_INVALID', 'The invitation is not valid for this server', { cause: thrown });
  }
}
