import { expect, test } from 'vitest';
import type { MotionFrame } from '../../../src/base/media.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { bandPass } from '../../../src/media/motion/band-pass.ts';
import { CHANNEL_SIZES } from '../../../src/media/motion/channel-sizes.ts';
import {
  blinkRate,
  closedShare,
  closureFigures,
  headJerk,
  mouthAgreement,
  mouthOpening,
  poseSpread,
  poseVariation,
} from '../../../src/media/motion/motion-metrics.ts';
import { MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';

const RATE = 50;

/** @param draw - channel values at a time in seconds. */
function film(seconds: number, draw: (s: number) => Partial<Record<MotionChannel, number>>): MotionFrame[] {
  return Array.from({ length: seconds * RATE }, (_, frame) => {
    const motion = restMotion();
    for (const [channel, value] of Object.entries(draw(frame / RATE)))
      motion[MOTION_INDEX[channel as MotionChannel]] = value;
    return { timeUs: mediaTimeUs((frame * 1e6) / RATE), motion };
  });
}

const span = (start: number, end: number) => ({ startUs: mediaTimeUs(start * 1e6), endUs: mediaTimeUs(end * 1e6) });
const wave = (hz: number, s: number): number => Math.sin(2 * Math.PI * hz * s);
const spread = (series: Float32Array): number =>
  Math.sqrt(series.reduce((sum, value) => sum + value * value, 0) / series.length);

test('bandPass keeps syllables in place and drops posture and jitter', () => {
  const kept = (hz: number): number => {
    const series = Float32Array.from({ length: 500 }, (_, frame) => wave(hz, frame / RATE));
    return spread(bandPass(series, RATE)) / spread(series);
  };
  expect(kept(4)).toBeCloseTo(1, 1);
  expect(kept(0.3)).toBeLessThan(0.1);
  expect(kept(12)).toBeLessThan(0.1);
  expect(spread(bandPass(new Float32Array(300).fill(5), RATE))).toBeLessThan(1e-4);
});

test('lips that the jaw parts and mouthClose joins are closed', () => {
  const [open, closed] = film(1, (s) => ({ jawOpen: 0.4, mouthClose: s > 0 ? 0.4 : 0 }));
  // Counted in the network's units, in which training counts.
  expect(mouthOpening(open?.motion ?? restMotion())).toBeCloseTo(0.4 / CHANNEL_SIZES[MOTION_INDEX.jawOpen]!);
  expect(mouthOpening(closed?.motion ?? restMotion())).toBe(0);
});

test('mouthAgreement finds the lag between two mouths, to a fraction of a frame', () => {
  const random = seededRandom(1);
  const phases = [2.1, 3.3, 4.7, 6.1].map((hz) => ({ hz, phase: random.uniform() }));
  const series = (delay: number): Float32Array =>
    Float32Array.from({ length: 500 }, (_, frame) =>
      phases.reduce((sum, { hz, phase }) => sum + wave(hz, frame / RATE - delay + phase), 0),
    );
  for (const delay of [-0.05, -0.013, 0, 0.02, 0.033]) {
    const found = mouthAgreement(series(0), series(delay), RATE);
    expect(found.lagUs / 1e6).toBeCloseTo(delay, 2);
    expect(found.correlation).toBeGreaterThan(0.95);
  }
  const noise = Float32Array.from({ length: 500 }, () => random.normal());
  expect(Math.abs(mouthAgreement(series(0), noise, RATE).correlation)).toBeLessThan(0.35);
  expect(mouthAgreement(series(0), new Float32Array(500), RATE).correlation).toBeNaN();
});

test('closures are met where the lips close, and false where they should not', () => {
  const frames = film(2, (s) => ({ jawOpen: 0.3, mouthClose: s >= 0.5 && s < 0.6 ? 0.3 : 0 }));
  const figures = closureFigures(frames, [span(0.52, 0.58), span(1.2, 1.3)], [span(0.55, 0.65)]);
  expect(figures.recall).toBe(0.5);
  expect(figures.falseShare).toBeCloseTo(0.4, 1);
  expect(closedShare(frames, [span(0.5, 0.6)])).toBeCloseTo(1, 1);
  expect(closedShare(frames, [span(1, 2)])).toBe(0);
});

test('blinkRate counts each fall of the lids once', () => {
  const frames = film(10, (s) => ({ eyeBlinkLeft: s % 2.5 < 0.2 ? 0.9 + 0.1 * wave(20, s) : 0.2 }));
  expect(blinkRate(frames)).toBeCloseTo(0.4, 1);
  expect(blinkRate(film(4, () => ({ eyeBlinkRight: 0.3 })))).toBe(0);
});

test('the head: how far, how fast, how jerky', () => {
  const calm = film(8, (s) => ({ headYaw: 6 * wave(0.5, s) }));
  const nervous = film(8, (s) => ({ headYaw: 6 * wave(0.5, s) + 0.3 * wave(9, s) }));
  // Mean |Δ| of 6° at 0.5 Hz over 40 ms is 4 * 6 * 0.5 * 0.04, on one axis of three.
  expect(poseVariation(calm)).toBeCloseTo(0.16, 2);
  expect(poseSpread(calm)).toBeCloseTo(6 / Math.sqrt(2) / Math.sqrt(3), 1);
  expect(headJerk(calm)).toBeCloseTo((6 * Math.PI ** 3) / Math.sqrt(2) / Math.sqrt(3), -1);
  expect(headJerk(nervous)).toBeGreaterThan(20 * headJerk(calm));
});
