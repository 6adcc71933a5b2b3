import * as z from 'zod';

import {
  API_PATH,
  blockListSchema,
  blockReplySchema,
  blockRequestSchema,
  invitationRequestSchema,
  invitationSchema,
  participantsSchema,
  portraitListSchema,
  portraitSchema,
  provenanceKeySchema,
  readinessSchema,
  spokenSchema,
  uploadQuerySchema,
  voicesSchema,
} from './http.ts';
import { createSessionSchema, sessionSchema, sessionStateSchema } from './session.ts';
import { overtakingClearSchema, SPEAK_PATH } from './speak.ts';
import { speechMessageSchema } from './speech.ts';

/** Who may ask: everybody, whoever has an invitation, the operator, or the holder of the token that the path names. */
export type Right = 'everybody' | 'guest' | 'operator' | 'holder';

export interface Operation {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** `{name}` stands for a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly right: Right;
  readonly query?: z.ZodObject;
  /** Whether the key of the portraits' owner is read. */
  readonly owner?: boolean;
  /** A schema for JSON, or a media type. */
  readonly body?: z.ZodType | string;
  /** Status and body of success; other statuses of success beside it. */
  readonly status: number;
  readonly reply?: z.ZodType | string;
}

/** @returns the body of one of the HTTP calls that speak: its message without the type. */
function spokenBody(type: string): z.ZodType {
  const message = speechMessageSchema.options.find(({ shape }) => shape.type.value === type);
  if (message === undefined) throw new Error(`There is no message ${type}`);
  const body: z.ZodObject = message;
  const untyped = body.omit({ type: true });
  return 'id' in untyped.shape ? untyped.partial({ id: true }) : untyped;
}

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
const portraits = `${API_PATH}/portraits`;
const participant = `${API_PATH}/participants/{participantId}`;
const session = `${API_PATH}/sessions/{sessionId}`;
const speech = `${API_PATH}/speech/{participantId}`;
const all = z.object({ all: z.literal('true').optional() });

