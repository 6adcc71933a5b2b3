/** How a voice sounds at one moment, against its own habit. */
export interface VoiceMoment {
  /** Somebody speaks; short gaps between words count. */
  readonly speaking: boolean;
  /** Since speaking began or ended, s. */
  readonly forS: number;
  /** Level over the voice's own mean, dB; -20 in silence. */
  readonly loudDb: number;
  /** Pitch over the voice's own mean, semitones; the last one where there is none. */
  readonly pitch: number;
  /** How much the pitch has risen in the last fifth of a second, semitones. */
  readonly rise: number;
  /** At the peak of a syllable, how stressed it is, 0..1; 0 elsewhere. */
  readonly stress: number;
  /** Syllables a second. */
  readonly rate: number;
  /** Whether it laughs: even beats, far apart in level, high. */
  readonly laughing: boolean;
}

export const SILENT: VoiceMoment = {
  speaking: false,
  forS: 60,
  loudDb: -20,
  pitch: 0,
  rise: 0,
  stress: 0,
  rate: 0,
  laughing: false,
};
