import type { MotionFrame } from '../../base/media.ts';
import { US_PER_S, type MediaTimeUs } from '../../base/timeline.ts';
import { MOTION_INDEX, type ArkitShape } from '../motion-space.ts';
import { bandPass } from './band-pass.ts';
import { CHANNEL_SIZES } from './channel-sizes.ts';
import { HEAD_ANGLE_INDICES } from './channel-groups.ts';

/** A span of the media timeline. */
export interface TimeSpan {
  readonly startUs: MediaTimeUs;
  readonly endUs: MediaTimeUs;
}

/** Lips closer than this are closed, as training counts (`training/evaluate.py`). */
export const CLOSED_OPENING = 0.05;
/** A lid that has come this far down, from above the lower one, is a blink. */
const BLINK_SHUT = 0.5;
const BLINK_OPEN = 0.25;
/** Frames of video: published figures of pose variation compare neighbours at 25 a second. */
const POSE_STEP_US = 40_000;
/** A bilabial's labels are off by up to this, and the lips lead the sound by as much. */
const LABEL_SLACK_US = 20_000;

/**
 * @returns the gap between the lips: 0 closed; what the jaw opens and the lips do not close, plus what parts them. In the
 * network's units, so that training and this program count alike.
 */
export function mouthOpening(motion: Float32Array): number {
  const at = (channel: ArkitShape): number => motion[MOTION_INDEX[channel]]! / CHANNEL_SIZES[MOTION_INDEX[channel]]!;
  const parted =
    at('mouthLowerDownLeft') + at('mouthLowerDownRight') + at('mouthUpperUpLeft') + at('mouthUpperUpRight');
  return Math.max(0, at('jawOpen') - at('mouthClose')) + parted / 4;
}

export function mouthOpeningSeries(frames: readonly MotionFrame[]): Float32Array {
  return Float32Array.from(frames, ({ motion }) => mouthOpening(motion));
}

/** @returns the share of frames within `spans` whose lips are closed, 0..1; NaN when there are none. */
export function closedShare(frames: readonly MotionFrame[], spans: readonly TimeSpan[]): number {
  const inside = frames.filter(({ timeUs }) => spans.some(({ startUs, endUs }) => timeUs >= startUs && timeUs < endUs));
  return inside.filter(({ motion }) => mouthOpening(motion) < CLOSED_OPENING).length / inside.length;
}

export interface ClosureFigures {
  /** Share of the labelled closures at which the lips close. */
  readonly recall: number;
  /** Share of frames within open sounds whose lips are closed all the same. */
  readonly falseShare: number;
}

/**
 * @param closures - spans labelled p, b or m.
 * @param openSounds - spans labelled as open vowels.
 * @param closedOpening - below this the lips count as closed.
 */
export function closureFigures(
  frames: readonly MotionFrame[],
  closures: readonly TimeSpan[],
  openSounds: readonly TimeSpan[],
  closedOpening = CLOSED_OPENING,
): ClosureFigures {
  const closed = frames.filter(({ motion }) => mouthOpening(motion) < closedOpening);
  const met = closures.filter(({ startUs, endUs }) =>
    closed.some(({ timeUs }) => timeUs >= startUs - LABEL_SLACK_US && timeUs <= endUs + LABEL_SLACK_US),
  );
  const within = ({ timeUs }: MotionFrame): boolean =>
    openSounds.some(({ startUs, endUs }) => timeUs >= startUs && timeUs < endUs);
  return {
    recall: met.length / closures.length,
    falseShare: closed.filter(within).length / frames.filter(within).length,
  };
}

/** @returns blinks a second, of either eye. */
export function blinkRate(frames: readonly MotionFrame[]): number {
  let blinks = 0;
  let shut = false;
  for (const { motion } of frames) {
    const lid = Math.max(motion[MOTION_INDEX.eyeBlinkLeft]!, motion[MOTION_INDEX.eyeBlinkRight]!);
    if (!shut && lid > BLINK_SHUT) blinks++;
    shut = shut ? lid > BLINK_OPEN : lid > BLINK_SHUT;
  }
  return blinks / durationS(frames);
}

