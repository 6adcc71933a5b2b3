import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { AvatarError } from '../../../src/base/errors.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { MOTION_INDEX, restMotion } from '../../../src/media/motion-space.ts';
import { readAvatarFile, writeAvatarFile, type AvatarFile } from '../../../src/media/portrait/avatar-file.ts';
import type { AvatarSection } from '../../../src/media/portrait/avatar-section.ts';
import { unpackAppearance } from '../../../src/native/codec/appearance-file.ts';
import { MeshCodec } from '../../../src/native/raster/mesh-codec.ts';
import { enrolPortrait } from '../../../src/native/worker/enrol-portrait.ts';
import { astronautPng } from '../../support/portraits.ts';

const CONSENT = { text: 'A picture in the public domain', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
const SIZE = 256;

let file: AvatarFile;
let avatar: Uint8Array;

beforeAll(async () => {
  avatar = await enrolPortrait(await astronautPng(), CONSENT);
  file = readAvatarFile(avatar);
});

/** Opens and draws. @returns the code of what was refused, or `drawn`. */
async function outcome(sections: ReadonlyMap<string, AvatarSection>): Promise<string> {
  try {
    const bytes = writeAvatarFile(file.metadata, sections);
    const decoder = await new MeshCodec().open(bytes, { sizePx: SIZE, background: 'portrait', badge: true, seed: 1 });
    const motion = restMotion();
    motion[MOTION_INDEX.jawOpen] = 0.5;
    motion[MOTION_INDEX.eyeBlinkLeft] = 0.7;
    motion[MOTION_INDEX.headYaw] = 15;
    const picture = new Uint8Array(SIZE * SIZE * 4);
    decoder.drawRgba(motion, mediaTimeUs(0), picture);
    decoder.drawI420(motion, mediaTimeUs(0), picture.subarray(0, (SIZE * SIZE * 3) / 2));
    decoder.close();
    return 'drawn';
  } catch (thrown) {
    if (thrown instanceof AvatarError) return thrown.code;
    throw thrown;
  }
}

/** Every place in a JSON value that can be replaced. */
function placesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const FACTS = 'appearance.facts';
const ODD_FACTS = [undefined, null, -1, 0, 0.5, 1e4, 65_535, 1e30, '', 'x', true, [], {}, [1, 2, 3], { x: 1 }];
const ODD_NUMBERS = [0, -1, 1, 255, 65_535, 1e6, -1e30, NaN, Infinity, -Infinity];
const CODES = ['drawn', 'AVATAR_CORRUPT', 'AVATAR_TOO_LARGE'];

describe('an avatar whose checksum is right but whose contents are not', () => {
  it('is refused or drawn, whatever its facts say', { timeout: 300_000 }, async () => {
    const section = file.sections.get(FACTS);
    if (section?.type !== 'uint8') throw new Error('an avatar has facts');
    const facts: unknown = JSON.parse(new TextDecoder().decode(section.values));
    const place = fc.constantFrom(...placesOf(facts));
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(...ODD_FACTS), async (path, odd) => {
        const values = new TextEncoder().encode(JSON.stringify(replaced(facts, path, odd) ?? null));
        const sections = new Map(file.sections).set(FACTS, { type: 'uint8', shape: [values.length], values });
        expect(CODES).toContain(await outcome(sections));
      }),
      { numRuns: 120 },
    );
  });

  it('is refused or drawn, whatever its arrays hold', { timeout: 300_000 }, async () => {
    const names = [...file.sections.keys()].filter((name) => name !== FACTS && !/^(image|alpha)\./.test(name));
    const changes = fc.array(
      fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom(...ODD_NUMBERS)),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), changes, fc.boolean(), async (name, edits, shorter) => {
        const section = file.sections.get(name);
        if (section === undefined || section.type === 'image') throw new Error(`${name} is an array`);
        const values = section.values.slice(0, section.values.length - (shorter ? 3 : 0));
        for (const [share, value] of edits) values[Math.floor(share * values.length)] = value;
        const changed = { ...section, shape: [values.length], values } as AvatarSection;
        expect(CODES).toContain(await outcome(new Map(file.sections).set(name, changed)));
      }),
      { numRuns: 60 },
    );
  });

  it('is refused or drawn, whatever its layers are', { timeout: 300_000 }, async () => {
    const names = [...file.sections.keys()].filter((name) => /^(image|alpha)\./.test(name));
    const name = fc.constantFrom(...names);
    const change = fc.constantFrom('lost', 'noise', 'cut', 'other', 'size');
    await fc.assert(
      fc.asyncProperty(name, name, change, fc.nat(200), async (layer, other, kind, amount) => {
        const section = file.sections.get(layer);
        const second = file.sections.get(other);
        if (section?.type !== 'image' || second?.type !== 'image') throw new Error('layers are images');
        const sections = new Map(file.sections);
        const bytes = section.bytes.slice();
        if (kind === 'lost') sections.delete(layer);
        else if (kind === 'other') sections.set(layer, second);
        else if (kind === 'size') sections.set(layer, { ...section, widthPx: section.widthPx + 1 + (amount % 9) });
        else if (kind === 'cut')
          sections.set(layer, { ...section, bytes: bytes.subarray(0, bytes.length - 1 - amount) });
        else {
          for (let at = 0; at < 6; at++) bytes[(amount * 7919 + at * 104_729) % bytes.length]! ^= 0x55;
          sections.set(layer, { ...section, bytes });
        }
        expect([...CODES, 'IMAGE_UNREADABLE']).toContain(await outcome(sections));
      }),
      { numRuns: 120 },
    );
  });

  it('of an earlier program is refused by its version, with what to do', async () => {
    const old = avatar.slice();
    new DataView(old.buffer).setUint32(8, 1, true);
    await expect(unpackAppearance(old)).rejects.toMatchObject({ code: 'AVATAR_VERSION' });
    await expect(unpackAppearance(old)).rejects.toThrow(/enrol the portrait again/);
  });
});
