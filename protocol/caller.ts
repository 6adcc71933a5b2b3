import * as z from 'zod';

import { ownerKeySchema, portraitIdSchema } from './names.ts';
import {
  answerSchema,
  candidateMessageSchema,
  displayNameSchema,
  failureSchema,
  heartbeatSchema,
  iceServerSchema,
  offerSchema,
  peerIdSchema,
  roomNameSchema,
  sdpSchema,
} from './signaling.ts';

/** What callers (pages and other clients) say on the signaling socket, and what they hear. */

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
/** What a room's host may decide; the server refuses it from anybody else with `NOT_HOST`. */
const door = z.object({ type: z.literal('door'), state: doorSchema });
const admit = z.object({ type: z.literal('admit'), peerId: peerIdSchema, admitted: z.boolean() });
const remove = z.object({ type: z.literal('remove'), peerId: peerIdSchema });
const leave = z.object({ type: z.literal('leave') });

/** Caller to server. */
export const callerMessageSchema = z.discriminatedUnion('type', [
  hello,
  join,
  offerSchema,
  answerSchema,
  candidateMessageSchema,
  door,
  admit,
  remove,
  leave,
  heartbeatSchema,
]);
export type CallerMessage = z.infer<typeof callerMessageSchema>;
/** What a host decides about the room. */
export type HostDecision = Extract<CallerMessage, { type: 'door' | 'admit' | 'remove' }>;

const rosterMemberSchema = z.object({
  peerId: z.string(),
  name: z.string(),
  /** A name for the portrait that means something in this room alone: with the portrait's id one could ask for it. */
  portrait: z.string(),
  /** The member's socket broke; the place is kept for some seconds. */
  away: z.boolean(),
});
export type RosterMember = Readonly<z.infer<typeof rosterMemberSchema>>;

const welcome = z.object({
  type: z.literal('welcome'),
  version: z.number().int(),
  peerId: z.string(),
  resume: z.string(),
  heartbeatMs: z.number(),
  iceServers: z.array(iceServerSchema).readonly(),
  /** Whether `hello.resume` was taken: the room and the media go on. */
  resumed: z.boolean(),
});
const joined = z.object({
  type: z.literal('joined'),
  room: z.string(),
  members: z.array(rosterMemberSchema).readonly(),
});
const roster = z.object({ type: z.literal('roster'), members: z.array(rosterMemberSchema).readonly() });
/** How the door stands; said at each change. */
const roomDoor = z.object({
  type: z.literal('room'),
  door: doorSchema,
  /** Whether the one who hears this decides who comes in: the first in the room, and after that the next. */
  isHost: z.boolean(),
  /** Who waits to be let in; told to the host alone. */
  knocking: z.array(z.object({ peerId: z.string(), name: z.string() })).readonly(),
});
export type RoomDoor = z.infer<typeof roomDoor>;
/** The host is asked; `admitted` or an error follows. */
const lobby = z.object({ type: z.literal('lobby'), room: z.string() });
/** Join again: the door is open to this caller. */
const admitted = z.object({ type: z.literal('admitted') });
/** All places are taken: join again after so many seconds. */
const full = z.object({ type: z.literal('full'), retryAfterS: z.number().min(1) });
/** The avatar peer that held the room is gone: offer again, from a new connection. */
const rejoin = z.object({ type: z.literal('rejoin'), reason: z.string() });

/** Server to caller. */
export const toCallerSchema = z.discriminatedUnion('type', [
  welcome,
  joined,
  roster,
  roomDoor,
  lobby,
  admitted,
  full,
  failureSchema,
  offerSchema,
  answerSchema,
  candidateMessageSchema,
  rejoin,
  heartbeatSchema,
]);
export type ToCaller = Readonly<z.infer<typeof toCallerSchema>>;
