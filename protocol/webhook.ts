import * as z from 'zod';

/** Which call an event is about. */
const session = z.object({
  sessionId: z.string(),
  /** A program speaks for it, or it is somebody's avatar in a room. */
  kind: z.enum(['program', 'room']),
  /** The room, where it is in one. */
  room: z.string().optional(),
  portrait: z.string(),
});
const ending = session.extend({ reason: z.string(), seconds: z.number().int().min(0) });

/** ISO 8601; when it happened, not when it was sent. */
const timestamp = z.iso.datetime();

/** What the operator's webhook is told, in the form and with the signature of the Standard Webhooks specification. */
export const webhookEventSchema = z.discriminatedUnion('type', [
  /** An avatar is there. */
  z.object({ type: z.literal('session.started'), timestamp, data: session }),
  /** Whoever was behind it left, its time was over, or the operator ended it. */
  z.object({ type: z.literal('session.ended'), timestamp, data: ending }),
  /** It could not go on; `code` as in `docs/integrate.md`. */
  z.object({ type: z.literal('session.failed'), timestamp, data: ending.extend({ code: z.string() }) }),
  /** A portrait was shown to which somebody gave consent: under which scope, and when that was. */
  z.object({
    type: z.literal('consent.used'),
    timestamp,
    data: session.extend({ scope: z.string(), givenAt: z.iso.datetime() }),
  }),
]);
export type WebhookEvent = z.infer<typeof webhookEventSchema>;
