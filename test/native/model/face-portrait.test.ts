import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PortraitSource } from '../../../src/media/portrait/analysis.ts';
import { PortraitAnalyser } from '../../../src/native/model/portrait-analyser.ts';
import { astronautPng, drawnFacePng, drawnFaceSvg, pngOfSvg, portraitFixtures } from '../../support/portraits.ts';

let analyser: PortraitAnalyser;
let drawing: Uint8Array;
let photo: Uint8Array;

beforeAll(async () => {
  analyser = await PortraitAnalyser.open();
  drawing = await drawnFacePng();
  photo = await astronautPng();
});

afterAll(() => analyser.close());

const file = async (image: Sharp): Promise<Uint8Array> => new Uint8Array(await image.toBuffer());

async function codeOf(bytes: Uint8Array): Promise<unknown> {
  try {
    const { warnings } = await analyser.analyse(bytes);
    return warnings.map(({ code }) => code);
  } catch (thrown) {
    return (thrown as { code?: string }).code;
  }
}

/** @returns where a landmark lies in the picture as it was given, upright. */
function inSource(
  landmarks: Float32Array,
  { cropLeftPx, cropSidePx, cropTopPx }: PortraitSource,
  sizePx: number,
  point: number,
): [x: number, y: number] {
  const zoom = sizePx / cropSidePx;
  return [cropLeftPx + (landmarks[3 * point] ?? 0) / zoom, cropTopPx + (landmarks[3 * point + 1] ?? 0) / zoom];
}

