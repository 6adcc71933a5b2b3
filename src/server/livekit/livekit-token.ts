import { decodeJwt, SignJWT } from 'jose';
import { z } from 'zod';
import { AvatarError } from '../../base/errors.ts';

/** Key and secret of a LiveKit project. */
export interface LiveKitKey {
  readonly apiKey: string;
  readonly apiSecret: string;
}

const claimsSchema = z.object({
  sub: z.string().min(1),
  video: z.object({ room: z.string().optional(), roomJoin: z.boolean().optional() }),
  attributes: z.record(z.string(), z.string()).default({}),
});

/** What a token of a participant says; the LiveKit server checks whether it is true. */
export interface ParticipantClaims {
  readonly room: string;
  readonly identity: string;
  /** Whose tracks the participant's are (`lk.publish_on_behalf`). */
  readonly onBehalfOf: string | undefined;
}

/** @throws AvatarError `TOKEN_INVALID` when it is no token of a participant. */
export function readParticipantToken(token: string): ParticipantClaims {
  try {
    const { sub, video, attributes } = claimsSchema.parse(decodeJwt(token));
    return { room: video.room ?? '', identity: sub, onBehalfOf: attributes['lk.publish_on_behalf'] };
  } catch (thrown) {
    const message = 'The LiveKit token is none that lets a participant into a room';
    throw new AvatarError('TOKEN_INVALID', message, { cause: thrown });
  }
}

/** @returns a token that lets a worker register, for `lifetimeS`. */
export function workerToken({ apiKey, apiSecret }: LiveKitKey, lifetimeS: number): Promise<string> {
  return new SignJWT({ video: { agent: true } })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(apiKey)
    .setExpirationTime(`${lifetimeS} s`)
    .sign(new TextEncoder().encode(apiSecret));
}
