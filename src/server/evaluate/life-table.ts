import { READINGS } from './face-track.ts';
import { inColumns, numberOf } from './figure.ts';
import type { FilmComparison } from './film-comparison.ts';
import type { LifeFigures } from './life-figures.ts';
import { PEOPLE, PEOPLE_EVENTS } from './people.ts';
import type { PerformanceFigures } from './performance-figures.ts';

/** All that is measured of one film. */
export interface FilmFigures {
  readonly film: string;
  readonly life: LifeFigures;
  readonly performance: PerformanceFigures;
  readonly against?: FilmComparison;
}

/** @returns one film's readings and events as a table for people. */
export function tableOfFilm({ film, life, performance, against }: FilmFigures): string {
  const { seconds, found, readings } = life;
  const header = [
    'reading',
    'spread',
    'of people',
    'speed /s',
    'of people',
    'p5',
    'p50',
    'p95',
    '<0.5 Hz',
    '-1.5',
    '-4',
    '>4',
  ];
  const compared = against === undefined ? [] : ['spread against', 'speed against', 'r', 'lag ms'];
  const rows = READINGS.map((reading) => {
    const { spread, speed, p5, p50, p95, bands } = readings[reading];
    const other = against?.[reading];
    return [
      reading,
      ...withPeople(spread, PEOPLE[reading]?.spread),
      ...withPeople(speed, PEOPLE[reading]?.speed),
      ...[p5, p50, p95].map(numberOf),
      ...bands.map((share) => share.toFixed(2)),
      ...(other === undefined
        ? []
        : [
            other.spread.toFixed(2),
            other.speed.toFixed(2),
            other.correlation.toFixed(2),
            (other.lagUs / 1000).toFixed(0),
          ]),
    ];
  });
  const title = `${film}: ${seconds.toFixed(1)} s, a face in ${(100 * found).toFixed(0)} % of the frames`;
  const events = eventsOf(life).map(([what, value, people]) => [what, ...withPeople(value, people)]);
  const scores = Object.entries(performance).map(([what, value]) => [what, (value as number).toPrecision(3)]);
  return [
    title,
    inColumns([[...header, ...compared], ...rows]),
    '',
    inColumns([['event', 'figure', 'of people'], ...events]),
    '',
    inColumns([['THEval, geometry', 'figure'], ...scores]),
    '',
  ].join('\n');
}

/** @returns the means over films: spread and speed of each reading as shares of people's medians, and the events. */
export function meanTable(films: readonly FilmFigures[]): string {
  const mean = (of: (life: LifeFigures) => number): number => {
    const values = films.map(({ life }) => of(life)).filter((value) => !Number.isNaN(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const rows = READINGS.map((reading) => [
    reading,
    ...withPeople(
      mean(({ readings }) => readings[reading].spread),
      PEOPLE[reading]?.spread,
    ),
    ...withPeople(
      mean(({ readings }) => readings[reading].speed),
      PEOPLE[reading]?.speed,
    ),
    ...[0, 1, 2, 3].map((band) => mean(({ readings }) => readings[reading].bands[band]!).toFixed(2)),
    PEOPLE[reading]?.bands?.join(' ') ?? '',
  ]);
  const names = eventsOf(films[0]!.life);
  const events = names.map(([what, , people], index) => [
    what,
    ...withPeople(
      mean((life) => eventsOf(life)[index]![1]),
      people,
    ),
  ]);
  const header = [
    'reading',
    'spread',
    'of people',
    'speed /s',
    'of people',
    '<0.5 Hz',
    '-1.5',
    '-4',
    '>4',
    "people's bands",
  ];
  return [
    `Mean of ${films.length} films`,
    inColumns([header, ...rows]),
    '',
    inColumns([['event', 'figure', 'of people'], ...events]),
  ].join('\n');
}

type Event = readonly [what: string, value: number, people: number | undefined];

function eventsOf({
  blinksPerMinute,
  lidsDown,
  browRaises,
  lips,
  longestClosedS,
  lidDip,
  headJerk,
}: LifeFigures): Event[] {
  return [
    ['blinks a minute', blinksPerMinute, PEOPLE_EVENTS.blinksPerMinute],
    ['lids down a minute', lidsDown.perMinute, PEOPLE_EVENTS.lidsDownPerMinute],
    ['lids down, s', lidsDown.durationS[1], PEOPLE_EVENTS.lidsDownS],
    ['lids, 5th percentile over median', lidDip, PEOPLE_EVENTS.lidDip],
    ['brow raises a minute', browRaises.perMinute, PEOPLE_EVENTS.browRaisesPerMinute],
    ['brow raises, s', browRaises.durationS[1], PEOPLE_EVENTS.browRaiseS],
    ['brow raises, cm', browRaises.size[1], PEOPLE_EVENTS.browRaiseCm],
    ['lip gap under 0.02, share', lips.closed, PEOPLE_EVENTS.lipsClosed],
    ['lip gap over 0.15, share', lips.open, PEOPLE_EVENTS.lipsOpen],
    ['lip gap over 0.3, share', lips.wide, PEOPLE_EVENTS.lipsWide],
    ['longest closed, s', longestClosedS, PEOPLE_EVENTS.longestClosedS],
    ['head jerk, deg/s3', headJerk, undefined],
  ];
}

/** The figure, and how many times people's it is. */
function withPeople(value: number, people: number | undefined): [string, string] {
  return [numberOf(value), people === undefined || Number.isNaN(value) ? '' : (value / people).toFixed(2)];
}
