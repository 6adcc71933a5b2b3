import { MOTION_INDEX } from '../motion-space.ts';
import { HEAD_ANGLE_INDICES, HEAD_SHIFT_INDICES, SPEECH_INDICES } from './channel-groups.ts';
import { toArkitSizes } from './channel-sizes.ts';
import { drawComposing, type ComposingMoment } from './composing.ts';
import { turnEyes } from './eyes.ts';
import { drawGesture, type GestureMoment } from './gestures.ts';
import { showFeelings, type Feelings } from './feelings.ts';
import { limit } from './limits.ts';
import { closureOf, sealLips } from './lip-seal.ts';

/** What is done to the model's motion at one moment; the model itself does not know of it. */
export interface Composition {
  /** Of the speech movement, 0..2. */
  readonly amplitude: number;
  /** Of the head's own movement around rest, 0..2. */
  readonly headMotion: number;
  /** Degrees, added to the head. */
  readonly pose: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  /** The distance that is asked for, and how much of the asking has taken effect, 0..1. */
  readonly nearness: { readonly ratio: number; readonly share: number };
  /** What is felt on request, and how strongly; nothing when no feeling is asked for. */
  readonly emotion: Feelings | undefined;
  readonly composing: ComposingMoment;
  readonly gestures: readonly GestureMoment[];
  /** 1: the mouth speaks, 0: an interruption has shut it. */
  readonly mouthOpen: number;
}

/** A head that is asked to be somewhere is there within a percent or so, and still lives a little. */
const OWN_DISTANCE_KEPT = 0.15;

/**
 * Makes the model's frame the one to be drawn, in place. What comes out is within limits, and a number everywhere.
 * Where the head is turned, the look stays: gaze, pose and expression are asked for apart.
 */
export function compose(motion: Float32Array, composition: Composition): void {
  const { amplitude, headMotion, pose, nearness, emotion, composing, gestures, mouthOpen } = composition;
  const { headYaw, headPitch, headRoll } = MOTION_INDEX;
  const [ownYaw, ownPitch] = [motion[headYaw]!, motion[headPitch]!];
  const closure = closureOf(motion);
  sealLips(motion);
  // From here on everything is in ARKit's sizes: what is added by hand, what is drawn and what is exported.
  toArkitSizes(motion);
  for (const index of SPEECH_INDICES) motion[index] = motion[index]! * amplitude;
  for (const index of HEAD_ANGLE_INDICES) motion[index] = motion[index]! * headMotion;
  for (const index of HEAD_SHIFT_INDICES) motion[index] = motion[index]! * headMotion;
  if (emotion !== undefined) showFeelings(emotion, closure, motion);
  const asked = nearness.ratio - motion[MOTION_INDEX.headDistance]!;
  motion[MOTION_INDEX.headDistance]! += (1 - OWN_DISTANCE_KEPT) * nearness.share * asked;
  for (const gesture of gestures) drawGesture(gesture, motion);
  motion[headYaw]! += pose.yaw;
  motion[headPitch]! += pose.pitch;
  motion[headRoll]! += pose.roll;
  turnEyes(motion, ownYaw - motion[headYaw]!, ownPitch - motion[headPitch]!);
  // A person who writes does look elsewhere.
  drawComposing(composing, motion);
  limit(motion);
  // After the limits: an interruption closes the mouth at the same pace, however far it was open.
  for (const index of SPEECH_INDICES) motion[index] = motion[index]! * mouthOpen;
}
