import { mouthAgreement, type LagFigures } from '../../media/motion/motion-metrics.ts';
import { READINGS, seriesOf, type FaceTrack, type Reading } from './face-track.ts';
import type { LifeFigures } from './life-figures.ts';
import { withoutGaps } from './series.ts';

/** How one reading of a film relates to the same reading of another. */
export interface ReadingComparison extends LagFigures {
  /** This film's spread and speed over the other's. */
  readonly spread: number;
  readonly speed: number;
}

export type FilmComparison = Readonly<Record<Reading, ReadingComparison>>;

interface MeasuredFilm {
  readonly track: FaceTrack;
  readonly life: LifeFigures;
}

/**
 * @returns ratios, and how well the two go together in the syllable band at their best lag within three frames: of use
 * where both films have the same sound from the same moment.
 */
export function compareFilms(film: MeasuredFilm, other: MeasuredFilm): FilmComparison {
  const frames = Math.min(film.track.frameCount, other.track.frameCount);
  return Object.fromEntries(
    READINGS.map((reading) => {
      const [mine, theirs] = [film, other].map(({ track }) =>
        withoutGaps(seriesOf(track, reading).subarray(0, frames)),
      ) as [Float32Array, Float32Array];
      const [own, others] = [film.life.readings[reading], other.life.readings[reading]];
      return [
        reading,
        {
          spread: own.spread / others.spread,
          speed: own.speed / others.speed,
          ...mouthAgreement(theirs, mine, film.track.framesPerSecond),
        },
      ];
    }),
  ) as unknown as FilmComparison;
}
