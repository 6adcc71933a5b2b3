import type { Reading } from './face-track.ts';

/** What people do: their median over films, and how their variance is spread over the bands of `life-figures.ts`. */
export interface PeopleReading {
  readonly spread: number;
  readonly speed: number;
  readonly bands?: readonly number[];
}

/** Of 23 films of 17 people who talk to a camera, an interviewer or an audience, read by `visavis measure`. */
export const PEOPLE: Readonly<Partial<Record<Reading, PeopleReading>>> = {
  yawDeg: { spread: 4.8, speed: 12.3, bands: [0.61, 0.29, 0.09, 0.02] },
  pitchDeg: { spread: 4.2, speed: 18.1, bands: [0.59, 0.31, 0.08, 0.02] },
  rollDeg: { spread: 3.6, speed: 8, bands: [0.66, 0.28, 0.05, 0.01] },
  bridgeAcrossCm: { spread: 1.08, speed: 3.8 },
  bridgeDownCm: { spread: 0.72, speed: 3.2 },
  lipGap: { spread: 0.091, speed: 0.79, bands: [0.2, 0.35, 0.33, 0.12] },
  mouthAreaCm2: { spread: 1.84, speed: 15.3 },
  chinDropCm: { spread: 0.21, speed: 1.7 },
  mouthWidthCm: { spread: 0.45, speed: 2.9, bands: [0.33, 0.4, 0.22, 0.05] },
  cornerLiftCm: { spread: 0.14, speed: 1.4, bands: [0.3, 0.36, 0.24, 0.1] },
  cornerSkewCm: { spread: 0.09, speed: 0.9 },
  browLiftCm: { spread: 0.16, speed: 0.85, bands: [0.52, 0.3, 0.13, 0.06] },
  lidGap: { spread: 0.062, speed: 0.35, bands: [0.29, 0.3, 0.3, 0.11] },
  irisAcrossCm: { spread: 0.11, speed: 0.8 },
  irisUpCm: { spread: 0.14, speed: 0.9 },
};

/** Events and shares of the same films. */
export const PEOPLE_EVENTS = {
  blinksPerMinute: 28.6,
  lidsDownPerMinute: 27.7,
  lidsDownS: 0.16,
  browRaisesPerMinute: 23.5,
  browRaiseS: 0.48,
  browRaiseCm: 0.3,
  lipsClosed: 0.17,
  lipsOpen: 0.5,
  lipsWide: 0.06,
  longestClosedS: 0.34,
  lidDip: 0.43,
} as const;
