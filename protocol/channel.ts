import * as z from 'zod';

import { controlMessageSchema } from './control.ts';
import { errorEventSchema } from './error.ts';
import { aidMessageSchema, speechMessageSchema } from './speech.ts';

/** What travels on the data channel `visavis`; `channel-names.ts` describes the channels. */

/** Client to server. */
export const toServerSchema = z.discriminatedUnion('type', [controlMessageSchema, speechMessageSchema]);
export type ToServer = z.infer<typeof toServerSchema>;

/** Everybody in the room, in one order for all; sent when the channel opens and at each change. */
const roster = z.object({
  type: z.literal('roster'),
  participants: z
    .array(
      z.object({
        participantId: z.string(),
        name: z.string(),
        /** A name for the portrait that means something in this room alone. */
        portrait: z.string().optional(),
        /** `connecting`, `live`, `interrupted` or `closed`; a client takes a newer word for `connecting`. */
        state: z.string(),
        /** Whether this is the one who hears it. */
        self: z.boolean(),
        /** `mid` of the transceivers on which the picture and the sound arrive; without one there is no place for it. */
        videoMid: z.string().optional(),
        audioMid: z.string().optional(),
      }),
    )
    .readonly(),
});
export type ChannelRoster = z.infer<typeof roster>;

/** One motion frame of the client's own avatar, where `coefficients` asks for it. */
const coefficients = z.object({
  type: z.literal('coefficients'),
  /** Position on the avatar's media timeline, in microseconds. */
  timeUs: z.number(),
  /** ARKit's 52 blend shapes, 0..1, in the order of Apple's documentation. */
  coefficients: z.array(z.number()).readonly(),
  /**
   * The head: yaw, pitch and roll in degrees, its shift to the person's own left and up in centimetres, and its distance as
   * a ratio, 1 as enrolled.
   */
  head: z.array(z.number()).readonly(),
});

/** Server to client. */
export const toClientSchema = z.discriminatedUnion('type', [roster, coefficients, errorEventSchema, aidMessageSchema]);
export type ToClient = z.infer<typeof toClientSchema>;
