import { describe, expect, it } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';
import { unpackAppearance } from '../../../src/native/codec/appearance-file.ts';
import { MeshCodec } from '../../../src/native/raster/mesh-codec.ts';
import { enrolPortrait } from '../../../src/native/worker/enrol-portrait.ts';
import { drawnFacePng, drawnFaceSvg, pngOfSvg, withDarkSkin } from '../../support/portraits.ts';

const CONSENT = { text: 'A drawing of nobody', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
const SIZE = 512;
type Motion = Partial<Record<MotionChannel, number>>;
const both = (shape: string, value: number): Motion => ({ [`${shape}Left`]: value, [`${shape}Right`]: value });
const SHAPES: readonly Motion[] = [
  {},
  both('mouthSmile', 0.8),
  { mouthPucker: 0.8 },
  { mouthFunnel: 0.8 },
  both('mouthStretch', 0.8),
  both('mouthLowerDown', 0.9),
];

describe.each([
  ['a drawing', drawnFacePng],
  ['a drawing with dark skin', async () => pngOfSvg(withDarkSkin(await drawnFaceSvg()))],
])('the mouth of %s', (_, portrait) => {
  it('is nowhere brighter than the brightest skin, however it opens', { timeout: 60_000 }, async () => {
    const avatar = await enrolPortrait(await portrait(), CONSENT);
    const { facts } = (await unpackAppearance(avatar)).appearance;
    const decoder = await new MeshCodec().open(avatar, { sizePx: SIZE, background: 'portrait', badge: false, seed: 1 });
    const picture = new Uint8Array(SIZE * SIZE * 4);
    const brightest = (motion: Motion, fromCm: number, toCm: number): number => {
      const frame = restMotion();
      for (const [channel, value] of Object.entries(motion)) frame[MOTION_INDEX[channel as MotionChannel]] = value;
      decoder.drawRgba(frame, mediaTimeUs(0), picture);
      const scale = SIZE / facts.sizePx;
      const cm = facts.pose.scalePxPerCm * scale;
      const [x, y] = facts.centrePx.map((value) => value * scale) as [number, number];
      let most = 0;
      for (let py = Math.round(y + fromCm * cm); py < y + toCm * cm; py++) {
        for (let px = Math.round(x - 3 * cm); px < x + 3 * cm; px++) {
          const at = (py * SIZE + px) * 4;
          most = Math.max(most, picture[at]! + picture[at + 1]! + picture[at + 2]!);
        }
      }
      return most;
    };
    // Sums of three channels; 4 in each are left to the chin, which a smile turns to the light.
    // From under the eyes to the chin at rest, lips closed; then all from the nose to the chin.
    const skin = brightest({}, 0, 5.5);
    for (const shape of SHAPES) {
      for (const jawOpen of [0.1, 0.3, 0.6, 1]) {
        expect.soft(brightest({ ...shape, jawOpen }, 2, 5.5)).toBeLessThanOrEqual(skin + 12);
      }
    }
    decoder.close();
  });
});
