import { clamp } from '../../base/ramp.ts';
import { MOTION_INDEX, type ArkitShape } from '../motion-space.ts';

/** Presets of VRM 1.0 that speech moves. */
export const VRM_PRESETS = ['aa', 'ih', 'ou', 'ee', 'oh', 'blinkLeft', 'blinkRight'] as const;
export type VrmPreset = (typeof VRM_PRESETS)[number];

/** Full shapes are rarely reached in speech; presets are drawn for a vowel that is fully formed. */
const OPEN_GAIN = 1.5;
const ROUND_GAIN = 1.2;
const WIDE_GAIN = 1.5;
const SMILE_SHARE = 0.5;

/**
 * Five vowels out of how far the mouth is open, round and wide; their sum is at most 1.
 * @param motion - `[MOTION_DIMS]`.
 * @returns weights of 0..1.
 */
export function vrmPresets(motion: Float32Array): Record<VrmPreset, number> {
  const value = (shape: ArkitShape): number => motion[MOTION_INDEX[shape]]!;
  const mean = (shape: 'mouthStretch' | 'mouthSmile'): number => (value(`${shape}Left`) + value(`${shape}Right`)) / 2;
  const open = clamp(OPEN_GAIN * (value('jawOpen') - value('mouthClose')), 0, 1);
  const round = clamp(ROUND_GAIN * Math.max(value('mouthPucker'), value('mouthFunnel')), 0, 1);
  const wide = (1 - round) * clamp(WIDE_GAIN * mean('mouthStretch') + SMILE_SHARE * mean('mouthSmile'), 0, 1);
  return {
    aa: open * (1 - round - wide),
    ih: (1 - open) * wide,
    ou: (1 - open) * round,
    ee: open * wide,
    oh: open * round,
    blinkLeft: clamp(value('eyeBlinkLeft'), 0, 1),
    blinkRight: clamp(value('eyeBlinkRight'), 0, 1),
  };
}