describe('PortraitAnalyser', () => {
  it('finds eyes, mouth, chin and pose where they were drawn', async () => {
    const { landmarks, pose, sizePx, source } = await analyser.analyse(drawing);
    // Points of test/fixtures/drawn-face.svg, in its own units; a drawn face is no photo, so within 3 % of its width.
    for (const [point, x, y] of [
      [468, 321, 365],
      [473, 447, 365],
      [61, 325, 506],
      [291, 443, 506],
      [13, 384, 511],
      [14, 384, 511],
      [152, 384, 578],
    ] as const) {
      const [foundX, foundY] = inSource(landmarks, source, sizePx, point);
      expect(Math.hypot(foundX - x, foundY - y)).toBeLessThan(9);
    }
    expect(Math.abs(pose.yawDeg)).toBeLessThan(4);
    expect(Math.abs(pose.rollDeg)).toBeLessThan(2);
  });

  it('tells the person from the background', async () => {
    const { matte, sizePx } = await analyser.analyse(drawing);
    const at = (x: number, y: number): number => matte[Math.round(y * sizePx) * sizePx + Math.round(x * sizePx)] ?? -1;
    expect(at(0.5, 0.45)).toBe(255);
    expect(at(0.5, 0.95)).toBeGreaterThan(240);
    expect(at(0.04, 0.1)).toBeLessThan(10);
    expect(at(0.96, 0.1)).toBeLessThan(10);
  });

  it(
    'takes photo, drawing, painting, greyscale, glasses and dark skin without doubts',
    { timeout: 120_000 },
    async () => {
      for (const { name, bytes } of await portraitFixtures()) {
        const { quality, warnings } = await analyser.analyse(bytes);
        expect(quality.jitterPercent, name).toBeLessThan(2);
        expect(
          warnings.filter(({ code }) => code !== 'SMALL_FACE').map(({ code }) => code),
          name,
        ).toEqual([]);
      }
    },
  );

  it('reads JPEG, PNG, WebP and AVIF, grey, with 16 bits and with transparency', { timeout: 120_000 }, async () => {
    for (const image of [
      sharp(photo).jpeg(),
      sharp(photo).webp(),
      sharp(photo).avif({ effort: 0 }),
      sharp(photo).greyscale().jpeg(),
      sharp(photo).toColourspace('rgb16').png(),
      sharp(photo).toColourspace('cmyk').jpeg(),
      sharp(photo).ensureAlpha(0.9).png(),
    ]) {
      expect(await codeOf(await file(image))).toEqual(['SMALL_FACE']);
    }
  });

  it('honours every EXIF orientation', { timeout: 120_000 }, async () => {
    const upright = await analyser.analyse(photo);
    // What a camera stores so that a viewer turns it back; sharp mirrors before it turns.
    const stored: Readonly<Record<number, (image: Sharp) => Sharp>> = {
      2: (image) => image.flop(),
      3: (image) => image.rotate(180),
      4: (image) => image.flip(),
      5: (image) => image.flop().rotate(270),
      6: (image) => image.rotate(270),
      7: (image) => image.flop().rotate(90),
      8: (image) => image.rotate(90),
    };
    for (const [orientation, store] of Object.entries(stored)) {
      const pixels = await file(store(sharp(photo)).png());
      const bytes = await file(
        sharp(pixels)
          .withMetadata({ orientation: Number(orientation) })
          .jpeg({ quality: 95 }),
      );
      const { landmarks, sizePx, source, warnings } = await analyser.analyse(bytes);
      expect(source.quarterTurns, orientation).toBe(0);
      expect(warnings.map(({ code }) => code)).toEqual(['SMALL_FACE']);
      for (const point of [1, 33, 263, 152]) {
        const [x, y] = inSource(landmarks, source, sizePx, point);
        const [uprightX, uprightY] = inSource(upright.landmarks, upright.source, upright.sizePx, point);
        expect(Math.hypot(x - uprightX, y - uprightY), `orientation ${orientation}`).toBeLessThan(3);
      }
    }
  });

  it('turns a picture that lies on its side or head, and says so', async () => {
    for (const degrees of [90, 180, 270]) {
      const { pose, source, warnings } = await analyser.analyse(await file(sharp(photo).rotate(degrees).png()));
      expect(90 * source.quarterTurns).toBe(360 - degrees);
      expect(Math.abs(pose.rollDeg)).toBeLessThan(6);
      expect(warnings.map(({ code }) => code)).toContain('TURNED_PICTURE');
    }
  });

  it('refuses pictures without a face that can be used', { timeout: 120_000 }, async () => {
    const svg = await drawnFaceSvg();
    const over = (shape: string): Promise<Uint8Array> => pngOfSvg(svg.replace('</svg>', `${shape}</svg>`));
    const blank = sharp({ create: { width: 400, height: 300, channels: 3, background: '#8a9' } }).png();
    const side = sharp(drawing).extract({ left: 384, top: 0, width: 384, height: 768 }).png();
    const both = sharp({ create: { width: 1536, height: 768, channels: 3, background: '#456' } })
      .composite([
        { input: Buffer.from(drawing), left: 0, top: 0 },
        { input: Buffer.from(drawing), left: 768, top: 0 },
      ])
      .png();
    const mask = '<path d="M240 430 Q384 380 528 430 Q520 560 384 590 Q250 560 240 430Z" fill="#7fb3d0"/>';
    const glasses = '<rect x="255" y="325" width="258" height="85" rx="30" fill="#080808"/>';
    const far = sharp(photo).resize(200).extend({ right: 100, background: '#777' }).png();
    expect(await codeOf(await file(blank))).toBe('FACE_NOT_FOUND');
    expect(['FACE_COVERED', 'FACE_NOT_FOUND']).toContain(await codeOf(await file(side)));
    expect(await codeOf(await file(both))).toBe('FACE_AMBIGUOUS');
    expect(await codeOf(await over(mask))).toBe('FACE_COVERED');
    expect(await codeOf(await over(glasses))).toBe('FACE_COVERED');
    expect(await codeOf(await file(sharp(photo).linear(0.06, 0).png()))).toBe('FACE_TOO_DARK');
    expect(await codeOf(await file(far))).toBe('FACE_TOO_SMALL');
  });

  it('refuses damaged, cut off and lying files', async () => {
    const jpeg = await file(sharp(photo).jpeg());
    expect(await codeOf(jpeg.subarray(0, jpeg.length >> 1))).toBe('IMAGE_UNREADABLE');
    expect(await codeOf(photo.subarray(0, photo.length >> 1))).toBe('IMAGE_UNREADABLE');
    expect(await codeOf(await file(sharp(photo).gif()))).toBe('IMAGE_UNREADABLE');
    const scrambled = photo.map((byte, at) => (at > 5000 && at < 9000 ? byte ^ 0x5a : byte));
    expect(await codeOf(scrambled)).toBe('IMAGE_UNREADABLE');
  });

  it('refuses a small file that unpacks into a huge picture', async () => {
    const bomb = sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#000' } }).png();
    expect(await codeOf(await file(bomb))).toBe('IMAGE_TOO_LARGE');
  });

  it('reports progress that only grows, and stops when asked to', async () => {
    const stages: string[] = [];
    const shares: number[] = [];
    await analyser.analyse(drawing, {
      onProgress: ({ stage, done }) => {
        stages.push(stage);
        shares.push(done);
      },
    });
    expect(stages).toEqual(['decode', 'detect', 'crop', 'landmarks', 'matte']);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    const abort = new AbortController();
    const stopped = analyser.analyse(drawing, {
      signal: abort.signal,
      onProgress: ({ stage }) => {
        if (stage === 'crop') abort.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
  });
});
