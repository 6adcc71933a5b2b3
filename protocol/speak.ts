import * as z from 'zod';

import { performanceControlSchema } from './control.ts';
import { errorEventSchema } from './error.ts';
import { publishStateSchema } from './session.ts';

/**
 * The speak socket. A binary message holds PCM: 16-bit, little-endian, mono, at the rate that the session was made with.
 * Messages may end in the middle of a sample. Everything else is JSON in text messages. Unknown members of a message are
 * ignored, and an unknown `type` is answered with an `error` event.
 */
export const SPEAK_PATH = '/api/v1/speak';

/** Sound that a session holds; the server stops reading the socket while it has more. */
export const QUEUE_MS = 60_000;
/** A minute at the highest rate; a larger message closes the socket with 1009, and the session goes on. */
export const MAX_PCM_BYTES = 5_760_000;

/** Close codes of the private range (RFC 6455, 7.4.2), beside the standard's 1001 (stopping) and 1009 (too big). */
export const SPEAK_CLOSE = {
  /** The session ended: the reason says why. */
  ended: 4404,
  /** Another socket speaks for the session now. */
  replaced: 4409,
  /** Too many text messages. */
  flooding: 4429,
} as const;

/** The name that a program gives to one `clear`. */
const clearIdSchema = z.string().min(1).max(64);

/**
 * The body of a `POST` to the speak address, for programs whose socket is held back while a `clear` waits behind sound: the
 * session falls silent at once, and drops what still comes on the socket until the `clear` of the same `id` does.
 */
export const overtakingClearSchema = z.object({ type: z.literal('clear'), id: clearIdSchema });

/** What a program says beside PCM and the controls of the avatar (`emotion`, `gaze`, `gesture` …). */
export const speakMessageSchema = z.discriminatedUnion('type', [
  /** Silence and a closed mouth at once. What was sent before is forgotten. `id` pairs it with one that overtook it. */
  z.object({ type: z.literal('clear'), id: clearIdSchema.optional() }),
  /** The turn is complete: `finished` follows once all of it was heard. */
  z.object({ type: z.literal('end') }),
]);
export type SpeakMessage = z.infer<typeof speakMessageSchema>;

/** Program to server, in text messages. Controls that belong to a microphone or to a page are not among them. */
export const toSpeakSocketSchema = z.discriminatedUnion('type', [speakMessageSchema, performanceControlSchema]);

const turn = z.number().int().min(1);
const ms = z.number().int().min(0);

/** What a program hears. Positions count the sound that has left for the viewers. */
export const speakEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), sessionId: z.string(), sampleRateHz: z.number().int(), queueMs: ms }),
  /** The first sound of a turn leaves. Turns are counted from 1; each begins with the first PCM after the one before. */
  z.object({ type: z.literal('started'), turn }),
  /** All of a turn was heard. A turn without `end` is over when nothing comes for a second after its last sound. */
  z.object({ type: z.literal('finished'), turn, playedMs: ms }),
  /** `clear` was obeyed. `turn` is the one that was interrupted and `playedMs` is how much of it was heard. */
  z.object({ type: z.literal('cleared'), turn: turn.nullable(), playedMs: ms, droppedMs: ms }),
  /** `pause`: more than 45 s wait, please send no more. `resume`: fewer than 30 s wait again. */
  z.object({ type: z.literal('flow'), state: z.enum(['pause', 'resume']), queuedMs: ms }),
  /** The sending to another server (`publish`) has another state. Said once at the beginning, too. */
  publishStateSchema.extend({ type: z.literal('publish') }),
  errorEventSchema,
]);
export type SpeakEvent = z.infer<typeof speakEventSchema>;
