import { HEAD_CHANNELS, MOTION_INDEX, type MotionChannel } from '../motion-space.ts';

const indices = (channels: readonly MotionChannel[]): readonly number[] =>
  channels.map((channel) => MOTION_INDEX[channel]);

/** What speech moves, and what an interruption takes back to rest: the rest pose's lips are closed. */
export const SPEECH_INDICES = indices([
  'jawForward',
  'jawLeft',
  'jawRight',
  'jawOpen',
  'mouthClose',
  'mouthFunnel',
  'mouthPucker',
  'mouthLeft',
  'mouthRight',
  'mouthStretchLeft',
  'mouthStretchRight',
  'mouthRollLower',
  'mouthRollUpper',
  'mouthShrugLower',
  'mouthShrugUpper',
  'mouthPressLeft',
  'mouthPressRight',
  'mouthLowerDownLeft',
  'mouthLowerDownRight',
  'mouthUpperUpLeft',
  'mouthUpperUpRight',
  'cheekPuff',
  'tongueOut',
]);

export const BLINK_INDICES = indices(['eyeBlinkLeft', 'eyeBlinkRight']);

export const HEAD_ANGLE_INDICES = indices(['headYaw', 'headPitch', 'headRoll']);
export const HEAD_SHIFT_INDICES = indices(['headX', 'headY']);
export const HEAD_INDICES = indices(HEAD_CHANNELS);
