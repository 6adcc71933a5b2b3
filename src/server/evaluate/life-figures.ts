import { READINGS, type FaceTrack, type Reading } from './face-track.ts';

/** Bounds of the bands into which a reading's variance is split, Hz: posture and mood, phrases, syllables, the rest. */
export const BAND_EDGES_HZ = [0.5, 1.5, 4] as const;

/** How one reading moves in a film. Units are the reading's own. */
export interface Movement {
  /** Standard deviation. */
  readonly spread: number;
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
  /** Mean absolute change a second. */
  readonly speed: number;
  /** Shares of the variance under 0.5 Hz, to 1.5 Hz, to 4 Hz, and above. */
  readonly bands: readonly number[];
}

/** Events of one kind. Quartiles are lower, median, upper; NaN where there are no events. */
export interface Events {
  readonly perMinute: number;
  readonly durationS: readonly [number, number, number];
  readonly size: readonly [number, number, number];
}

/** How alive the face in a film is. */
export interface LifeFigures {
  readonly seconds: number;
  /** Share of the frames in which a face was found. */
  readonly found: number;
  readonly readings: Readonly<Record<Reading, Movement>>;
  readonly blinksPerMinute: number;
  /** Lids under 0.55 of open; `size` is the least gap, of open. */
  readonly lidsDown: Events;
  /** Brows that rise over 0.15 cm above where they rest, until they have come down; `size` is how high they get, cm. */
  readonly browRaises: Events;
  /** Shares of the frames with a lip gap under 0.02 of the mouth's width, over 0.15 and over 0.3. */
  readonly lips: { readonly closed: number; readonly open: number; readonly wide: number };
  readonly longestClosedS: number;
  /** The lids' 5th percentile over their median. */
  readonly lidDip: number;
  /** Root mean square of the third derivative of the head's angles, degrees/s³. */
  readonly headJerk: number;
}

/** A blink has begun below this share of the open lids' gap, and is over above that. */
const BLINK_SHUT = 0.45;
const BLINK_OPEN = 0.75;
/** Lids are open where they are for a fifth of the time. */
const OPEN_QUANTILE = 0.8;
const LIDS_DOWN = 0.55;
/** Brows rest below where they are for most of the time. */
const BROW_REST_QUANTILE = 0.3;
/** A raise begins above this height over rest and ends below that; five frames are averaged against the net's noise. */
const BROW_RAISED_CM = 0.15;
const BROW_LOWERED_CM = 0.05;
const BROW_AVERAGE_FRAMES = 5;
const LIPS_CLOSED = 0.02;
const LIPS_OPEN = 0.15;
const LIPS_WIDE = 0.3;

/** @returns what can be said of a face whose film was read; NaN where the film has fewer than two frames with a face. */
export function lifeFigures({ framesPerSecond, frameCount, moments }: FaceTrack): LifeFigures {
  const seconds = frameCount / framesPerSecond;
  const minutes = seconds / 60;
  const of = (reading: Reading): number[] => moments.map(({ readings }) => readings[reading]);
  const readings = Object.fromEntries(
    READINGS.map((reading) => [reading, movementOf(of(reading), framesPerSecond)]),
  ) as Record<Reading, Movement>;
  const lids = of('lidGap');
  const openLids = quantile(lids, OPEN_QUANTILE);
  const lipGaps = of('lipGap');
  const brows = averaged(of('browLiftCm'), BROW_AVERAGE_FRAMES);
  const restingBrows = quantile(brows, BROW_REST_QUANTILE);
  const share = (counts: (gap: number) => boolean): number => lipGaps.filter(counts).length / lipGaps.length;
  const closed = episodesOf(lipGaps, (gap) => gap < LIPS_CLOSED);
  const blinks = episodesOf(
    lids,
    (gap) => gap < BLINK_SHUT * openLids,
    (gap) => gap > BLINK_OPEN * openLids,
  );
  const events = (episodes: readonly (readonly number[])[], size: (values: readonly number[]) => number): Events => ({
    perMinute: episodes.length / minutes,
    durationS: quartiles(episodes.map(({ length }) => length / framesPerSecond)),
    size: quartiles(episodes.map(size)),
  });
  return {
    seconds,
    found: moments.length / frameCount,
    readings,
    blinksPerMinute: blinks.length / minutes,
    lidsDown: events(
      episodesOf(lids, (gap) => gap < LIDS_DOWN * openLids),
      (gaps) => Math.min(...gaps) / openLids,
    ),
    browRaises: events(
      episodesOf(
        brows,
        (lift) => lift > restingBrows + BROW_RAISED_CM,
        (lift) => lift < restingBrows + BROW_LOWERED_CM,
      ),
      (lifts) => Math.max(...lifts) - restingBrows,
    ),
    lips: {
      closed: share((gap) => gap < LIPS_CLOSED),
      open: share((gap) => gap > LIPS_OPEN),
      wide: share((gap) => gap > LIPS_WIDE),
    },
    longestClosedS: Math.max(0, ...closed.map(({ length }) => length)) / framesPerSecond,
    lidDip: readings.lidGap.p5 / readings.lidGap.p50,
    headJerk: jerkOf([of('yawDeg'), of('pitchDeg'), of('rollDeg')], framesPerSecond),
  };
}

