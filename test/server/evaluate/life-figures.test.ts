import { expect, test } from 'vitest';
import {
  READINGS,
  type FaceMoment,
  type FaceTrack,
  type Reading,
  type Readings,
} from '../../../src/server/evaluate/face-track.ts';
import { compareFilms } from '../../../src/server/evaluate/film-comparison.ts';
import { lifeFigures } from '../../../src/server/evaluate/life-figures.ts';
import { meanTable, tableOfFilm } from '../../../src/server/evaluate/life-table.ts';
import { performanceFigures } from '../../../src/server/evaluate/performance-figures.ts';

const RATE = 25;

/** A face that moves as `reading` says, second by second; all else rests. */
function trackOf(seconds: number, reading: (s: number) => Partial<Record<Reading, number>>, shift = 0): FaceTrack {
  const frameCount = seconds * RATE;
  const rest = Object.fromEntries(READINGS.map((name) => [name, 1])) as Readings;
  const moments = Array.from({ length: frameCount }, (_, frame): FaceMoment => {
    const readings = { ...rest, ...reading((frame - shift) / RATE) };
    const gap = readings.lipGap;
    return { frame, readings, lips: Float32Array.of(0, 0, 0, gap), browToEye: [readings.browLiftCm, 1] };
  });
  return { framesPerSecond: RATE, frameCount, moments };
}

const sine = (hz: number, size: number) => (s: number) => size * Math.sin(2 * Math.PI * hz * s);

test('spread, speed, percentiles and bands of a head that sways', () => {
  const { readings, found, seconds } = lifeFigures(trackOf(20, (s) => ({ yawDeg: sine(0.25, 6)(s) + sine(2, 3)(s) })));
  expect([found, seconds]).toEqual([1, 20]);
  const { spread, bands, p5, p95 } = readings.yawDeg;
  expect(spread).toBeCloseTo(Math.sqrt(36 / 2 + 9 / 2), 2);
  expect(bands.map((share) => Math.round(100 * share))).toEqual([80, 0, 20, 0]);
  expect(p95).toBeGreaterThan(5);
  expect(p5).toBeLessThan(-5);
  // A sine of one hertz and size one goes four units a second.
  const once = lifeFigures(trackOf(20, (s) => ({ pitchDeg: sine(1, 1)(s) }))).readings.pitchDeg;
  expect(once.speed).toBeGreaterThan(3.9);
  expect(once.speed).toBeLessThan(4.01);
});

test('blinks, lids, brows and lips as events', () => {
  const figures = lifeFigures(
    trackOf(60, (s) => ({
      // A blink of four frames every five seconds.
      lidGap: s % 5 < 0.159 ? 0.03 : 0.3,
      // A raise of one second and 0.4 cm every ten seconds.
      browLiftCm: s % 10 < 1 ? 2.4 : 2,
      lipGap: (s + 0.01) % 1 < 0.2 ? 0 : (s + 0.01) % 1 < 0.8 ? 0.2 : 0.35,
    })),
  );
  expect(figures.blinksPerMinute).toBe(12);
  expect(figures.lidsDown.perMinute).toBe(12);
  expect(figures.lidsDown.durationS[1]).toBeCloseTo(0.16);
  expect(figures.lidsDown.size[1]).toBeCloseTo(0.1);
  expect(figures.browRaises.perMinute).toBe(6);
  expect(figures.browRaises.durationS[1]).toBeCloseTo(1, 0);
  expect(figures.browRaises.size[1]).toBeCloseTo(0.4);
  expect(figures.lips.closed).toBeCloseTo(0.2);
  expect(figures.lips.open).toBeCloseTo(0.8);
  expect(figures.lips.wide).toBeCloseTo(0.2);
  expect(figures.longestClosedS).toBeCloseTo(0.2);
});

test('the noise of the net between two frames is no raised brow', () => {
  const { browRaises } = lifeFigures(trackOf(20, (s) => ({ browLiftCm: Math.round(s * RATE) % 25 === 12 ? 2.5 : 2 })));
  expect(browRaises.perMinute).toBe(0);
});

test('a film against another: ratios, agreement and lag', () => {
  const talk = (s: number) => ({
    lipGap: 0.2 + sine(2.7, 0.1)(s) * sine(0.31, 1)(s),
    chinDropCm: 12 + sine(3.1, 0.2)(s),
  });
  const [own, other] = [trackOf(20, (s) => ({ ...talk(s), lipGap: 2 * talk(s).lipGap }), 2), trackOf(20, talk)].map(
    (track) => ({ track, life: lifeFigures(track) }),
  ) as [
    { track: FaceTrack; life: ReturnType<typeof lifeFigures> },
    { track: FaceTrack; life: ReturnType<typeof lifeFigures> },
  ];
  const { lipGap, chinDropCm } = compareFilms(own, other);
  expect(lipGap.spread).toBeCloseTo(2, 1);
  expect(chinDropCm.spread).toBeCloseTo(1, 1);
  expect(lipGap.correlation).toBeGreaterThan(0.95);
  expect(lipGap.lagUs / 1000).toBeCloseTo(80, -1);
});

test('lips that stray in silence and an opening that follows loudness', () => {
  const sampleRateHz = 16_000;
  const loud = (s: number): number => (s < 4 ? Math.abs(Math.sin(2 * Math.PI * s)) : 0);
  const samples = Float32Array.from({ length: 8 * sampleRateHz }, (_, at) => {
    const s = at / sampleRateHz;
    return 0.5 * loud(s) * Math.sin(2 * Math.PI * 200 * s);
  });
  const of = (lipGap: (s: number) => number) =>
    performanceFigures(
      trackOf(8, (s) => ({ lipGap: lipGap(s) })),
      { samples, sampleRateHz },
    );
  const follows = of((s) => 0.3 * loud(s));
  const babbles = of((s) => 0.15 + sine(3, 0.15)(s));
  expect(follows.silentLipDeviation).toBe(0);
  expect(babbles.silentLipDeviation).toBeGreaterThan(0.05);
  expect(follows.openingOffLoudness).toBeLessThan(0.1);
  expect(babbles.openingOffLoudness).toBeGreaterThan(0.2);
  expect(babbles.lipDynamics).toBeCloseTo(0.15 ** 2 / 2, 3);
});

test('tables name every reading and set people beside', () => {
  const track = trackOf(10, (s) => ({ yawDeg: sine(0.5, 4.8 * Math.SQRT2)(s) }));
  const life = lifeFigures(track);
  const film = { film: 'a.webm', life, performance: performanceFigures(track, undefined) };
  const table = tableOfFilm({ ...film, against: compareFilms({ track, life }, { track, life }) });
  for (const reading of READINGS) expect(table).toContain(reading);
  expect(table).toMatch(/yawDeg +4\.80 +1\.00/);
  expect(table).toMatch(/spread against/);
  expect(meanTable([film, film])).toMatch(/yawDeg +4\.80 +1\.00/);
});
