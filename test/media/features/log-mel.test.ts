import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { PowerSpectrum } from '../../../src/media/features/fft.ts';
import { LogMel, type LogMelOptions } from '../../../src/media/features/log-mel.ts';
import { Windower } from '../../../src/media/features/windower.ts';

const OPTIONS: LogMelOptions = {
  sampleRateHz: 16_000,
  windowSamples: 400,
  hopSamples: 160,
  fftSamples: 512,
  melBins: 40,
  lowHz: 20,
  highHz: 7600,
  floor: 1e-7,
};

function tone(hz: number, samples: number, gain = 0.5): Float32Array {
  return Float32Array.from({ length: samples }, (_, index) => gain * Math.sin((2 * Math.PI * hz * index) / 16_000));
}

function noise(samples: number, seed = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: samples }, () => 0.1 * random.normal());
}

function melOf(sound: Float32Array, cuts: readonly number[]): number[][] {
  const logMel = new LogMel(OPTIONS);
  const frames: number[][] = [];
  const edges = [0, ...[...cuts].sort((a, b) => a - b), sound.length];
  for (let index = 1; index < edges.length; index++) {
    logMel.push(sound.subarray(edges[index - 1], edges[index]), (frame) => frames.push([...frame]));
  }
  return frames;
}

test('PowerSpectrum equals the sum that defines it', () => {
  const size = 32;
  const signal = Float64Array.from(noise(size));
  const power = new Float64Array(size / 2 + 1);
  new PowerSpectrum(size).compute(signal, power);
  for (let bin = 0; bin <= size / 2; bin++) {
    let real = 0;
    let imaginary = 0;
    signal.forEach((sample, n) => {
      real += sample * Math.cos((2 * Math.PI * bin * n) / size);
      imaginary -= sample * Math.sin((2 * Math.PI * bin * n) / size);
    });
    expect(power[bin]).toBeCloseTo(real * real + imaginary * imaginary, 12);
  }
});

test('LogMel puts a tone into the filter that holds its frequency', () => {
  const mel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
  for (const hz of [300, 1000, 4000]) {
    const frame = melOf(tone(hz, 1600), []).at(-1) ?? [];
    const loudest = frame.indexOf(Math.max(...frame));
    const step = (mel(7600) - mel(20)) / 41;
    expect(Math.abs(mel(20) + (loudest + 1) * step - mel(hz))).toBeLessThan(step);
  }
});

test('LogMel says the floor in silence, and nothing but numbers whatever it is given', () => {
  for (const value of melOf(new Float32Array(480), [])[0] ?? []) expect(value).toBeCloseTo(Math.log(1e-7), 5);
  const broken = noise(1600);
  broken[700] = NaN;
  broken[701] = Infinity;
  expect(melOf(broken, []).flat().every(Number.isFinite)).toBe(true);
});

test('any cutting of the sound gives the same log-mel frames', () => {
  const sound = noise(5000);
  const whole = melOf(sound, []);
  expect(whole).toHaveLength(Math.floor(5000 / 160));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: sound.length }), { maxLength: 40 }), (cuts) => {
      expect(melOf(sound, cuts)).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test('Windower gives whole hops, oldest first, and none twice', () => {
  const sound = noise(160 * 4 * 3000 + 159);
  const windower = new Windower(OPTIONS, 4);
  windower.push(sound);
  expect(windower.depth).toBe(3000);
  const frames = melOf(sound.subarray(0, 160 * 4 * 3), []);
  for (let hop = 0; hop < 3; hop++) {
    expect([...(windower.take() ?? [])]).toEqual(frames.slice(hop * 4, hop * 4 + 4).flat());
  }
  let left = 0;
  while (windower.take() !== undefined) left++;
  expect(left).toBe(2997);
  expect(windower.depth).toBe(0);
  windower.push(new Float32Array(160 * 4 - 159));
  expect(windower.depth).toBe(1);
});