/** @returns the value below which a share of the values lies, as one of them; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? NaN;
}

function quartiles(values: readonly number[]): [number, number, number] {
  return [quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)];
}

function movementOf(values: readonly number[], framesPerSecond: number): Movement {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const travelled = values.reduce((sum, value, at) => sum + Math.abs(value - (values[at - 1] ?? value)), 0);
  return {
    spread: Math.sqrt(variance),
    p5: quantile(values, 0.05),
    p50: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    speed: (travelled / values.length) * framesPerSecond,
    bands: bandsOf(values, mean, framesPerSecond),
  };
}

/** Shares of the power of the discrete Fourier transform, the mean left out: one bin at a time, films are short. */
function bandsOf(values: readonly number[], mean: number, framesPerSecond: number): number[] {
  const power = new Array<number>(BAND_EDGES_HZ.length + 1).fill(0);
  const count = values.length;
  for (let bin = 1; 2 * bin <= count; bin++) {
    const turn = (2 * Math.PI * bin) / count;
    const [stepReal, stepImaginary] = [Math.cos(turn), Math.sin(turn)];
    let [real, imaginary, phaseReal, phaseImaginary] = [0, 0, 1, 0];
    for (const value of values) {
      real += (value - mean) * phaseReal;
      imaginary += (value - mean) * phaseImaginary;
      [phaseReal, phaseImaginary] = [
        phaseReal * stepReal - phaseImaginary * stepImaginary,
        phaseReal * stepImaginary + phaseImaginary * stepReal,
      ];
    }
    const hz = (bin * framesPerSecond) / count;
    const band = BAND_EDGES_HZ.filter((edge) => hz >= edge).length;
    power[band]! += real * real + imaginary * imaginary;
  }
  const whole = power.reduce((sum, part) => sum + part, 0);
  return power.map((part) => part / whole);
}

/** @returns the values of each stretch of frames from where `begins` holds to where `ends` does. */
function episodesOf(
  values: readonly number[],
  begins: (value: number) => boolean,
  ends = (value: number): boolean => !begins(value),
): number[][] {
  const episodes: number[][] = [];
  let inside = false;
  for (const value of values) {
    if (!inside && begins(value)) {
      episodes.push([]);
      inside = true;
    } else if (inside && ends(value)) inside = false;
    if (inside) episodes.at(-1)?.push(value);
  }
  return episodes;
}

/** @returns the mean of `frames` neighbours around each value; at the ends, of those there are. */
function averaged(values: readonly number[], frames: number): number[] {
  const half = Math.floor(frames / 2);
  return values.map((_, at) => {
    const near = values.slice(Math.max(0, at - half), at + half + 1);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}

function jerkOf(angles: readonly (readonly number[])[], framesPerSecond: number): number {
  const jerks = angles.flatMap((series) =>
    series.slice(3).map((value, at) => {
      const [first, second, third] = [series[at]!, series[at + 1]!, series[at + 2]!];
      return (value - 3 * third + 3 * second - first) * framesPerSecond ** 3;
    }),
  );
  return Math.sqrt(jerks.reduce((sum, jerk) => sum + jerk * jerk, 0) / jerks.length);
}
