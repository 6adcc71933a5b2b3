import * as z from 'zod';

import { controlMessageSchema } from './control.ts';
import { errorEventSchema } from './error.ts';
import { aidMessageSchema, speechMessageSchema } from './speech.ts';

/**
 * The data channels of a call, which the client opens. `visavis` carries JSON text messages, told apart by `type`: controls
 * and typed speech to the server, everything below to the client. The other carries real-time text (ITU-T T.140) as RFC 8865
 * says, by its subprotocol `t140`. Members that a receiver does not know are ignored. The server answers a kind of message
 * that it does not know with the error `MESSAGE_UNKNOWN`; a client ignores such a kind.
 */
export const CONTROL_LABEL = 'visavis';
export const TEXT_LABEL = 'text';
/** RFC 8865, 4.1: the subprotocol says that a channel is real-time text. */
export const TEXT_PROTOCOL = 't140';

/** The largest message that SDP allows the client (RFC 8841); controls are 200 bytes, a phrase 8 kB. */
export const MAX_CHANNEL_MESSAGE_BYTES = 16_384;

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
