import * as z from 'zod';

/**
 * What `/view/ID` and the page around it say to each other by `postMessage`. Each message is an object with `visavis: 1`.
 * Unknown members are ignored, and so is everything that is no such message.
 */
const marked = z.object({ visavis: z.literal(1) });

/** Page to frame. */
export const toViewFrameSchema = z.discriminatedUnion('type', [
  /** Where the frame was not touched, browsers play sound only if the page was and the frame has `allow="autoplay"`. */
  marked.extend({ type: z.literal('mute'), muted: z.boolean() }),
  marked.extend({ type: z.literal('volume'), volume: z.number().min(0).max(1) }),
  marked.extend({ type: z.literal('fit'), fit: z.enum(['contain', 'cover']) }),
  /** Answered with `state`: for pages that came too late to hear the first. */
  marked.extend({ type: z.literal('ask') }),
]);
export type ToViewFrame = z.infer<typeof toViewFrameSchema>;

/** Frame to page: when something changes, and when it is asked. */
export const fromViewFrameSchema = marked.extend({
  type: z.literal('state'),
  /** `waiting` connects, or tries again. `over`: the session has ended, or the address is wrong. */
  state: z.enum(['waiting', 'live', 'over']),
  /** Whether it is silent now, also because the browser did not allow sound. */
  muted: z.boolean(),
  volume: z.number().min(0).max(1),
  /** The size of the picture in pixels; 0 before the first picture. */
  width: z.number().int().min(0),
  height: z.number().int().min(0),
});
export type FromViewFrame = z.infer<typeof fromViewFrameSchema>;
