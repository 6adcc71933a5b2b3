import * as z from 'zod';

/**
 * The one form of an error: a code that programs decide by, and one English sentence for whoever reads the log. The
 * sentence may change. A code that a client does not know is treated as `INTERNAL`.
 */
const failure = {
  code: z.string().max(64),
  message: z.string().max(1000),
};

/** The body of a failed HTTP request and of a refused WebSocket upgrade. */
export const errorSchema = z.object({ error: z.object(failure) });
export type ErrorBody = z.infer<typeof errorSchema>;

/** The same on a WebSocket or a data channel, which stays open. */
export const errorEventSchema = z.object({ type: z.literal('error'), ...failure });
export type ErrorEvent = z.infer<typeof errorEventSchema>;

/** The code for a message of a kind that is known, with members that are not as they should be. */
export const MESSAGE_INVALID = 'MESSAGE_INVALID';
/** The code for a message of a kind that this version does not know: a newer client goes on without it. */
export const MESSAGE_UNKNOWN = 'MESSAGE_UNKNOWN';
