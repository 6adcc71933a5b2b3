import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WavReader } from '../../../src/media/audio/wav-reader.ts';
import { tone, wavFile } from '../../support/sound.ts';

function read(file: Uint8Array, cuts: readonly number[] = []): { samples: Float32Array; reader: WavReader } {
  const reader = new WavReader();
  const edges = [0, ...cuts.map((cut) => Math.floor(cut * file.length)).sort((a, b) => a - b), file.length];
  const pieces = edges.slice(1).map((edge, index) => reader.push(file.subarray(edges[index], edge)));
  return { samples: Float32Array.from(pieces.flatMap((piece) => [...piece])), reader };
}

/** A file of one sample frame in any codec. */
function header(codec: number, bits: number, sound: readonly number[], extra: readonly number[] = []): Buffer {
  const file = Buffer.concat([wavFile(16_000, new Float32Array(0)), Buffer.from(extra), Buffer.from(sound)]);
  file.writeUInt16LE(codec, 20);
  file.writeUInt16LE(bits, 34);
  file.writeUInt32LE(sound.length, 40);
  return file;
}

describe('WavReader', () => {
  test('mixes channels and knows the length', () => {
    const { samples, reader } = read(wavFile(44_100, tone(440, 44_100, 0.1), new Float32Array(4410)));
    expect(reader.format).toEqual({ sampleRateHz: 44_100, channelCount: 2, durationUs: 100_000 });
    expect(samples).toHaveLength(4410);
    expect(samples[25]).toBeCloseTo(tone(440, 44_100, 0.1)[25]! / 2, 3);
    expect(reader.truncated).toBe(false);
  });

  test('gives the same samples whichever way the bytes are cut', () => {
    const file = wavFile(8_000, tone(200, 8_000, 0.05), tone(300, 8_000, 0.05));
    const whole = read(file).samples;
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (cuts) => {
        expect(read(file, cuts).samples).toEqual(whole);
      }),
    );
  });

  test.each([
    ['8 bits', 1, 8, [192], 0.5],
    ['16 bits', 1, 16, [0, 0xc0], -0.5],
    ['24 bits', 1, 24, [0, 0, 0xc0], -0.5],
    ['32 bits', 1, 32, [0, 0, 0, 0x40], 0.5],
    ['float', 3, 32, [0, 0, 0, 0x3f], 0.5],
    ['float that is no number', 3, 32, [0, 0, 0xc0, 0x7f], 0],
    ['float beyond full scale', 3, 32, [0, 0, 0, 0x40], 1],
    ['float of 64 bits', 3, 64, [0, 0, 0, 0, 0, 0, 0xe0, 0x3f], 0.5],
    ['A-law', 6, 8, [0xd5], 8 / 0x8000],
    ['A-law, loudest', 6, 8, [0xaa], 32256 / 0x8000],
    ['mu-law', 7, 8, [0xff], 0],
    ['mu-law, loudest', 7, 8, [0x80], 32124 / 0x8000],
  ])('reads %s', (_, codec, bits, sound, expected) => {
    expect(read(header(codec, bits, sound)).samples[0]).toBeCloseTo(expected, 6);
  });

  test.each([0, 0xffffffff])('reads a stream whose header gives the size %i', (size) => {
    const file = wavFile(16_000, tone(200, 16_000, 0.05));
    file.writeUInt32LE(size, 40);
    const { samples, reader } = read(file);
    expect(samples).toHaveLength(800);
    expect(reader.format?.durationUs).toBeUndefined();
    expect(reader.truncated).toBe(false);
  });

  test('says that a file ends early, and gives what there is', () => {
    const { samples, reader } = read(wavFile(16_000, tone(200, 16_000, 0.1)).subarray(0, 1001));
    expect(samples).toHaveLength(478);
    expect(reader.truncated).toBe(true);
  });

  test('does not take what follows the sound for sound', () => {
    const file = Buffer.concat([wavFile(16_000, tone(200, 16_000, 0.01)), Buffer.from('LIST\x04\x00\x00\x00abcd')]);
    expect(read(file, [0.5, 0.9]).samples).toHaveLength(160);
  });

  test.each([
    ['another file', Buffer.from('RIFF....AVI LIST....'), /no WAV header/],
    ['a codec that is not read here', header(2, 4, [0]), /codec 2 with 4 bits/],
    ['no channels', Buffer.from(wavFile(16_000, new Float32Array(4))).fill(0, 22, 24), /0 channels/],
    ['no rate', Buffer.from(wavFile(16_000, new Float32Array(4))).fill(0, 24, 28), /0 Hz/],
  ])('refuses %s', (_, file, message) => {
    expect(() => read(file)).toThrow(message);
  });

  test('never fails in another way, whatever the bytes', () => {
    const file = wavFile(8_000, tone(200, 8_000, 0.01));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(43), fc.nat(255)), { minLength: 1, maxLength: 6 }), (edits) => {
        const broken = Buffer.from(file);
        for (const [offset, value] of edits) broken[offset] = value;
        try {
          const { samples } = read(broken);
          expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'AUDIO_UNREADABLE' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
