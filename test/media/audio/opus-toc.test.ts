import { describe, expect, it } from 'vitest';
import { isWellFormedOpus, readOpusShape } from '../../../src/media/audio/opus-toc.ts';

/** A packet of `bytes` bytes whose first is the table of contents. */
function packet(configuration: number, code: number, bytes: number, second = 0): Uint8Array {
  const data = new Uint8Array(bytes);
  data[0] = (configuration << 3) | code;
  if (bytes > 1) data[1] = second;
  return data;
}

describe('readOpusShape()', () => {
  it.each([
    ['SILK 10 ms', 0, 0, 0, 10_000],
    ['SILK 60 ms', 11, 0, 0, 60_000],
    ['hybrid 20 ms', 13, 0, 0, 20_000],
    ['CELT 2.5 ms', 16, 0, 0, 2_500],
    ['CELT 20 ms', 31, 0, 0, 20_000],
    ['two frames of 20 ms', 31, 1, 0, 40_000],
    ['three frames of 20 ms', 31, 3, 3, 60_000],
    ['six frames of 20 ms, the longest', 31, 3, 6, 120_000],
  ])('knows the duration of %s', (_, configuration, code, second, durationUs) => {
    expect(readOpusShape(packet(configuration, code, 40, second))?.durationUs).toBe(durationUs);
  });

  it('refuses what no encoder makes', () => {
    expect(readOpusShape(new Uint8Array())).toBeUndefined();
    expect(readOpusShape(packet(31, 3, 1))).toBeUndefined();
    expect(readOpusShape(packet(31, 3, 10, 0))).toBeUndefined();
    expect(readOpusShape(packet(31, 3, 10, 7))).toBeUndefined();
    expect(readOpusShape(packet(11, 3, 10, 3))).toBeUndefined();
  });

  it('sees stereo and silence by transmission', () => {
    expect(readOpusShape(Uint8Array.of((31 << 3) | 4, 1, 2, 3))).toMatchObject({ stereo: true, dtx: false });
    expect(readOpusShape(Uint8Array.of(31 << 3))).toMatchObject({ stereo: false, dtx: true });
    expect(readOpusShape(Uint8Array.of(31 << 3, 9))?.dtx).toBe(true);
  });
});

describe('isWellFormedOpus()', () => {
  it('checks that the lengths inside add up', () => {
    expect(isWellFormedOpus(packet(1, 0, 1276))).toBe(true);
    expect(isWellFormedOpus(packet(1, 0, 1277))).toBe(false);
    expect(isWellFormedOpus(packet(1, 1, 41))).toBe(true);
    expect(isWellFormedOpus(packet(1, 1, 40))).toBe(false);
    expect(isWellFormedOpus(packet(1, 2, 40, 20))).toBe(true);
    expect(isWellFormedOpus(packet(1, 2, 40, 39))).toBe(false);
    expect(isWellFormedOpus(packet(1, 2, 2, 253))).toBe(false);
    // Code 3, padding of 255 without an end.
    expect(isWellFormedOpus(Uint8Array.of(0x0b, 0x41, 255))).toBe(false);
    expect(isWellFormedOpus(Uint8Array.of(0x0b, 0x41, 1, 7, 0))).toBe(true);
    // Code 3, two frames of different length, the first longer than there is.
    expect(isWellFormedOpus(Uint8Array.of(0x0b, 0x82, 9, 1))).toBe(false);
    expect(isWellFormedOpus(Uint8Array.of(0x0b, 0x82, 1, 1, 2, 2))).toBe(true);
  });
});
