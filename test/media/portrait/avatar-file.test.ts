import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AvatarError } from '../../../src/base/errors.ts';
import {
  AVATAR_FILE_LIMIT_BYTES,
  AVATAR_FILE_VERSION,
  readAvatarFile,
  writeAvatarFile,
} from '../../../src/media/portrait/avatar-file.ts';
import type { AvatarMetadata } from '../../../src/media/portrait/avatar-header.ts';
import type { AvatarSection } from '../../../src/media/portrait/avatar-section.ts';
import { crc32 } from '../../../src/media/portrait/crc32.ts';

const METADATA: AvatarMetadata = {
  portraitSha256: 'ab'.repeat(32),
  consent: { text: 'I am the person shown', time: '2026-03-01T10:00:00.000Z', scope: 'live-call' },
  tool: 'visavis test',
  codec: 'mesh',
  details: { sizePx: 512, note: 'ünïcode', list: [1, 2, null] },
};

const SECTIONS = new Map<string, AvatarSection>([
  ['mesh.positions', { type: 'float32', shape: [2, 3], values: Float32Array.of(0, -1.5, 2, 3, 4, NaN) }],
  ['mesh.triangles', { type: 'uint16', shape: [3], values: Uint16Array.of(0, 1, 65535) }],
  ['odd', { type: 'uint8', shape: [5], values: Uint8Array.of(1, 2, 3, 4, 5) }],
  ['empty', { type: 'int32', shape: [0, 3], values: new Int32Array(0) }],
  [
    'image.face',
    { type: 'image', encoding: 'png', widthPx: 4, heightPx: 2, channels: 4, bytes: Uint8Array.of(9, 8, 7) },
  ],
]);

/** Puts the right checksum on what was changed, so that the checks behind it are reached. */
function resealed(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(20, crc32(bytes.subarray(24)), true);
  return bytes;
}

function withHeader(change: (header: { metadata: unknown; sections: Record<string, unknown>[] }) => void): Uint8Array {
  const file = writeAvatarFile(METADATA, SECTIONS);
  const view = new DataView(file.buffer);
  const headerBytes = view.getUint32(12, true);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(24, 24 + headerBytes))) as {
    metadata: unknown;
    sections: Record<string, unknown>[];
  };
  change(header);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bodyStart = Math.ceil((24 + headerBytes) / 8) * 8;
  const body = file.subarray(bodyStart);
  const start = Math.ceil((24 + json.length) / 8) * 8;
  const changed = new Uint8Array(start + body.length);
  changed.set(file.subarray(0, 24));
  changed.set(json, 24);
  changed.set(body, start);
  const prelude = new DataView(changed.buffer);
  prelude.setUint32(12, json.length, true);
  prelude.setUint32(16, changed.length, true);
  return resealed(changed);
}

function codeOf(bytes: Uint8Array): string {
  try {
    readAvatarFile(bytes);
    return 'read';
  } catch (thrown) {
    if (thrown instanceof AvatarError) return thrown.code;
    throw thrown;
  }
}

