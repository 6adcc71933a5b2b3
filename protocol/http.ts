import * as z from 'zod';

import { portraitIdSchema } from './names.ts';
import { aidMessageSchema, voiceEntrySchema } from './speech.ts';

/**
 * Bodies of the HTTP interface, beside those of `session.ts`. Every failure has the body of `errorSchema`. Members that a
 * reader does not know are ignored.
 */
export const API_PATH = '/api/v1';
/** By this header a browser shows the key of `ownerKeySchema`, with every request about portraits. */
export const OWNER_HEADER = 'x-visavis-owner';

/** One portrait, as whoever may use it sees it. */
export const portraitSchema = z.object({
  id: portraitIdSchema,
  name: z.string(),
  /** Whose work the picture is. */
  credit: z.string(),
  builtIn: z.boolean(),
  /** Whether it belongs to whoever asks. */
  mine: z.boolean(),
  /** ISO 8601. */
  createdAt: z.string(),
  /** Path of a small picture; it needs the owner's header where the portrait is private. */
  thumbnail: z.string(),
  /** Path of the same face moving for a few seconds, where there is one. */
  preview: z.string().optional(),
});
export type Portrait = Readonly<z.infer<typeof portraitSchema>>;

export const portraitListSchema = z.object({
  portraits: z.array(portraitSchema).readonly(),
  /** How many more the server will soon have. */
  arriving: z.number().int(),
});
export type PortraitList = z.infer<typeof portraitListSchema>;

/** The query of an upload; the body is the picture. */
export const uploadQuerySchema = z.object({
  name: z.string().optional(),
  /** What the person who is shown agreed to, in their words. */
  consent: z.string(),
  /** `public` lets everybody use it who knows its id. */
  scope: z.enum(['live-call', 'public']).default('live-call'),
});
export type UploadQuery = z.input<typeof uploadQuerySchema>;

/** Who is in a call, as the operator sees it: no name, no address. */
export const participantsSchema = z.object({
  participants: z
    .array(
      z.object({
        participantId: z.string(),
        roomId: z.string(),
        since: z.iso.datetime(),
        state: z.enum(['connecting', 'live', 'interrupted']),
      }),
    )
    .readonly(),
});
export type Participants = z.infer<typeof participantsSchema>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const reason = z.string().max(500).default('');

/** Blocks a portrait of this server, or a picture by its SHA-256. */
export const blockRequestSchema = z.union([
  z.object({ portraitId: z.string().max(64), reason }),
  z.object({ sha256, reason }),
]);
export const blockReplySchema = z.object({
  sha256,
  sessionsEnded: z.number().int(),
  /** Other portraits that show the same picture or may do so, most alike first. */
  alike: z
    .array(
      z.object({
        portraitId: z.string(),
        /** Share of equal bits of the two hashes, 0..1. */
        similarity: z.number(),
        /** Whether it is so much alike that it is blocked too. */
        blocked: z.boolean(),
      }),
    )
    .readonly(),
});
export type BlockReply = z.infer<typeof blockReplySchema>;
export const blockListSchema = z.object({
  blocks: z
    .array(
      z.object({
        sha256,
        reason: z.string(),
        /** Perceptual hash of the picture, in hexadecimal. */
        likeness: z.string().optional(),
        /** `false` where the block holds in this process alone, because it could not be written yet. */
        isSaved: z.boolean(),
      }),
    )
    .readonly(),
});
export type BlockList = z.infer<typeof blockListSchema>;

const LONGEST_INVITATION_S = 30 * 24 * 3600;
const USUAL_INVITATION_S = 24 * 3600;
export const invitationRequestSchema = z.object({
  lifetimeS: z.number().int().min(1).max(LONGEST_INVITATION_S).default(USUAL_INVITATION_S),
});
/** Where rooms are open to everybody there is no token, and nothing expires. */
export const invitationSchema = z.object({
  room: z.string(),
  token: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  /** Path of the page with the room, and the token behind the `#`. */
  link: z.string(),
});
export type Invitation = z.infer<typeof invitationSchema>;

export const voicesSchema = z.object({ voices: z.array(voiceEntrySchema).readonly() });
export type Voices = z.infer<typeof voicesSchema>;
/** What became of a request to speak. */
export const spokenSchema = z.object({
  /** The name of the phrase in later states, notices and captions. */
  id: z.string().optional(),
  taken: z.boolean(),
  notices: z.array(aidMessageSchema).readonly(),
});
export type Spoken = z.infer<typeof spokenSchema>;

/** The operator's public key, as a JWK: whoever has it checks signed statements about pictures. */
export const provenanceKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.literal('EdDSA'),
});
export type ProvenanceKey = z.infer<typeof provenanceKeySchema>;

/** What `GET /readyz` answers: `waiting` has status 503. */
export const readinessSchema = z.object({ status: z.enum(['ready', 'waiting']), reason: z.string().optional() });
export type Readiness = z.infer<typeof readinessSchema>;
