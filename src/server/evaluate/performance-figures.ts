import { loudnessSeries, pausesOf } from '../../media/features/loudness.ts';
import { US_PER_S } from '../../base/timeline.ts';
import type { FaceMoment, FaceTrack, Reading } from './face-track.ts';

/**
 * What THEval (CVPR 2026, github.com/Newbyl/THEval) scores from geometry alone, read with the landmarks
 * that we have. Its head dynamics and its pauses come from other networks there, so compare these with one another only.
 */
export interface PerformanceFigures {
  /** Variance over time of the distances between points of the lips, their mean, in spans of the eyes squared. */
  readonly lipDynamics: number;
  /** Mean change from frame to frame of the distance of a brow from its eye, over the distance between the eyes. */
  readonly browDynamics: number;
  /** Root of the head's mean spread times the mean variance of its steps (degrees), plus how it moves about (cm²). */
  readonly headDynamics: number;
  /** How far the lip gap strays from its mean in pauses of the voice (median); undefined without pauses. */
  readonly silentLipDeviation?: number;
  /** Mean distance of the opening from the loudness in speech, both from 0 to 1; undefined without sound. */
  readonly openingOffLoudness?: number;
}

/** A film's sound, mono. */
export interface FilmSound {
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}

const ANGLES = ['yawDeg', 'pitchDeg', 'rollDeg'] as const;
const PLACES = ['bridgeAcrossCm', 'bridgeDownCm'] as const;

export function performanceFigures(track: FaceTrack, sound: FilmSound | undefined): PerformanceFigures {
  const { moments } = track;
  return {
    lipDynamics: lipDynamics(moments),
    browDynamics: browDynamics(moments),
    headDynamics: headDynamics(moments),
    ...(sound && againstSound(track, sound)),
  };
}

function lipDynamics(moments: readonly FaceMoment[]): number {
  const points = (moments[0]?.lips.length ?? 0) / 2;
  let sum = 0;
  let pairs = 0;
  for (let a = 0; a < points; a++) {
    for (let b = a + 1; b < points; b++) {
      sum += variance(
        moments.map(({ lips }) => Math.hypot(lips[2 * a]! - lips[2 * b]!, lips[2 * a + 1]! - lips[2 * b + 1]!)),
      );
      pairs++;
    }
  }
  return sum / pairs;
}

function browDynamics(moments: readonly FaceMoment[]): number {
  const sides = [0, 1] as const;
  return meanOf(
    sides.flatMap((side) => stepsOf(moments.map(({ browToEye }) => browToEye[side])).map((step) => Math.abs(step))),
  );
}

function headDynamics(moments: readonly FaceMoment[]): number {
  const of = (reading: Reading): number[] => moments.map(({ readings }) => readings[reading]);
  const spread = meanOf(ANGLES.map((angle) => Math.sqrt(variance(of(angle)))));
  const liveliness = meanOf(ANGLES.map((angle) => variance(stepsOf(of(angle)))));
  return Math.sqrt(spread * liveliness + meanOf(PLACES.map((place) => variance(of(place)))));
}

function againstSound({ framesPerSecond, moments }: FaceTrack, { samples, sampleRateHz }: FilmSound) {
  const pauses = pausesOf(samples, sampleRateHz);
  const loudness = loudnessSeries(samples, sampleRateHz, framesPerSecond);
  const isSilent = ({ frame }: FaceMoment): boolean => {
    const timeUs = (frame * US_PER_S) / framesPerSecond;
    return pauses.some(({ startUs, endUs }) => timeUs >= startUs && timeUs < endUs);
  };
  const gapsOf = (of: readonly FaceMoment[]): number[] => of.map(({ readings }) => readings.lipGap);
  const silent = gapsOf(moments.filter(isSilent));
  const speaking = moments.filter((moment) => moment.frame < loudness.length && !isSilent(moment));
  const openings = toUnit(gapsOf(speaking));
  const volumes = toUnit(speaking.map(({ frame }) => loudness[frame]!));
  const mean = meanOf(silent);
  return {
    ...(silent.length > 1 && { silentLipDeviation: medianOf(silent.map((gap) => Math.abs(gap - mean))) }),
    ...(speaking.length > 1 && {
      openingOffLoudness: meanOf(openings.map((opening, at) => Math.abs(opening - volumes[at]!))),
    }),
  };
}

function toUnit(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (most > least ? (value - least) / (most - least) : 0));
}

function stepsOf(values: readonly number[]): number[] {
  return values.slice(1).map((value, at) => value - values[at]!);
}

function variance(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN) + (sorted[Math.floor(sorted.length / 2)] ?? NaN)) / 2;
}
