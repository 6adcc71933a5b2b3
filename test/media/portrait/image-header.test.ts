import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AvatarError } from '../../../src/base/errors.ts';
import { readImageHeader } from '../../../src/media/portrait/image-header.ts';

const text = (word: string): number[] => Array.from(new TextEncoder().encode(word));
const uint32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const uint16 = (value: number): number[] => [value >> 8, value & 255];
const box = (type: string, contents: number[]): number[] => [
  ...uint32(8 + contents.length),
  ...text(type),
  ...contents,
];

function pngHeader(width: number, height: number): Uint8Array {
  const signature = [0x89, ...text('PNG'), 0x0d, 0x0a, 0x1a, 0x0a];
  return Uint8Array.from([
    ...signature,
    ...uint32(13),
    ...text('IHDR'),
    ...uint32(width),
    ...uint32(height),
    8,
    2,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
}

function jpegHeader(width: number, height: number): Uint8Array {
  const app = [0xff, 0xe0, ...uint16(4), 1, 2];
  const frame = [0xff, 0xc2, ...uint16(11), 8, ...uint16(height), ...uint16(width), 1, 1, 0x11, 0];
  return Uint8Array.from([0xff, 0xd8, ...app, 0xff, 0xff, ...frame.slice(1)]);
}

function webpHeader(width: number, height: number): Uint8Array {
  const uint24 = (value: number): number[] => [value & 255, (value >> 8) & 255, value >> 16];
  const chunk = [...text('VP8X'), 10, 0, 0, 0, 0, 0, 0, 0, ...uint24(width - 1), ...uint24(height - 1)];
  return Uint8Array.from([...text('RIFF'), 50, 0, 0, 0, ...text('WEBP'), ...chunk]);
}

function avifHeader(width: number, height: number, brand = 'avif'): Uint8Array {
  const extents = box('ispe', [...uint32(0), ...uint32(width), ...uint32(height)]);
  const thumbnail = box('ispe', [...uint32(0), ...uint32(16), ...uint32(16)]);
  const meta = box('meta', [...uint32(0), ...box('iprp', box('ipco', [...thumbnail, ...extents]))]);
  return Uint8Array.from([...box('ftyp', [...text(brand), ...uint32(0), ...text('mif1')]), ...meta]);
}

function outcome(bytes: Uint8Array): unknown {
  try {
    return readImageHeader(bytes);
  } catch (thrown) {
    if (thrown instanceof AvatarError) return thrown.code;
    throw thrown;
  }
}

const MAKERS = { avif: avifHeader, jpeg: jpegHeader, png: pngHeader, webp: webpHeader } as const;

describe('readImageHeader()', () => {
  it('takes fewer pixels of formats that are decoded whole, however small the file is', () => {
    expect(outcome(avifHeader(6000, 6000))).toBe('IMAGE_TOO_LARGE');
    expect(outcome(avifHeader(6000, 6000, 'heic'))).toBe('IMAGE_TOO_LARGE');
    expect(outcome(jpegHeader(6000, 6000))).toMatchObject({ widthPx: 6000 });
  });

  it.each(Object.entries(MAKERS))('reads the size of %s', (format, make) => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 3600 }), fc.integer({ min: 16, max: 3600 }), (widthPx, heightPx) => {
        expect(outcome(make(widthPx, heightPx))).toEqual({ format, widthPx, heightPx });
      }),
    );
  });

  it.each(Object.entries(MAKERS))('refuses %s of more than 40 megapixels before anything is decoded', (_, make) => {
    expect(outcome(make(8000, 5001))).toBe('IMAGE_TOO_LARGE');
    expect(outcome(make(16_000, 16_000))).toBe('IMAGE_TOO_LARGE');
  });

  it('refuses a picture of no size', () => {
    expect(outcome(pngHeader(0, 100))).toBe('IMAGE_UNREADABLE');
    expect(outcome(jpegHeader(100, 0))).toBe('IMAGE_UNREADABLE');
  });

  it('refuses other pictures, other files and cut headers', () => {
    for (const other of ['GIF89a......................', '<svg xmlns="..."></svg>', 'BM', '%PDF-1.7', '']) {
      expect(outcome(Uint8Array.from(text(other)))).toBe('IMAGE_UNREADABLE');
    }
    for (const [, make] of Object.entries(MAKERS)) {
      const header = make(300, 200);
      for (let length = 0; length < 17; length++) expect(outcome(header.subarray(0, length))).toBe('IMAGE_UNREADABLE');
    }
  });

  it('answers any bytes behind any magic with a header or a code', () => {
    const start = fc.constantFrom(...Object.values(MAKERS).map((make) => [...make(64, 64)]));
    fc.assert(
      fc.property(start, fc.nat(60), fc.uint8Array({ maxLength: 200 }), (header, kept, noise) => {
        const result = outcome(Uint8Array.from([...header.slice(0, kept), ...noise]));
        expect(typeof result === 'string' || typeof result === 'object').toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('ends on boxes and segments that point at themselves', () => {
    expect(
      outcome(Uint8Array.from([...box('ftyp', [...text('avif'), ...uint32(0)]), ...uint32(1), ...text('meta')])),
    ).toBe('IMAGE_UNREADABLE');
    expect(outcome(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0, 0, 0]))).toBe('IMAGE_UNREADABLE');
  });
});
