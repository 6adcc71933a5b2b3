import { z } from 'zod';

import { ownerKeySchema, portraitIdSchema } from './names.ts';
import { isName, isRoom } from './display-names.ts';

/**
 * Every message on the signaling socket and its parser: JSON, one object a text frame, told apart by `type`. Callers
 * (pages) and avatar peers (processes that draw) speak to the server; the server carries between them and knows no
 * media. A socket's first message is `hello` or `register` with the protocol's version; a server that does not speak
 * that version says which one it does.
 *
 * Version 1. Adding an optional field or a new server message keeps the version; clients ignore types they do not know.
 */
export const PROTOCOL_VERSION = 1;

/** A frame larger than this closes the socket with 1009. A four-person offer is about 12 kB. */
export const MAX_MESSAGE_BYTES = 65_536;

/** Close codes of the private range (RFC 6455, 7.4.2); 1009 is the standard's own "too big". */
export const CLOSE = {
  badMessage: 4400,
  unauthorised: 4401,
  silent: 4408,
  replaced: 4409,
  flooding: 4429,
  draining: 4503,
} as const;

/** What `error.code` may say; the page has a sentence for each. */
export const SIGNALING_ERRORS = [
  'AVATAR_GONE',
  'ENDED_BY_OPERATOR',
  'INTERNAL',
  'LOBBY_REFUSED',
  'MESSAGE_INVALID',
  'MESSAGE_TOO_LARGE',
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
const peerIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/);
/** Control characters would let a name break out of a caption or a log line; joiners are part of many names. */
const displayNameSchema = z
  .string()
  .max(NAME_UNITS)
  .normalize('NFC')
  .refine((name) => isName(name), 'a name is up to 40 visible characters, in 512 bytes at most');
const sdpSchema = z.string().max(49_152).startsWith('v=0', 'SDP starts with v=0 (RFC 8866)');
const candidateSchema = z
  .object({
    candidate: z.string().max(1024),
    sdpMid: z.string().max(64).nullish(),
    sdpMLineIndex: z.number().int().min(0).max(255).nullish(),
    usernameFragment: z.string().max(256).nullish(),
  })
  .nullable();

/** Whoever has the link comes in, or those that the host lets in, or nobody else. */
const doorSchema = z.enum(['open', 'ask', 'locked']);
export type DoorState = z.infer<typeof doorSchema>;

const hello = z.object({
  type: z.literal('hello'),
  version: z.number().int(),
  /** Signed room token; needed unless the server's rooms are open. */
  token: z.string().max(4096).optional(),
  /** From `welcome`, after a broken socket: the room is kept for it for some seconds. */
  resume: z.string().max(128).optional(),
});
const join = z.object({
  type: z.literal('join'),
  room: roomNameSchema,
  name: displayNameSchema.default(''),
  portrait: portraitIdSchema,
  /** Shows that the portrait is the caller's own; one that is public needs none. Goes to the avatar peer, to nobody else. */
  owner: ownerKeySchema.optional(),
  /** How the door of a room stands that this caller is the first in. */
  door: doorSchema.optional(),
  /** The caller's offer travels with the wish to join: one round trip less before the first picture. */
  sdp: sdpSchema,
});
const offer = z.object({ type: z.literal('offer'), sdp: sdpSchema });
const answer = z.object({ type: z.literal('answer'), sdp: sdpSchema });
const candidate = z.object({ type: z.literal('candidate'), candidate: candidateSchema });
/** What a room's host may decide. */
const door = z.object({ type: z.literal('door'), state: doorSchema });
const admit = z.object({ type: z.literal('admit'), peerId: peerIdSchema, admitted: z.boolean() });
const remove = z.object({ type: z.literal('remove'), peerId: peerIdSchema });
const leave = z.object({ type: z.literal('leave') });
const heartbeat = z.object({ type: z.literal('heartbeat') });

/** What a page may say. `offer` later in a session is a renegotiation or an ICE restart. */
export const callerMessageSchema = z.discriminatedUnion('type', [
  hello,
  join,
  offer,
  answer,
  candidate,
  door,
  admit,
  remove,
  leave,
  heartbeat,
]);
export type CallerMessage = z.infer<typeof callerMessageSchema>;

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

