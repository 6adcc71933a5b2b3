import { US_PER_S } from '../../base/timeline.ts';
import type { MotionChannel } from '../motion-space.ts';

/** What a motion bundle says of itself: `models/README.md` tells what each number means. Plain data, safe to send. */
export interface MotionManifest {
  readonly name: string;
  readonly licence: string;
  readonly features: FeaturesManifest;
  readonly motion: TokenManifest;
  readonly encoder: EncoderManifest;
  readonly denoiser: DenoiserManifest;
  readonly sampler: SamplerManifest;
}

export interface FeaturesManifest {
  readonly sampleRateHz: number;
  readonly windowSamples: number;
  readonly hopSamples: number;
  readonly fftSamples: number;
  readonly melBins: number;
  readonly lowHz: number;
  readonly highHz: number;
  readonly floor: number;
}

export interface TokenManifest {
  readonly framesPerSecond: number;
  readonly framesPerHop: number;
  readonly lookAheadUs: number;
  readonly contextTokens: number;
  readonly channels: readonly MotionChannel[];
  /** Per channel: what a standardised 0 and a step of 1 mean. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface EncoderManifest {
  readonly melFramesPerHop: number;
  readonly stateLength: number;
  readonly featureDims: number;
}

export const CONDITION_NAMES = ['gaze', 'distance', 'emotion', 'arousal', 'audio', 'context'] as const;

export type ConditionName = (typeof CONDITION_NAMES)[number];

/** A slice of the condition vector; its last value says whether the others are given. */
export interface ConditionSlice {
  readonly name: ConditionName;
  readonly offset: number;
  readonly length: number;
}

export interface DenoiserManifest {
  readonly condition: readonly ConditionSlice[];
}

export interface SamplerManifest {
  /** From 1, pure noise, down to 0, clean. */
  readonly noiseLevels: readonly number[];
  /** The noise of `mouthChannels` is multiplied by this: sound, not chance, decides the mouth. */
  readonly mouthNoiseScale: number;
  readonly mouthChannels: readonly MotionChannel[];
  readonly guidance: Readonly<Partial<Record<ConditionName, number>>>;
}

/** @returns values in one token: one hop of motion, flattened frame by frame. */
export function tokenDims({ motion }: MotionManifest): number {
  return motion.framesPerHop * motion.channels.length;
}

export function conditionDims({ denoiser }: MotionManifest): number {
  return denoiser.condition.reduce((dims, slice) => Math.max(dims, slice.offset + slice.length), 0);
}

/** @returns the length of one hop of sound, and of the motion made from it, in µs. */
export function hopUs({ motion }: MotionManifest): number {
  return Math.round((motion.framesPerHop * US_PER_S) / motion.framesPerSecond);
}

/**
 * @returns how long after a sound its motion can be computed, in µs: the sound waits for its hop to be whole, and the
 * model hears `lookAheadUs` beyond it. The time that computing takes comes on top.
 */
export function algorithmicLatencyUs(manifest: MotionManifest): number {
  return hopUs(manifest) + manifest.motion.lookAheadUs;
}
