import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaTimeUs } from '../../src/base/timeline.ts';
import type { FaceDecoder } from '../../src/media/face-codec.ts';
import { MOTION_INDEX, restMotion } from '../../src/media/motion-space.ts';
import { faceTexture, likeness, type FaceTexture } from '../../src/media/portrait/face-likeness.ts';
import { SteadinessMeter } from '../../src/media/portrait/frame-steadiness.ts';
import { FaceMeasurer } from '../../src/native/model/face-measure.ts';
import { PortraitAnalyser } from '../../src/native/model/portrait-analyser.ts';
import { MeshCodec } from '../../src/native/raster/mesh-codec.ts';
import { PortraitEnroller } from '../../src/native/worker/enrol-portrait.ts';
import { isMonotonic, runClosedLoop, worstError, type ClosedLoop } from '../../src/server/evaluate/closed-loop.ts';
import { portraitFixtures, type PortraitFixture } from '../support/portraits.ts';

const CONSENT = { text: 'Made for the tests', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
const SIZE_PX = 512;
const NEAR_DEG = 2;
const FAR_DEG = 4;
const GAZE_DEG = 5;

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

async function decoderOf(portrait: Uint8Array): Promise<FaceDecoder> {
  const { avatar } = await enroller.enrol(portrait, CONSENT);
  return new MeshCodec().open(avatar, { sizePx: SIZE_PX, background: 'portrait', badge: false, seed: 1 });
}

async function loopOf({ bytes }: PortraitFixture): Promise<ClosedLoop> {
  const decoder = await decoderOf(bytes);
  try {
    return await runClosedLoop(decoder, measurer);
  } finally {
    decoder.close();
  }
}

describe('a drawn face, read back by the landmark net', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'shows the motion it was given: portrait %i',
    { timeout: 300_000 },
    async (index) => {
      const portrait = portraits[index];
      if (portrait === undefined) throw new Error('there are eight portraits');
      const loop = await loopOf(portrait);
      const { name } = portrait;
      for (const [channel, points] of [
        ['yaw', loop.yawDeg],
        ['pitch', loop.pitchDeg],
        ['roll', loop.rollDeg],
      ] as const) {
        expect.soft(worstError(points, 10), `${name}: ${channel} to ±10°`).toBeLessThan(NEAR_DEG);
        expect.soft(worstError(points, 20), `${name}: ${channel} to ±20°`).toBeLessThan(FAR_DEG);
      }
      expect.soft(worstError(loop.distance), `${name}: distance`).toBeLessThan(0.02);
      expect.soft(worstError(loop.gazeYawDeg), `${name}: gaze to the side`).toBeLessThan(GAZE_DEG);
      expect.soft(worstError(loop.gazePitchDeg), `${name}: gaze up and down`).toBeLessThan(GAZE_DEG);
      expect.soft(loop.closedLipGap, `${name}: lip gap in p, b and m`).toBeLessThan(0.03);
      expect.soft(isMonotonic(loop.jawOpening, 1), `${name}: jaw`).toBe(true);
      expect.soft(isMonotonic(loop.puckerWidthCm, -1), `${name}: pucker`).toBe(true);
      expect.soft(isMonotonic(loop.smileLiftCm, 1), `${name}: smile`).toBe(true);
    },
  );

  it('looks like the portrait, and more so than like anyone else', { timeout: 300_000 }, async () => {
    const faces: { name: string; portrait: FaceTexture; drawn: FaceTexture }[] = [];
    for (const { bytes, name } of portraits.slice(0, 2)) {
      const { landmarks, rgba, sizePx } = await analyser.analyse(bytes);
      const drawn = { widthPx: SIZE_PX, heightPx: SIZE_PX, rgba: new Uint8Array(SIZE_PX * SIZE_PX * 4) };
      const decoder = await decoderOf(bytes);
      decoder.drawRgba(restMotion(), mediaTimeUs(0), drawn.rgba);
      decoder.close();
      const read = await measurer.measure(drawn);
      if (read === undefined) throw new Error(`there is a face in what was drawn of ${name}`);
      const crop = { widthPx: sizePx, heightPx: sizePx, rgba };
      faces.push({
        name,
        portrait: faceTexture(crop, landmarks, measurer.canonical),
        drawn: faceTexture(drawn, read.landmarks, measurer.canonical),
      });
    }
    for (const [index, { drawn, name, portrait }] of faces.entries()) {
      const other = faces[1 - index]?.portrait ?? portrait;
      const own = likeness(drawn, portrait).correlation;
      expect(own, name).toBeGreaterThan(0.85);
      expect(own - likeness(drawn, other).correlation, name).toBeGreaterThan(0.2);
    }
  });

  it('moves without popping, before a background that stands still', { timeout: 300_000 }, async () => {
    const [portrait] = portraits;
    if (portrait === undefined) throw new Error('there are eight portraits');
    const decoder = await decoderOf(portrait.bytes);
    const rgba = new Uint8Array(SIZE_PX * SIZE_PX * 4);
    // The corners above the head: neither hair nor shoulders reach them.
    const still = new Uint8Array(SIZE_PX * SIZE_PX).map((_, at) =>
      Math.floor(at / SIZE_PX) < 60 && Math.abs((at % SIZE_PX) - SIZE_PX / 2) > 200 ? 1 : 0,
    );
    const meter = new SteadinessMeter(still);
    const motion = restMotion();
    for (let frame = 0; frame < 100; frame++) {
      const second = frame / 25;
      motion[MOTION_INDEX.headYaw] = 8 * Math.sin(second * 2.1);
      motion[MOTION_INDEX.headPitch] = 5 * Math.sin(second * 1.3);
      motion[MOTION_INDEX.jawOpen] = 0.3 + 0.3 * Math.sin(second * 9);
      motion[MOTION_INDEX.mouthPucker] = 0.3 + 0.3 * Math.sin(second * 5);
      decoder.drawRgba(motion, mediaTimeUs(second * 1e6), rgba);
      meter.push(rgba);
    }
    decoder.close();
    const { largestJump, stillDifference } = meter.result();
    expect(stillDifference).toBeLessThan(1.5);
    expect(largestJump).toBeLessThan(4);
  });
});
