import { describe, expect, test, vi } from 'vitest';
import { readOpusShape } from '../../../src/media/audio/opus-toc.ts';
import { OpusDecoder } from '../../../src/native/codec/opus-decoder.ts';
import { OPUS_FRAME_SAMPLES, OPUS_RATE_HZ, OpusEncoder } from '../../../src/native/codec/opus-encoder.ts';
import { SoundMixer } from '../../../src/native/codec/sound-mixer.ts';
import { tone } from '../../support/sound.ts';

/** @returns how much of a tone's strength is left after Opus. */
async function kept(hz: number, content: 'speech' | 'any'): Promise<number> {
  const sound = tone(hz, OPUS_RATE_HZ, 1);
  const encoder = await OpusEncoder.open({ content, bitrateBps: 64_000, forwardErrorCorrection: false });
  const decoder = await OpusDecoder.open();
  let power = 0;
  for (let packet = 0; packet < 50; packet++) {
    const at = packet * OPUS_FRAME_SAMPLES;
    const heard = decoder.decode(encoder.encode(sound.subarray(at, at + OPUS_FRAME_SAMPLES))) ?? [];
    // After the first tenth of a second, when filters have settled.
    if (packet >= 5) for (const sample of heard) power += sample * sample;
  }
  encoder.close();
  decoder.close();
  return Math.sqrt(power / (45 * 320)) / (0.5 / Math.SQRT2);
}

describe('OpusEncoder', () => {
  test('keeps the bass of music where it is not speech alone', async () => {
    expect(await kept(40, 'any')).toBeGreaterThan(0.9);
    expect(await kept(40, 'speech')).toBeLessThan(0.9);
    expect(await kept(1000, 'speech')).toBeGreaterThan(0.9);
  });
});

describe('SoundMixer', () => {
  test('has no packet until its encoder is open, then one of 20 ms for each', async () => {
    const mixer = new SoundMixer();
    const samples = tone(300, 16_000, 0.02);
    expect(mixer.encode(samples)).toBeUndefined();
    const packet = await vi.waitUntil(() => mixer.encode(samples), { timeout: 10_000 });
    expect(readOpusShape(packet)?.durationUs).toBe(20_000);
    mixer.close();
    expect(mixer.encode(samples)).toBeUndefined();
  });
});
