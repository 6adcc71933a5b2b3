import * as z from 'zod';

import {
  answerSchema,
  candidateMessageSchema,
  failureSchema,
  heartbeatSchema,
  iceServerSchema,
  offerSchema,
  peerIdSchema,
  SIGNALING_ERRORS,
} from './signaling.ts';
import { parseJson } from './read.ts';

/** What avatar peers (processes that draw) say on the signaling socket, and what they hear. */

const sessions = z.number().int().min(0).max(100_000);
const load = z.object({
  type: z.literal('load'),
  capacity: sessions,
  active: sessions,
  /** Share of frames of the last seconds that were late or dropped, 0..1: a peer that struggles gets no new room. */
  lateRatio: z.number().min(0).max(1),
  draining: z.boolean(),
});
const register = z.object({
  type: z.literal('register'),
  version: z.number().int(),
  /** Shared secret of the avatar peers; needed unless the server listens on loopback alone. */
  secret: z.string().max(256).optional(),
  capacity: sessions,
  active: sessions,
});

/** The caller that a message is about. */
const aboutPeer = { peerId: peerIdSchema };

/** Avatar peer to server. */
export const avatarMessageSchema = z.discriminatedUnion('type', [
  register,
  load,
  offerSchema.extend(aboutPeer),
  answerSchema.extend(aboutPeer),
  candidateMessageSchema.extend(aboutPeer),
  z.object({
    type: z.literal('end'),
    ...aboutPeer,
    /** A code that only newer avatar peers know becomes `INTERNAL`. */
    code: z.enum(SIGNALING_ERRORS).catch('INTERNAL'),
    message: z.string().max(500),
  }),
  z.object({ type: z.literal('full'), ...aboutPeer, retryAfterS: z.number().int().min(1).max(600) }),
  heartbeatSchema,
]);
export type AvatarMessage = z.infer<typeof avatarMessageSchema>;
export type AvatarLoad = Omit<z.infer<typeof load>, 'type'>;

const registered = z.object({
  type: z.literal('registered'),
  version: z.number().int(),
  avatarId: z.string(),
  heartbeatMs: z.number(),
});
/** A caller asks for an avatar: the answer is an `answer`, a `full` or an `end` with the same `peerId`. */
const visit = z.object({
  type: z.literal('visit'),
  peerId: z.string(),
  room: z.string(),
  name: z.string(),
  portrait: z.string(),
  /** What the others are told instead of the portrait's id. */
  alias: z.string(),
  owner: z.string().optional(),
  sdp: z.string(),
  iceServers: z.array(iceServerSchema).readonly(),
});
const gone = z.object({ type: z.literal('gone'), peerId: z.string(), reason: z.string() });
/** An invitation opens nothing any more, uploads included; by the SHA-256 of its token. */
const withdrawn = z.object({ type: z.literal('withdrawn'), tokenId: z.string(), expiresS: z.number() });

/** Server to avatar peer. */
export const toAvatarSchema = z.discriminatedUnion('type', [
  registered,
  visit,
  offerSchema.extend(aboutPeer),
  answerSchema.extend(aboutPeer),
  candidateMessageSchema.extend(aboutPeer),
  gone,
  withdrawn,
  failureSchema,
  heartbeatSchema,
]);
export type ToAvatar = Readonly<z.infer<typeof toAvatarSchema>>;

/** @returns whether a socket's first message is an avatar peer's; anything else is a caller's. */
export function speaksAsAvatar(text: string): boolean {
  const json = parseJson(text);
  return typeof json === 'object' && json !== null && 'type' in json && json.type === 'register';
}
