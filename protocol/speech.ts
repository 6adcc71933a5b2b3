import * as z from 'zod';

/**
 * What a page or a program says to have text spoken, and what it hears back: as JSON on the data channel `visavis`, on
 * the speech socket, and as bodies of HTTP calls (`docs/api.md`).
 */

/** What is typed at most; of it `MAX_SPOKEN_CHARACTERS` are spoken. Longer is refused, not cut. */
export const MAX_TYPED_CHARACTERS = 100_000;
/** Phrases that may wait at once; one more is refused with the notice `full`. */
export const MAX_WAITING_PHRASES = 12;

const id = z.string().min(1).max(64);

const voiceSchema = z.object({
  /** Name of a configured voice to try first; the others follow. */
  voice: z.string().max(64).optional(),
  /** BCP 47; the voice's own when absent. */
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/)
    .max(35)
    .optional(),
  /** Times the usual speed. */
  rate: z.number().min(0.5).max(2).optional(),
  /** Times the usual pitch. */
  pitch: z.number().min(0.5).max(2).optional(),
  /** Whether typed text waits for a pause of the microphone, or goes at once, with the microphone lowered under it. */
  policy: z.enum(['wait', 'duck']).optional(),
});

const say = voiceSchema.extend({
  type: z.literal('speech-say'),
  /** Chosen by the sender; comes back in states, notices and captions. */
  id,
  text: z.string().max(MAX_TYPED_CHARACTERS),
});
/** Silence and a closed mouth, at once; what waits is forgotten. */
const stop = z.object({ type: z.literal('speech-stop') });
/** What was said last, again. */
const repeat = z.object({ type: z.literal('speech-repeat'), id });
/** The person is writing, or no longer: the avatar looks it, and the others are told. The voice that is named gets ready. */
const composing = voiceSchema.extend({ type: z.literal('speech-composing'), active: z.boolean() });

/** Asks for the welcome, and for the provenance of everyone in the room. */
const hello = z.object({ type: z.literal('speech-hello') });

export const speechMessageSchema = z.discriminatedUnion('type', [hello, say, stop, repeat, composing]);

export type SpeechMessage = z.infer<typeof speechMessageSchema>;

/** @returns whether a message of the data channel is about typed speech, and not a control. */
export function isSpeech(message: { readonly type: string }): message is SpeechMessage {
  return speechMessageSchema.options.some(({ shape }) => shape.type.value === message.type);
}
export type SayMessage = z.infer<typeof say>;
export type FloorPolicy = NonNullable<SayMessage['policy']>;

export const SPEECH_STATES = ['ready', 'waiting', 'preparing', 'speaking', 'stopped'] as const;
export type SpeechState = (typeof SPEECH_STATES)[number];

export const voiceEntrySchema = z.object({ name: z.string(), kind: z.enum(['espeak', 'openai', 'personal']) });
const welcome = z.object({
  type: z.literal('speech-welcome'),
  participantId: z.string(),
  /** Lets a program speak for this participant by HTTP or WebSocket; only this participant is told. */
  token: z.string(),
  voices: z.array(voiceEntrySchema).readonly(),
});
const state = z.object({
  type: z.literal('speech-state'),
  state: z.enum(SPEECH_STATES),
  /** Of the phrase that is being prepared or spoken. */
  id: id.optional(),
  /** Phrases that wait behind it. */
  queued: z.number().int(),
});
const notice = z.object({
  type: z.literal('speech-notice'),
  id: id.optional(),
  notice: z.enum(['full', 'empty', 'shortened', 'invalid', 'voice-failed', 'no-voice']),
  /** Characters that are spoken of a text that was too long. */
  count: z.number().int().optional(),
  /** The voice that failed, why, and the one that is tried now. */
  voice: z.string().optional(),
  reason: z.string().optional(),
  next: z.string().optional(),
});
const word = z.object({
  /** Characters of the caption's text: from, and up to but not including. */
  from: z.number().int(),
  to: z.number().int(),
  startMs: z.number(),
  endMs: z.number(),
});
/** A sentence that is about to be heard; times count from the moment its sound leaves, `startsInMs` from now. */
const caption = z.object({
  type: z.literal('caption'),
  participantId: z.string(),
  name: z.string(),
  /** Unique among this participant's captions. */
  captionId: z.number().int(),
  text: z.string(),
  language: z.string().optional(),
  startsInMs: z.number(),
  /**
   * The same moment as the sender reports of the sound call it (NTP, ms since 1900): a page that knows which moment it
   * plays now (`estimatedPlayoutTimestamp`) shows each word when it is heard.
   */
  soundTimeMs: z.number().optional(),
  words: z.array(word).readonly(),
});
/** The sound was stopped: of captions up to `captionId`, words that have not begun are not coming. */
const captionStop = z.object({
  type: z.literal('caption-stop'),
  participantId: z.string(),
  captionId: z.number().int(),
});
const typing = z.object({
  type: z.literal('typing'),
  participantId: z.string(),
  name: z.string(),
  active: z.boolean(),
});
/** Real-time text of someone who allows it: a T.140 message, for a `TextDisplay` of that person. */
const typed = z.object({ type: z.literal('typed'), participantId: z.string(), name: z.string(), text: z.string() });
/** Who made this picture: a signed statement (JWS, compact form), and the operator's public key as a JWK. */
const provenance = z.object({
  type: z.literal('provenance'),
  participantId: z.string(),
  statement: z.string(),
  key: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
});

export const aidMessageSchema = z.discriminatedUnion('type', [
  welcome,
  state,
  notice,
  caption,
  captionStop,
  typing,
  typed,
  provenance,
]);

export type AidMessage = z.infer<typeof aidMessageSchema>;
export type CaptionMessage = z.infer<typeof caption>;
export type CaptionWord = z.infer<typeof word>;
export type SpeechNotice = z.infer<typeof notice>;
export type VoiceEntry = z.infer<typeof voiceEntrySchema>;
