import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EBML_ID, ebmlElement, ebmlId, ebmlSize, readEbmlNumber } from '../../../src/native/codec/ebml.ts';

describe('EBML numbers', () => {
  test('read as they were written, at every width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (width, share) => {
        const value = Math.floor(share * Math.min(2 ** (7 * width) - 1, Number.MAX_SAFE_INTEGER));
        expect(readEbmlNumber(Uint8Array.of(7, ...ebmlSize(value, width)), 1)).toMatchObject({ value, length: width });
      }),
    );
  });

  test.each([1, 2, 6, 8])('of %i bytes with all bits set are of unknown value', (width) => {
    const bytes = new Uint8Array(width).fill(0xff);
    bytes[0] = 0xff >> (width - 1);
    expect(readEbmlNumber(bytes, 0)).toMatchObject({ value: undefined, length: width });
  });

  test.each([[[]], [[0]], [[0x40]], [[0x01, 0, 0]]])('of %j are none', (bytes) => {
    expect(readEbmlNumber(Uint8Array.from(bytes), 0)).toBeUndefined();
  });
});

test('an element says its id, its length and what is in it', () => {
  const text = Uint8Array.of(65, 66);
  expect([...ebmlElement(EBML_ID.tagName, text)]).toEqual([0x45, 0xa3, 0x10, 0, 0, 2, 65, 66]);
  expect(readEbmlNumber(ebmlId(EBML_ID.segment), 0)?.raw).toBe(EBML_ID.segment);
});
