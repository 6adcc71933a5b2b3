import { describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { OPUS_SILENCE } from '../../../src/media/pipeline.ts';
import { OpusDecoderPool } from '../../../src/native/codec/opus-decoder-pool.ts';
import { OpusDecoder } from '../../../src/native/codec/opus-decoder.ts';
import { OpusEncoder } from '../../../src/native/codec/opus-encoder.ts';

async function buzz(count: number): Promise<Uint8Array[]> {
  const encoder = await OpusEncoder.open();
  const packets = Array.from({ length: count }, (_, packet) => {
    const samples = Float32Array.from(
      { length: 960 },
      (__, index) => 0.4 * Math.sin((2 * Math.PI * 200 * (packet * 960 + index)) / 48_000),
    );
    return encoder.encode(samples).slice();
  });
  encoder.close();
  return packets;
}

function rms(samples: Float32Array = new Float32Array(1)): number {
  return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
}

describe('OpusDecoder', () => {
  it('decodes to 16 kHz mono, and conceals a loss with what was said before', async () => {
    const decoder = await OpusDecoder.open();
    const packets = await buzz(20);
    for (const packet of packets) expect(decoder.decode(packet)).toHaveLength(320);
    const made = decoder.conceal(40_000);
    expect(made).toHaveLength(640);
    expect(rms(made?.subarray(0, 320))).toBeGreaterThan(0.1);
    decoder.close();
  });

  it('falls silent with the packet that the pipeline sends after speech that was stopped', async () => {
    const decoder = await OpusDecoder.open();
    for (const packet of await buzz(20)) decoder.decode(packet);
    decoder.decode(OPUS_SILENCE);
    expect(rms(decoder.decode(OPUS_SILENCE))).toBeLessThan(0.001);
    expect(rms(decoder.conceal(20_000))).toBeLessThan(0.001);
    decoder.close();
  });

  it('says nothing to rubbish, writes nothing to the console, and goes on', async () => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const decoder = await OpusDecoder.open();
    const [packet = new Uint8Array()] = await buzz(1);
    const random = seededRandom(9);
    for (let round = 0; round < 2000; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(random.uniform() * 120) }, () => random.uniform() * 256);
      const samples = decoder.decode(bytes);
      if (samples !== undefined) expect(samples.every((each) => Number.isFinite(each))).toBe(true);
    }
    expect(decoder.decode(new Uint8Array())).toBeUndefined();
    expect(decoder.decode(packet)).toHaveLength(320);
    expect(silent).not.toHaveBeenCalled();
    silent.mockRestore();
    decoder.close();
  });
});

describe('OpusDecoderPool', () => {
  it('hands a decoder out again, without what it heard', async () => {
    const pool = await OpusDecoderPool.open(1);
    const first = await pool.take();
    for (const packet of await buzz(10)) first.decode(packet);
    await pool.give(first);
    const again = await pool.take();
    expect(again).toBe(first);
    expect(rms(again.conceal(20_000))).toBeLessThan(0.01);
    await pool.give(again);
    pool.close();
  });
});
