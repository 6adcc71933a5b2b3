import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { VoiceActivity } from '../../../src/media/features/voice-activity.ts';

const RATE_HZ = 16_000;

function hiss(seconds: number, dbfs: number): Float32Array {
  const random = seededRandom(3);
  const gain = 10 ** (dbfs / 20);
  return Float32Array.from({ length: seconds * RATE_HZ }, () => gain * random.normal());
}

test('VoiceActivity says when the voice fell silent, a hangover later', () => {
  const activity = new VoiceActivity(RATE_HZ);
  expect(activity.silentSinceUs).toBe(0);
  activity.push(hiss(1, -20));
  expect(activity.silentSinceUs).toBeUndefined();
  activity.push(new Float32Array(0.2 * RATE_HZ));
  expect(activity.silentSinceUs).toBeUndefined();
  activity.push(new Float32Array(0.2 * RATE_HZ));
  expect(activity.silentSinceUs).toBe(1_300_000);
});

test('a room that hums is not a voice for ever', () => {
  const activity = new VoiceActivity(RATE_HZ);
  activity.push(hiss(12, -40));
  expect(activity.silentSinceUs).toBeDefined();
  activity.push(hiss(0.2, -20));
  expect(activity.silentSinceUs).toBeUndefined();
});

test('any cutting of the sound gives the same moments', () => {
  const sound = new Float32Array(RATE_HZ);
  sound.set(hiss(0.4, -25), 2000);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
      const activity = new VoiceActivity(RATE_HZ);
      for (let start = 0, index = 0; start < sound.length; index++) {
        const size = sizes[index % sizes.length] ?? 1;
        activity.push(sound.subarray(start, start + size));
        start += size;
      }
      expect(activity.silentSinceUs).toBe(830_000);
    }),
  );
});
