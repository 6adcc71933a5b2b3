import * as z from 'zod';

import { errorEventSchema } from './error.ts';
import { aidMessageSchema, MAX_TYPED_CHARACTERS, speechMessageSchema, voiceEntrySchema } from './speech.ts';

/**
 * The speech socket, on which a program types for a participant of a call. The first message enters; after that both sides
 * send what travels on the call's data channel. A message that cannot be read is answered with an `error`.
 */
export const SPEECH_SOCKET_PATH = '/api/v1/speech/socket';
/** UTF-8 takes up to three bytes a character, JSON up to six where it escapes. A larger message closes the socket with 1009. */
export const MAX_SPEECH_MESSAGE_BYTES = 6 * MAX_TYPED_CHARACTERS + 4096;
export const ENTER_WITHIN_MS = 5000;

/** Close codes of the private range (RFC 6455, 7.4.2), beside the standard's 1000 (the participant left) and 1009. */
export const SPEECH_CLOSE = {
  /** The first message was not `enter`. */
  badMessage: 4400,
  /** The token is not that participant's, or nothing was said within `ENTER_WITHIN_MS`. */
  unauthorised: 4401,
  /** Too many messages, or too many sockets of one participant. */
  flooding: 4429,
} as const;

/** The first message; `participantId` and `token` come from the participant's `speech-welcome`. */
export const enterSchema = z.object({
  type: z.literal('enter'),
  participantId: z.string().max(128),
  token: z.string().max(128),
});

/** Program to server. */
export const toSpeechSocketSchema = z.discriminatedUnion('type', [enterSchema, speechMessageSchema]);
export type ToSpeechSocket = z.infer<typeof toSpeechSocketSchema>;

/** The participant was found and may be spoken for. */
const entered = z.object({ type: z.literal('entered'), voices: z.array(voiceEntrySchema).readonly() });

/** Server to program. */
export const fromSpeechSocketSchema = z.discriminatedUnion('type', [entered, errorEventSchema, aidMessageSchema]);
export type FromSpeechSocket = z.infer<typeof fromSpeechSocketSchema>;