const toPeer = { peerId: peerIdSchema };
/** What an avatar peer may say; `peerId` names the caller it speaks about. */
export const avatarMessageSchema = z.discriminatedUnion('type', [
  register,
  load,
  offer.extend(toPeer),
  answer.extend(toPeer),
  candidate.extend(toPeer),
  z.object({
    type: z.literal('end'),
    ...toPeer,
    code: z.enum(SIGNALING_ERRORS),
    message: z.string().max(500),
  }),
  z.object({ type: z.literal('full'), ...toPeer, retryAfterS: z.number().int().min(1).max(600) }),
  heartbeat,
]);
export type AvatarMessage = z.infer<typeof avatarMessageSchema>;
export type AvatarLoad = Omit<z.infer<typeof load>, 'type'>;

/** One ICE candidate in the browser's own form; `null` ends the list. */
export type CandidateInit = z.infer<typeof candidateSchema>;

export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

export interface RosterMember {
  readonly peerId: string;
  readonly name: string;
  /** A name for the portrait that means something in this room alone: with the portrait's id one could ask for it. */
  readonly portrait: string;
  /** The member's socket broke; the place is kept for some seconds. */
  readonly away: boolean;
}

interface Welcome {
  readonly type: 'welcome';
  readonly version: number;
  readonly peerId: string;
  readonly resume: string;
  readonly heartbeatMs: number;
  readonly iceServers: readonly IceServer[];
  /** Whether `hello.resume` was taken: the room and the media go on. */
  readonly resumed: boolean;
}
/** How the door stands; said at each change. */
interface RoomDoor {
  readonly type: 'room';
  readonly door: DoorState;
  /** Whether the one who hears this decides who comes in: the first in the room, and after that the next. */
  readonly isHost: boolean;
  /** Who waits to be let in; told to the host alone. */
  readonly knocking: readonly { readonly peerId: string; readonly name: string }[];
}
interface Full {
  readonly type: 'full';
  readonly retryAfterS: number;
}
interface Failure {
  readonly type: 'error';
  readonly code: SignalingErrorCode;
  readonly message: string;
  /** The socket closes after a fatal error. */
  readonly fatal: boolean;
}
type Relayed =
  | { readonly type: 'offer'; readonly sdp: string }
  | { readonly type: 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: CandidateInit };

/** What the server says to a page. */
export type ToCaller =
  | Welcome
  | { readonly type: 'joined'; readonly room: string; readonly members: readonly RosterMember[] }
  | { readonly type: 'roster'; readonly members: readonly RosterMember[] }
  | RoomDoor
  /** The host is asked; `admitted` or an error follows. */
  | { readonly type: 'lobby'; readonly room: string }
  /** Join again: the door is open to this caller. */
  | { readonly type: 'admitted' }
  | Full
  | Failure
  | Relayed
  /** The avatar peer that held the room is gone: offer again, from a new connection. */
  | { readonly type: 'rejoin'; readonly reason: string }
  | { readonly type: 'heartbeat' };

/** What the server says to an avatar peer. */
export type ToAvatar =
  | { readonly type: 'registered'; readonly version: number; readonly avatarId: string; readonly heartbeatMs: number }
  | {
      readonly type: 'visit';
      readonly peerId: string;
      readonly room: string;
      readonly name: string;
      readonly portrait: string;
      /** What the others are told instead of the portrait's id. */
      readonly alias: string;
      readonly owner?: string | undefined;
      readonly sdp: string;
      readonly iceServers: readonly IceServer[];
    }
  | (Relayed & { readonly peerId: string })
  | { readonly type: 'gone'; readonly peerId: string; readonly reason: string }
  /** An invitation opens nothing any more, uploads included; by the SHA-256 of its token. */
  | { readonly type: 'withdrawn'; readonly tokenId: string; readonly expiresS: number }
  | Failure
  | { readonly type: 'heartbeat' };

/** The parse of one frame: the message, or one sentence that says what is wrong with it. */
export type Parsed<T> = { readonly ok: true; readonly message: T } | { readonly ok: false; readonly problem: string };

export function parseCallerMessage(text: string): Parsed<CallerMessage> {
  return parse(text, callerMessageSchema);
}

export function parseAvatarMessage(text: string): Parsed<AvatarMessage> {
  return parse(text, avatarMessageSchema);
}

/** A socket's first message decides who speaks: `register` is an avatar peer, anything else a caller. */
export function speaksAsAvatar(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && 'type' in json && json.type === 'register';
  } catch {
    return false;
  }
}

function parse<T>(text: string, schema: z.ZodType<T>): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'not JSON' };
  }
  const result = schema.safeParse(json);
  if (result.success) return { ok: true, message: result.data };
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'message' : issue.path.join('.');
  return { ok: false, problem: `${where}: ${issue?.message ?? 'wrong shape'}`.slice(0, 300) };
}