/** @returns mean change of the head's angles from one picture to the next at 25 a second, degrees (as VASA-1's ΔP). */
export function poseVariation(frames: readonly MotionFrame[]): number {
  const step = Math.max(1, Math.round(POSE_STEP_US / frameUs(frames)));
  let sum = 0;
  let count = 0;
  for (let frame = step; frame < frames.length; frame += step) {
    for (const index of HEAD_ANGLE_INDICES) {
      sum += Math.abs(frames[frame]!.motion[index]! - frames[frame - step]!.motion[index]!);
      count++;
    }
  }
  return sum / count;
}

/** @returns spread of the head's angles around their means, degrees: how far it goes, where `poseVariation` is how fast. */
export function poseSpread(frames: readonly MotionFrame[]): number {
  const squares = HEAD_ANGLE_INDICES.map((index) => {
    const mean = frames.reduce((sum, { motion }) => sum + motion[index]!, 0) / frames.length;
    return frames.reduce((sum, { motion }) => sum + (motion[index]! - mean) ** 2, 0) / frames.length;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/** @returns root mean square of the third derivative of the head's angles, °/s³: what the eye calls jitter. */
export function headJerk(frames: readonly MotionFrame[]): number {
  const rate = US_PER_S / frameUs(frames);
  let sum = 0;
  let count = 0;
  for (let frame = 3; frame < frames.length; frame++) {
    for (const index of HEAD_ANGLE_INDICES) {
      const at = (behind: number): number => frames[frame - behind]!.motion[index]!;
      sum += ((at(0) - 3 * at(1) + 3 * at(2) - at(3)) * rate ** 3) ** 2;
      count++;
    }
  }
  return Math.sqrt(sum / count);
}

export interface LagFigures {
  /** Pearson's correlation at the best lag, -1..1; NaN when a series does not move. */
  readonly correlation: number;
  /** By how much the second series is later than the first; fractions of a frame by a parabola through the peak. */
  readonly lagUs: number;
}

/** @returns how two mouth openings of one rate agree in the syllable band, at their best lag within `highestLag` frames. */
export function mouthAgreement(
  first: Float32Array,
  second: Float32Array,
  framesPerSecond: number,
  highestLag = 3,
): LagFigures {
  const [a, b] = [bandPass(first, framesPerSecond), bandPass(second, framesPerSecond)];
  const at = (lag: number): number =>
    lag >= 0 ? correlate(a.subarray(0, a.length - lag), b.subarray(lag)) : correlate(a.subarray(-lag), b);
  const lags = Array.from({ length: 2 * highestLag + 1 }, (_, index) => index - highestLag);
  const best = lags.reduce((found, lag) => (at(lag) > at(found) ? lag : found), 0);
  const [before, peak, after] = [at(best - 1), at(best), at(best + 1)];
  const bend = before - 2 * peak + after;
  const shift = bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0;
  return { correlation: peak, lagUs: ((best + shift) * US_PER_S) / framesPerSecond };
}

/** @returns Pearson's correlation of two series, over the length of the shorter. */
export function correlate(first: Float32Array, second: Float32Array): number {
  const count = Math.min(first.length, second.length);
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let frame = 0; frame < count; frame++) {
    const [a, b] = [first[frame]!, second[frame]!];
    sumA += a;
    sumB += b;
    sumAA += a * a;
    sumBB += b * b;
    sumAB += a * b;
  }
  const spread = (sumAA - (sumA * sumA) / count) * (sumBB - (sumB * sumB) / count);
  return spread > 0 ? (sumAB - (sumA * sumB) / count) / Math.sqrt(spread) : NaN;
}

function frameUs(frames: readonly MotionFrame[]): number {
  return durationS(frames) > 0 ? (durationS(frames) * US_PER_S) / frames.length : POSE_STEP_US;
}

/** Each frame lasts as long as the others. */
function durationS(frames: readonly MotionFrame[]): number {
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined || frames.length < 2) return 0;
  return ((last.timeUs - first.timeUs) * frames.length) / (frames.length - 1) / US_PER_S;
}