describe('avatar file', () => {
  it('gives back what was written, wherever it lies in memory', () => {
    const file = writeAvatarFile(METADATA, SECTIONS);
    for (const offset of [0, 1, 4, 8]) {
      const home = new Uint8Array(file.length + offset);
      home.set(file, offset);
      const { metadata, sections } = readAvatarFile(home.subarray(offset));
      expect(metadata).toEqual(METADATA);
      expect(sections).toEqual(SECTIONS);
    }
    expect(writeAvatarFile(METADATA, SECTIONS)).toEqual(file);
  });

  it('gives back any arrays under any names', () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
    const section = fc.oneof(
      fc
        .float32Array({ maxLength: 40 })
        .map((values): AvatarSection => ({ type: 'float32', shape: [values.length], values })),
      fc
        .int16Array({ maxLength: 40 })
        .map((values): AvatarSection => ({ type: 'int16', shape: [values.length, 1], values })),
      fc
        .uint8Array({ maxLength: 40 })
        .map((values): AvatarSection => ({ type: 'uint8', shape: [1, values.length], values })),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes): AvatarSection => ({
        type: 'image',
        encoding: 'webp',
        widthPx: 3,
        heightPx: 5,
        channels: 3,
        bytes,
      })),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, section), { maxLength: 12 }), (entries) => {
        const sections = new Map(entries);
        expect(readAvatarFile(writeAvatarFile(METADATA, sections)).sections).toEqual(sections);
      }),
    );
  });

  it('refuses a file that was cut off anywhere', () => {
    const file = writeAvatarFile(METADATA, SECTIONS);
    for (let length = 0; length < file.length; length++) {
      expect(codeOf(file.subarray(0, length))).toBe(length < 8 ? 'AVATAR_FOREIGN' : 'AVATAR_CORRUPT');
    }
  });

  it('refuses a file with any one bit changed', () => {
    const file = writeAvatarFile(METADATA, SECTIONS);
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(7), (at, bit) => {
        const changed = file.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(codeOf(changed)).not.toBe('read');
      }),
      { numRuns: 500 },
    );
  });

  it('refuses what is no avatar file', () => {
    expect(codeOf(new Uint8Array(0))).toBe('AVATAR_FOREIGN');
    expect(codeOf(new TextEncoder().encode('{"avatar": true}'))).toBe('AVATAR_FOREIGN');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(codeOf(bytes)).toBe('AVATAR_FOREIGN');
      }),
    );
  });

  it('answers noise behind the magic bytes with a code and never with another error', () => {
    const magic = writeAvatarFile(METADATA, SECTIONS).slice(0, 8);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 400 }), (noise) => {
        const bytes = new Uint8Array(8 + noise.length);
        bytes.set(magic);
        bytes.set(noise, 8);
        const view = new DataView(bytes.buffer);
        view.setUint32(8, AVATAR_FILE_VERSION, true);
        view.setUint32(16, bytes.length, true);
        view.setUint32(12, (noise[4] ?? 0) % bytes.length, true);
        expect(codeOf(resealed(bytes))).toBe('AVATAR_CORRUPT');
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a file of a later program by its version', () => {
    const file = writeAvatarFile(METADATA, SECTIONS);
    new DataView(file.buffer).setUint32(8, AVATAR_FILE_VERSION + 1, true);
    expect(codeOf(file)).toBe('AVATAR_VERSION');
  });

  it.each<[string, (header: { metadata: unknown; sections: Record<string, unknown>[] }) => void]>([
    ['a section behind the end', ({ sections }) => Object.assign(sections[0] ?? {}, { offset: 1 << 20 })],
    ['a section over another', ({ sections }) => Object.assign(sections[1] ?? {}, { offset: 0 })],
    ['a section before the first', ({ sections }) => Object.assign(sections[0] ?? {}, { offset: -8 })],
    ['a section between two places', ({ sections }) => Object.assign(sections[1] ?? {}, { offset: 25 })],
    ['a shape that does not fit', ({ sections }) => Object.assign(sections[0] ?? {}, { shape: [3, 3] })],
    ['a shape beyond all numbers', ({ sections }) => Object.assign(sections[0] ?? {}, { shape: [2 ** 52, 2 ** 52] })],
    ['an unknown type', ({ sections }) => Object.assign(sections[0] ?? {}, { type: 'float64' })],
    ['a type from the prototype', ({ sections }) => Object.assign(sections[0] ?? {}, { type: 'toString' })],
    ['two sections of one name', ({ sections }) => Object.assign(sections[1] ?? {}, { name: 'mesh.positions' })],
    ['a name that climbs', ({ sections }) => Object.assign(sections[0] ?? {}, { name: '../x' })],
    ['a picture as large as a wall', ({ sections }) => Object.assign(sections[4] ?? {}, { shape: [9999, 9999, 4] })],
    ['no consent', (header) => Object.assign(header.metadata as object, { consent: undefined })],
    [
      'empty consent',
      (header) => Object.assign(header.metadata as object, { consent: { ...METADATA.consent, text: ' ' } }),
    ],
    ['no digest', (header) => Object.assign(header.metadata as object, { portraitSha256: 'no' })],
    ['no metadata', (header) => Object.assign(header, { metadata: null })],
    ['no sections', (header) => Object.assign(header, { sections: 'none' })],
  ])('refuses a header with %s although the checksum is right', (_, change) => {
    expect(codeOf(withHeader(change))).toBe('AVATAR_CORRUPT');
  });

  it('refuses to write or read more than 6 MB', () => {
    const big: AvatarSection = {
      type: 'uint8',
      shape: [AVATAR_FILE_LIMIT_BYTES],
      values: new Uint8Array(AVATAR_FILE_LIMIT_BYTES),
    };
    expect(() => writeAvatarFile(METADATA, new Map([['big', big]]))).toThrow(/at most 6 MB/);
    const file = writeAvatarFile(METADATA, SECTIONS);
    const long = new Uint8Array(AVATAR_FILE_LIMIT_BYTES + 1);
    long.set(file);
    expect(codeOf(long)).toBe('AVATAR_TOO_LARGE');
  });
});

describe('crc32()', () => {
  it('is the checksum of ISO 3309', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });
});
