import * as z from 'zod';

import { portraitIdSchema } from './names.ts';

/** Sample rates of PCM that a session takes, in Hz. */
export const LOWEST_RATE_HZ = 8000;
export const HIGHEST_RATE_HZ = 48_000;
/** A session ends after this many seconds, whatever happens in it. */
const LONGEST_LIFE_S = 24 * 3600;

/** The body of `POST /api/v1/sessions`. Unknown members are ignored. */
export const createSessionSchema = z.object({
  /** The first portrait of the server when it is left out. */
  portrait: portraitIdSchema.optional(),
  /** Of the PCM that will be sent: 16-bit, little-endian, mono. 24 kHz is what most speech services give. */
  sampleRateHz: z.number().int().min(LOWEST_RATE_HZ).max(HIGHEST_RATE_HZ).default(24_000),
  /** Behind the face: what the portrait has, or one colour, which a player may key out. */
  background: z
    .string()
    .regex(/^(?:portrait|#[0-9a-fA-F]{6})$/, 'a background is "portrait" or a colour such as "#00ff00"')
    .default('portrait'),
  framesPerSecond: z.union([z.literal(25), z.literal(30), z.literal(40)]).default(25),
  lifetimeS: z.number().int().min(10).max(LONGEST_LIFE_S).default(3600),
  /** Somebody else's server to which the avatar is sent (WHIP, RFC 9725). */
  publish: z
    .object({
      whipUrl: z.url({ protocol: /^https?$/ }).max(2048),
      /** Sent as `Authorization: Bearer …`. */
      bearer: z
        .string()
        .regex(/^[\x21-\x7e]{1,4096}$/, 'a bearer token is printable ASCII')
        .optional(),
    })
    .optional(),
});
export type CreateSession = z.infer<typeof createSessionSchema>;

/** What `POST /api/v1/sessions` answers, with status 201. */
export const sessionSchema = z.object({
  id: z.string(),
  /** Reads and ends this session over HTTP. It neither speaks nor watches: each address below has a token of its own. */
  token: z.string(),
  /** WebSocket that takes PCM. Whoever has this address may speak. */
  speakUrl: z.string(),
  /** WHEP endpoint. Whoever has this address may watch. */
  whepUrl: z.string(),
  /** A page that shows the picture and nothing else. Whoever has this address may watch. */
  viewUrl: z.string(),
  /** ISO 8601; the session ends then at the latest. */
  expiresAt: z.iso.datetime(),
});
export type SessionReply = z.infer<typeof sessionSchema>;

/** How the sending to another server goes. */
export const publishStateSchema = z.object({
  /** `waiting` tries again at `retryAt`. `failed` does not: that server refused for good. */
  state: z.enum(['connecting', 'live', 'waiting', 'failed']),
  /** Connections that were begun. */
  attempts: z.number().int(),
  /** What went wrong last. */
  message: z.string().optional(),
  retryAt: z.iso.datetime().optional(),
});
export type PublishState = z.infer<typeof publishStateSchema>;

/** What `GET /api/v1/sessions/:id` answers. */
export const sessionStateSchema = z.object({
  id: z.string(),
  portrait: z.string(),
  sampleRateHz: z.number().int(),
  /** Whether a speak socket is open. */
  speaking: z.boolean(),
  viewers: z.number().int(),
  /** Sound that has been sent and was not heard yet. */
  queuedMs: z.number().int(),
  /** There when the session was opened with `publish`. */
  publish: publishStateSchema.optional(),
  expiresAt: z.iso.datetime(),
});
export type SessionState = z.infer<typeof sessionStateSchema>;
