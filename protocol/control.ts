import * as z from 'zod';

/**
 * What a caller may say to the avatar, at any time: as JSON on the data channel, on the speak socket, and in a `--controls`
 * timeline. Values are targets, towards which the avatar moves smoothly.
 */

export const EMOTIONS = ['neutral', 'happy', 'sad', 'angry', 'surprised', 'afraid', 'disgusted'] as const;
export const GESTURES = ['nod', 'shake', 'blink', 'brow-shrug', 'laugh'] as const;

const ratio = (max: number) => z.number().min(0).max(max);

const gaze = z.object({
  type: z.literal('gaze'),
  /** Degrees; yaw to the person's own left and pitch up when positive. `null` lets the model choose. */
  target: z.object({ yaw: z.number().min(-20).max(20), pitch: z.number().min(-12).max(12) }).nullable(),
});
const distance = z.object({
  type: z.literal('distance'),
  /** Head distance as a ratio, 1 as enrolled. `null` lets the model choose. */
  ratio: z.number().min(0.8).max(1.25).nullable(),
});
const pose = z.object({
  type: z.literal('pose'),
  /** Offset in degrees that is added to the head's own motion. */
  yaw: z.number().min(-20).max(20),
  pitch: z.number().min(-15).max(15),
  roll: z.number().min(-15).max(15),
});
/** `neutral` at strength 0 asks for none, as in the beginning: then moods come and go by themselves. */
const emotion = z.object({ type: z.literal('emotion'), name: z.enum(EMOTIONS), strength: ratio(1) });
/** Liveliness: 0 a newsreader, 0.5 as people are, 1 as lively as VASA-1's films. `null` is as people are. */
const arousal = z.object({ type: z.literal('arousal'), level: ratio(1).nullable() });
const amplitude = z.object({ type: z.literal('amplitude'), scale: ratio(2) });
const headMotion = z.object({ type: z.literal('head-motion'), scale: ratio(2) });
const guidance = z.object({
  type: z.literal('guidance'),
  condition: z.enum(['audio', 'gaze', 'distance', 'emotion', 'arousal', 'context']),
  scale: ratio(4),
});
const gesture = z.object({ type: z.literal('gesture'), name: z.enum(GESTURES) });
/** The thoughtful, present pose of a person who is writing. */
const composing = z.object({ type: z.literal('composing'), active: z.boolean() });
const mute = z.object({ type: z.literal('mute'), active: z.boolean() });
/** Mouth closed and sound off, at once; lasts until the sound falls silent or `resume` is said. */
const interrupt = z.object({ type: z.literal('interrupt') });
const resume = z.object({ type: z.literal('resume') });
const frameRate = z.object({
  type: z.literal('frame-rate'),
  framesPerSecond: z.union([z.literal(25), z.literal(30), z.literal(40)]),
});
/** Of whoever watches: lips that can be followed. All they see comes at 30 pictures a second or more, sound never first. */
const lipClarity = z.object({ type: z.literal('lip-clarity'), active: z.boolean() });
/** Asks for each frame's coefficients on the data channel, or for their end. */
const coefficients = z.object({ type: z.literal('coefficients'), active: z.boolean() });

/** Controls of what the avatar does and looks like, for whoever makes it speak. */
export const performanceControlSchema = z.discriminatedUnion('type', [
  gaze,
  distance,
  pose,
  emotion,
  arousal,
  amplitude,
  headMotion,
  guidance,
  gesture,
  composing,
  frameRate,
]);

/** All controls: those of the performance, and those of a call with a microphone and viewers. */
export const controlMessageSchema = z.discriminatedUnion('type', [
  performanceControlSchema,
  mute,
  interrupt,
  resume,
  lipClarity,
  coefficients,
]);

export type ControlMessage = z.infer<typeof controlMessageSchema>;
export type Emotion = (typeof EMOTIONS)[number];
export type Gesture = (typeof GESTURES)[number];