/** Every address of the HTTP interface. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: portraits,
    summary: 'Lists portraits that the caller may use; `all=true` is the operator’s.',
    right: 'everybody',
    query: all,
    owner: true,
    status: 200,
    reply: portraitListSchema,
  },
  {
    method: 'post',
    path: portraits,
    summary: 'Enrols the picture in the body as a portrait.',
    right: 'guest',
    query: uploadQuerySchema,
    owner: true,
    body: 'image/*',
    status: 201,
    reply: portraitSchema,
  },
  {
    method: 'get',
    path: `${portraits}/{portraitId}/thumbnail`,
    summary: 'A small picture of a portrait.',
    right: 'everybody',
    owner: true,
    status: 200,
    reply: 'image/webp',
  },
  {
    method: 'get',
    path: `${portraits}/{portraitId}/preview`,
    summary: 'A built-in portrait that moves for a few seconds.',
    right: 'everybody',
    status: 200,
    reply: 'image/webp',
  },
  {
    method: 'delete',
    path: `${portraits}/{portraitId}`,
    summary: 'Deletes a portrait; for its owner and the operator.',
    right: 'everybody',
    owner: true,
    status: 204,
  },
  {
    method: 'get',
    path: `${API_PATH}/participants`,
    summary: 'Lists who is in a call.',
    right: 'operator',
    status: 200,
    reply: participantsSchema,
  },
  { method: 'delete', path: participant, summary: 'Ends somebody’s call.', right: 'operator', status: 204 },
  {
    method: 'get',
    path: `${API_PATH}/blocks`,
    summary: 'Lists blocked pictures.',
    right: 'operator',
    status: 200,
    reply: blockListSchema,
  },
  {
    method: 'post',
    path: `${API_PATH}/blocks`,
    summary: 'Blocks a portrait or a picture, and ends its sessions.',
    right: 'operator',
    body: blockRequestSchema,
    status: 200,
    reply: blockReplySchema,
  },
  {
    method: 'delete',
    path: `${API_PATH}/blocks/{sha256}`,
    summary: 'Takes a block away.',
    right: 'operator',
    status: 204,
  },
  {
    method: 'post',
    path: `${API_PATH}/rooms/{room}/invitations`,
    summary: 'Makes an invitation to a room.',
    right: 'operator',
    body: invitationRequestSchema,
    status: 201,
    reply: invitationSchema,
  },
  {
    method: 'post',
    path: `${API_PATH}/sessions`,
    summary: 'Opens a session in which a program speaks.',
    right: 'guest',
    owner: true,
    body: createSessionSchema,
    status: 201,
    reply: sessionSchema,
  },
  {
    method: 'get',
    path: session,
    summary: 'How a session stands.',
    right: 'holder',
    status: 200,
    reply: sessionStateSchema,
  },
  { method: 'delete', path: session, summary: 'Ends a session.', right: 'holder', status: 204 },
  {
    method: 'post',
    path: SPEAK_PATH,
    summary: 'A `clear` that overtakes the sound which the speak socket holds back.',
    right: 'holder',
    body: overtakingClearSchema,
    status: 204,
  },
  {
    method: 'get',
    path: `${API_PATH}/speech/voices`,
    summary: 'Lists the voices of this server, best first.',
    right: 'everybody',
    status: 200,
    reply: voicesSchema,
  },
  {
    method: 'post',
    path: `${speech}/say`,
    summary: 'Says a text.',
    right: 'holder',
    body: spokenBody('speech-say'),
    status: 202,
    reply: spokenSchema,
  },
  {
    method: 'post',
    path: `${speech}/stop`,
    summary: 'Silence at once; forgets what waits.',
    right: 'holder',
    body: spokenBody('speech-stop'),
    status: 202,
    reply: spokenSchema,
  },
  {
    method: 'post',
    path: `${speech}/repeat`,
    summary: 'Says the last text again.',
    right: 'holder',
    body: spokenBody('speech-repeat'),
    status: 202,
    reply: spokenSchema,
  },
  {
    method: 'post',
    path: `${speech}/composing`,
    summary: 'Says whether the person is writing.',
    right: 'holder',
    body: spokenBody('speech-composing'),
    status: 202,
    reply: spokenSchema,
  },
  {
    method: 'get',
    path: `${API_PATH}/provenance-key`,
    summary: 'The public key of signed provenance, as a JWK.',
    right: 'everybody',
    status: 200,
    reply: provenanceKeySchema,
  },
  {
    method: 'post',
    path: '/whip/{room}',
    summary: 'A broadcaster’s voice moves an avatar (RFC 9725).',
    right: 'guest',
    body: SDP,
    status: 201,
    reply: SDP,
  },
  {
    method: 'patch',
    path: '/whip/{room}/{connection}',
    summary: 'Trickles candidates and restarts ICE.',
    right: 'everybody',
    body: FRAGMENT,
    status: 204,
  },
  {
    method: 'delete',
    path: '/whip/{room}/{connection}',
    summary: 'Ends the broadcast.',
    right: 'everybody',
    status: 200,
  },
  {
    method: 'post',
    path: '/whep/{name}',
    summary: 'Watches a session or whoever broadcasts in a room (draft-ietf-wish-whep).',
    right: 'holder',
    body: SDP,
    status: 201,
    reply: SDP,
  },
  {
    method: 'patch',
    path: '/whep/{name}/{connection}',
    summary: 'Trickles candidates and restarts ICE.',
    right: 'everybody',
    body: FRAGMENT,
    status: 204,
  },
  { method: 'delete', path: '/whep/{name}/{connection}', summary: 'Stops watching.', right: 'everybody', status: 200 },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Whether the process can take a call; 503 while it cannot.',
    right: 'everybody',
    status: 200,
    reply: readinessSchema,
  },
];
