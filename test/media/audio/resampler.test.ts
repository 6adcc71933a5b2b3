import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Resampler } from '../../../src/media/audio/resampler.ts';

function tone(hz: number, rateHz: number, seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(rateHz * seconds) }, (_, n) =>
    Math.sin((2 * Math.PI * hz * n) / rateHz),
  );
}

function resample(samples: Float32Array, fromHz: number, toHz: number, cuts: readonly number[] = []): Float32Array {
  const resampler = new Resampler(fromHz, toHz);
  const edges = [0, ...cuts.map((cut) => Math.floor(cut * samples.length)).sort((a, b) => a - b), samples.length];
  const pieces = edges.slice(1).map((edge, index) => resampler.push(samples.subarray(edges[index], edge)));
  return Float32Array.from([...pieces, resampler.flush()].flatMap((piece) => [...piece]));
}

test.each([
  [48_000, 16_000],
  [44_100, 48_000],
  [22_050, 48_000],
  [8_000, 48_000],
  [16_000, 48_000],
  [96_000, 48_000],
  [11_127, 48_000],
])('Resampler keeps a tone where it was in time, %i to %i Hz', (fromHz, toHz) => {
  const output = resample(tone(997, fromHz, 0.5), fromHz, toHz);
  const expected = tone(997, toHz, 0.5);
  expect(Math.abs(output.length - expected.length)).toBeLessThanOrEqual(Math.ceil(toHz / fromHz));
  for (let n = 500; n < expected.length - 500; n++) expect(Math.abs(output[n]! - expected[n]!)).toBeLessThan(2e-3);
});

test('Resampler removes what the slower rate cannot hold', () => {
  const output = resample(tone(9_500, 48_000, 0.5), 48_000, 16_000).subarray(100, -100);
  expect(Math.max(...output.map(Math.abs))).toBeLessThan(1e-3);
});

test('Resampler gives the same output whichever way the input is cut', () => {
  const sound = tone(440, 44_100, 0.1).map((value, n) => value * Math.sin(n / 300));
  const whole = resample(sound, 44_100, 16_000);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (cuts) => {
      expect(resample(sound, 44_100, 16_000, cuts)).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});

test('Resampler begins anew after a flush, and leaves equal rates alone', () => {
  const resampler = new Resampler(48_000, 16_000);
  const once = [...resampler.push(tone(300, 48_000, 0.05)), ...resampler.flush()];
  const again = [...resampler.push(tone(300, 48_000, 0.05)), ...resampler.flush()];
  expect(again).toEqual(once);
  expect(resample(Float32Array.of(1, 2, 3), 48_000, 48_000)).toEqual(Float32Array.of(1, 2, 3));
});
