import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MonoMixer } from '../../../src/media/audio/mono-mixer.ts';
import { tone } from '../../support/sound.ts';

function mix(left: Float32Array, right: Float32Array, cuts: readonly number[] = []): [Float32Array, boolean] {
  const stereo = Float32Array.from({ length: 2 * left.length }, (_, n) => (n % 2 === 0 ? left : right)[n >> 1]!);
  const mixer = new MonoMixer();
  const pieces: number[] = [];
  let from = 0;
  for (const to of [...cuts.map((cut) => 2 * cut).sort((a, b) => a - b), stereo.length]) {
    pieces.push(...mixer.push(stereo.subarray(from, to)));
    from = to;
  }
  return [Float32Array.from([...pieces, ...mixer.flush()]), mixer.cancelled];
}

const rms = (samples: Float32Array): number => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

describe('MonoMixer', () => {
  const voice = tone(220, 48_000, 0.1);
  const silence = new Float32Array(voice.length);

  test('takes the mean of both sides', () => {
    expect(mix(voice, voice)).toEqual([voice, false]);
    const [mono, cancelled] = mix(voice, silence);
    expect(cancelled).toBe(false);
    expect(rms(mono)).toBeCloseTo(rms(voice) / 2, 3);
  });

  test('takes the louder side where they cancel each other', () => {
    const inverted = voice.map((sample) => -0.9 * sample);
    const [mono, cancelled] = mix(voice, inverted);
    expect(cancelled).toBe(true);
    expect(rms(mono)).toBeGreaterThan(0.9 * rms(voice));
  });

  test('calls silence no cancellation', () => {
    expect(mix(silence, silence)).toEqual([silence, false]);
  });

  test('gives the same however the sound is cut', () => {
    const right = voice.map((sample, index) => (index < 2000 ? sample : -sample));
    const [whole] = mix(voice, right);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: voice.length })), (cuts) => {
        expect(mix(voice, right, cuts)[0]).toEqual(whole);
      }),
      { numRuns: 10 },
    );
  });
});
