import type { MotionFrame } from '../../base/media.ts';
import { US_PER_S } from '../../base/timeline.ts';
import { loudnessSeries, pausesOf } from '../../media/features/loudness.ts';
import {
  blinkRate,
  closedShare,
  closureFigures,
  headJerk,
  mouthAgreement,
  mouthOpeningSeries,
  poseSpread,
  poseVariation,
  type ClosureFigures,
  type LagFigures,
} from '../../media/motion/motion-metrics.ts';
import { withoutGaps } from './series.ts';
import { lipTargets, type Labelled } from './text-grid.ts';

/** A mouth that was measured in a film of the same sound. */
export interface FilmedMouth {
  readonly framesPerSecond: number;
  /** One value a frame, NaN where no face was found. */
  readonly opening: Float32Array;
}

export interface SpeechFiguresOptions {
  /** Mono, from media time 0. */
  readonly sound: Float32Array;
  readonly sampleRateHz: number;
  /** Motion made from it, at one rate, from media time 0. */
  readonly frames: readonly MotionFrame[];
  readonly framesPerSecond: number;
  /** Phones of the sound, with their times. */
  readonly phones?: readonly Labelled[];
  readonly filmed?: FilmedMouth;
}

/** What can be said of one performance. Shares are 0..1, angles degrees; NaN where there was nothing to measure. */
export interface SpeechFigures {
  readonly seconds: number;
  /** Pauses of the voice, s, and the share of their frames with a closed mouth. */
  readonly pauseS: number;
  readonly closedInPauses: number;
  readonly blinksPerS: number;
  readonly poseVariation: number;
  readonly poseSpread: number;
  readonly headJerk: number;
  /** Mouth against loudness: a mouth that is only loud agrees best. */
  readonly loudness: LagFigures;
  readonly closures?: ClosureFigures;
  /** The generated mouth against the filmed one, and what loudness alone would get. */
  readonly filmed?: { readonly mouth: LagFigures; readonly loudness: LagFigures };
}

/** @returns the figures of motion that was made from a sound. */
export function speechFigures(options: SpeechFiguresOptions): SpeechFigures {
  const { sound, sampleRateHz, frames, framesPerSecond, phones, filmed } = options;
  const mouth = mouthOpeningSeries(frames);
  const pauses = pausesOf(sound, sampleRateHz);
  const targets = phones && lipTargets(phones);
  return {
    seconds: frames.length / framesPerSecond,
    pauseS: pauses.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0) / US_PER_S,
    closedInPauses: closedShare(frames, pauses),
    blinksPerS: blinkRate(frames),
    poseVariation: poseVariation(frames),
    poseSpread: poseSpread(frames),
    headJerk: headJerk(frames),
    loudness: mouthAgreement(loudnessSeries(sound, sampleRateHz, framesPerSecond), mouth, framesPerSecond),
    ...(targets && { closures: closureFigures(frames, targets.closures, targets.openSounds) }),
    ...(filmed && {
      filmed: {
        mouth: againstFilm(filmed, mouth, framesPerSecond),
        loudness: againstFilm(filmed, loudnessSeries(sound, sampleRateHz, framesPerSecond), framesPerSecond),
      },
    }),
  };
}

/** @returns how a series agrees with the film, at the film's rate: the film says how fine it can be told. */
function againstFilm(filmed: FilmedMouth, series: Float32Array, framesPerSecond: number): LagFigures {
  const ratio = framesPerSecond / filmed.framesPerSecond;
  const length = Math.min(filmed.opening.length, Math.floor((series.length - 1) / ratio));
  const taken = Float32Array.from({ length }, (_, frame) => {
    const at = Math.floor(frame * ratio);
    const share = frame * ratio - at;
    return (1 - share) * series[at]! + share * series[Math.min(at + 1, series.length - 1)]!;
  });
  return mouthAgreement(withoutGaps(filmed.opening.subarray(0, length)), taken, filmed.framesPerSecond);
}
