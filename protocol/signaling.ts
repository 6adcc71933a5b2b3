import * as z from 'zod';

import { isName, isRoom } from './display-names.ts';
import { errorEventSchema } from './error.ts';

/** What messages on the signaling socket share; `signaling-limits.ts` describes the socket. */

/** What `error.code` may say; the page has a sentence for each. */
export const SIGNALING_ERRORS = [
  'AVATAR_GONE',
  'ENDED_BY_OPERATOR',
  'INTERNAL',
  'LOBBY_REFUSED',
  'MESSAGE_INVALID',
  'MESSAGE_TOO_LARGE',
  'MESSAGE_UNKNOWN',
  'NOT_HOST',
  'NOT_JOINED',
  'PORTRAIT_BLOCKED',
  'PORTRAIT_PRIVATE',
  'PORTRAIT_UNKNOWN',
  'RATE_EXCEEDED',
  'REMOVED',
  'ROOM_FULL',
  'ROOM_LOCKED',
  'SDP_UNUSABLE',
  'SESSION_ENDED',
  'SIGNALING_REFUSED',
  'TOKEN_EXPIRED',
  'TOKEN_INVALID',
  'VERSION_UNSUPPORTED',
] as const;
export type SignalingErrorCode = (typeof SIGNALING_ERRORS)[number];

/** No name of a person or a room has more UTF-16 units; a longer one is not normalised. */
const NAME_UNITS = 512;
/** In any script, composed (NFC) by the parser: who writes the same name is in the same room, and nobody else. */
export const roomNameSchema = z
  .string()
  .max(NAME_UNITS)
  .normalize('NFC')
  .refine(isRoom, 'a room is 1 to 64 visible characters, in 512 bytes at most, without / and \\');
export const peerIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/);
/** Control characters would let a name break out of a caption or a log line; joiners are part of many names. */
export const displayNameSchema = z
  .string()
  .max(NAME_UNITS)
  .normalize('NFC')
  .refine((name) => isName(name), 'a name is up to 40 visible characters, in 512 bytes at most');
export const sdpSchema = z.string().max(49_152).startsWith('v=0', 'SDP starts with v=0 (RFC 8866)');
const candidateSchema = z
  .object({
    candidate: z.string().max(1024),
    sdpMid: z.string().max(64).nullish(),
    sdpMLineIndex: z.number().int().min(0).max(255).nullish(),
    usernameFragment: z.string().max(256).nullish(),
  })
  .nullable();

/** One ICE candidate in the browser's own form; `null` ends the list. */
export type CandidateInit = z.infer<typeof candidateSchema>;

/** A STUN or TURN server, as `RTCPeerConnection` takes it. */
export const iceServerSchema = z.object({
  urls: z.array(z.string().max(1024)).readonly(),
  username: z.string().max(512).exactOptional(),
  credential: z.string().max(512).exactOptional(),
});
export type IceServer = Readonly<z.infer<typeof iceServerSchema>>;

/** Media negotiation; either side may send an `offer` later in a session, to renegotiate or to restart ICE. */
export const offerSchema = z.object({ type: z.literal('offer'), sdp: sdpSchema });
export const answerSchema = z.object({ type: z.literal('answer'), sdp: sdpSchema });
export const candidateMessageSchema = z.object({ type: z.literal('candidate'), candidate: candidateSchema });
/** Said by a client every some seconds, and answered with the same. */
export const heartbeatSchema = z.object({ type: z.literal('heartbeat') });
/** @property fatal - whether the socket closes after this error. `code` is one of `SIGNALING_ERRORS`, or newer. */
export const failureSchema = errorEventSchema.extend({ fatal: z.boolean() });
