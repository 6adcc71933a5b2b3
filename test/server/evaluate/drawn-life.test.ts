import { expect, test } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { MOTION_INDEX, restMotion } from '../../../src/media/motion-space.ts';
import type { FaceReading } from '../../../src/media/portrait/face-reading.ts';
import { drawnLife } from '../../../src/server/evaluate/drawn-life.ts';
import type { FaceReader } from '../../../src/server/evaluate/face-track.ts';
import type { Figure } from '../../../src/server/evaluate/figure.ts';

const IDENTITY = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
const REST: FaceReading = {
  pose: { rotation: IDENTITY, pxPerCm: 20, originPx: [0, 0, 0], residualCm: 0, yawDeg: 0, pitchDeg: 0, rollDeg: 0 },
  lidGapRight: 0.3,
  lidGapLeft: 0.3,
  lipGapRatio: 0,
  mouthAreaCm2: 0,
  chinDropCm: 10,
  mouthWidthCm: 5,
  cornerLiftCm: 0,
  cornerSkewCm: 0,
  browLiftCm: 2,
  innerBrowLiftCm: 2,
  irisAcrossCm: 0,
  irisUpCm: 0,
};

test('says of what was drawn how far and how often it moves, beside people', async () => {
  let jaw = 0;
  const decoder = {
    widthPx: 2,
    heightPx: 2,
    drawRgba: (motion: Float32Array) => {
      jaw = motion[MOTION_INDEX.jawOpen] ?? NaN;
    },
  };
  const reader: FaceReader = {
    forget: () => undefined,
    measure: () =>
      Promise.resolve({
        landmarks: new Float32Array(478 * 3),
        faceFlag: 1,
        reading: { ...REST, lipGapRatio: jaw },
      }),
  };
  const frames = Array.from({ length: 100 }, (_, frame) => {
    const motion = restMotion();
    motion[MOTION_INDEX.jawOpen] = frame % 4 < 2 ? 0.2 : 0;
    return { timeUs: mediaTimeUs(frame * 40_000), motion };
  });
  const figures: Figure[] = [];
  for await (const figure of drawnLife('a voice', frames, decoder, reader)) figures.push(figure);
  const of = (what: string): number => figures.find((figure) => figure.what === what)?.value ?? NaN;
  expect(of('drawn lips apart')).toBeCloseTo(0.5);
  expect(of('drawn lips closed')).toBeCloseTo(0.5);
  // A spread of 0.1 against people's 0.091.
  expect(of('drawn lip gap, spread')).toBeCloseTo(1.1, 1);
  expect(of('drawn brows, spread')).toBeCloseTo(0);
});
