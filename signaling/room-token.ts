import { errors, jwtVerify, SignJWT } from 'jose';

import { AvatarError } from '../src/base/errors.ts';

const ISSUER = 'visavis';

/** Signs the right to enter one room until it expires (JWT, HS256). */
export async function signRoomToken(secret: string, room: string, lifetimeS: number, nowS: number): Promise<string> {
  return new SignJWT({ room })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setIssuedAt(Math.floor(nowS))
    .setExpirationTime(Math.floor(nowS + lifetimeS))
    .sign(new TextEncoder().encode(secret));
}

/**
 * @returns the room that `token` opens.
 * @throws AvatarError `TOKEN_EXPIRED` or `TOKEN_INVALID`.
 */
export async function verifyRoomToken(secret: string, token: string, nowS: number): Promise<string> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      issuer: ISSUER,
      algorithms: ['HS256'],
      // A token without an end could never be withdrawn but by a new secret.
      requiredClaims: ['exp', 'room'],
      currentDate: new Date(nowS * 1000),
    });
    if (typeof payload['room'] !== 'string') throw new AvatarError('TOKEN_INVALID', 'The token names no room');
    return payload['room'];
  } catch (thrown) {
    if (thrown instanceof AvatarError) throw thrown;
    if (thrown instanceof errors.JWTExpired) {
      throw new AvatarError('TOKEN_EXPIRED', 'The invitation has expired: ask for a new link', { cause: thrown });
    }
    throw new AvatarError('TOKEN_INVALID', 'The invitation is not valid for this server', { cause: thrown });
  }
}
