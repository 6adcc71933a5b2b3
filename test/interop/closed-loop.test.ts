import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faceTexture, likeness } from '../../src/media/portrait/face-likeness.ts';
import { FaceMeasurer } from '../../src/native/model/face-measure.ts';
import { PortraitAnalyser } from '../../src/native/model/portrait-analyser.ts';
import { MeshCodec } from '../../src/native/raster/mesh-codec.ts';
import { PortraitEnroller } from '../../src/native/worker/enrol-portrait.ts';
import { isMonotonic, runClosedLoop, worstError, type ClosedLoop } from '../../src/server/evaluate/closed-loop.ts';
import { portraitFixtures, type PortraitFixture } from '../support/portraits.ts';

const CONSENT = { text: 'Made for the tests', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
const SIZE_PX = 512;

let portraits: PortraitFixture[];
let enroller: PortraitEnroller;
let analyser: PortraitAnalyser;
let measurer: FaceMeasurer;

beforeAll(async () => {
  portraits = await portraitFixtures();
  enroller = await PortraitEnroller.open();
  analyser = await PortraitAnalyser.open();
  measurer = await FaceMeasurer.open();
});

afterAll(async () => {
  await Promise.all([enroller.close(), analyser.close(), measurer.close()]);
});

async function loopOf({ bytes }: PortraitFixture): Promise<ClosedLoop> {
  const { avatar } = await enroller.enrol(bytes, CONSENT);
  const decoder = await new MeshCodec().open(avatar, {
    sizePx: SIZE_PX,
    background: 'portrait',
    badge: false,
    seed: 1,
  });
  try {
    return await runClosedLoop(decoder, measurer);
  } finally {
    decoder.close();
  }
}

describe('a drawn face, read back by the landmark net', () => {
  it.each([0, 1, 2, 3, 4, 5])('shows the motion it was given: portrait %i', { timeout: 120_000 }, async (index) => {
    const portrait = portraits[index];
    if (portrait === undefined) throw new Error('there are six portraits');
    const loop = await loopOf(portrait);
    const { name } = portrait;
    for (const [channel, points] of [
      ['yaw', loop.yawDeg],
      ['pitch', loop.pitchDeg],
      ['roll', loop.rollDeg],
    ] as const) {
      expect.soft(worstError(points, 10), `${name}: ${channel} to ±10°`).toBeLessThan(2);
      expect.soft(worstError(points, 20), `${name}: ${channel} to ±20°`).toBeLessThan(4);
    }
    expect.soft(worstError(loop.distance), `${name}: distance`).toBeLessThan(0.02);
    expect.soft(worstError(loop.gazeYawDeg), `${name}: gaze to the side`).toBeLessThan(5);
    expect.soft(worstError(loop.gazePitchDeg), `${name}: gaze up and down`).toBeLessThan(5);
    expect.soft(loop.lidGap.at(-1)?.read, `${name}: lid gap in a blink`).toBeLessThan(0.12);
    expect.soft(loop.closedLipGap, `${name}: lip gap in p, b and m`).toBeLessThan(0.03);
    expect.soft(isMonotonic(loop.lidGap, -1), `${name}: blink`).toBe(true);
    expect.soft(isMonotonic(loop.jawOpening, 1), `${name}: jaw`).toBe(true);
    expect.soft(isMonotonic(loop.puckerWidthCm, -1), `${name}: pucker`).toBe(true);
    expect.soft(isMonotonic(loop.smileLiftCm, 1), `${name}: smile`).toBe(true);
  });

  it('looks like the portrait, and more so than like anyone else', { timeout: 120_000 }, async () => {
    const textures = [];
    for (const { bytes, name } of portraits.slice(0, 2)) {
      const { landmarks, rgba, sizePx } = await analyser.analyse(bytes);
      const { avatar } = await enroller.enrol(bytes, CONSENT);
      const decoder = await new MeshCodec().open(avatar, {
        sizePx: SIZE_PX,
        background: 'portrait',
        badge: false,
        seed: 1,
      });
      const drawn = new Uint8Array(SIZE_PX * SIZE_PX * 4);
      const { neutral } = await runClosedLoop(decoder, measurer);
      const { restMotion } = await import('../../src/media/motion-space.ts');
      const { mediaTimeUs } = await import('../../src/base/timeline.ts');
      decoder.drawRgba(restMotion(), mediaTimeUs(0), drawn);
      decoder.close();
      textures.push({
        name,
        portrait: faceTexture({ widthPx: sizePx, heightPx: sizePx, rgba }, landmarks, measurer.canonical),
        drawn: faceTexture({ widthPx: SIZE_PX, heightPx: SIZE_PX, rgba: drawn }, neutral.landmarks, measurer.canonical),
      });
    }
    for (const [index, { drawn, name, portrait }] of textures.entries()) {
      const other = textures[1 - index]?.portrait ?? portrait;
      const own = likeness(drawn, portrait).correlation;
      expect(own, name).toBeGreaterThan(0.9);
      expect(own - likeness(drawn, other).correlation, name).toBeGreaterThan(0.2);
    }
  });
});
