import { expect, it } from 'vitest';
import type { AppearanceFacts } from '../../../src/media/appearance.ts';
import { MOTION_INDEX, restMotion } from '../../../src/media/motion-space.ts';
import type { Deformer } from '../../../src/media/render/deformer.ts';
import { EyeLayer } from '../../../src/media/render/eye-layer.ts';
import type { HeadMotion } from '../../../src/media/render/head-motion.ts';
import { ScenePlanner, VERTEX_FLOATS } from '../../../src/media/render/scene-plan.ts';
import { VertexWriter } from '../../../src/media/render/vertex-writer.ts';

const PART = { x: 0, y: 0, width: 12, height: 12 };
const EYE = {
  irisRadiusPx: 6,
  irisPx: [50, 50],
  iris: PART,
  catchLight: PART,
  sclera: PART,
  scleraOriginPx: [40, 44],
  depthPx: 0,
  upperLid: Array.from({ length: 9 }, (_, index) => index),
};
const FACTS = {
  eyes: { left: EYE, right: EYE },
  pose: { scalePxPerCm: 20 },
  black: PART,
} as unknown as AppearanceFacts;

/** @returns the height of the middle of the iris, px downwards. */
function irisHeight(motion: Readonly<Record<'eyeBlinkLeft' | 'eyeLookUpLeft', number>>): number {
  const head = {
    x: 0,
    y: 0,
    place(this: { x: number; y: number }, x: number, y: number) {
      [this.x, this.y] = [x, -y];
    },
  } as unknown as HeadMotion;
  const planner = new ScenePlanner();
  const layer = new EyeLayer(FACTS, 'Left', head, planner, 0);
  const writer = new VertexWriter(1, [1, 1]);
  writer.vertices = new Float32Array(planner.vertexCount * VERTEX_FLOATS);
  const frame = restMotion();
  for (const channel of ['eyeBlinkLeft', 'eyeLookUpLeft'] as const) frame[MOTION_INDEX[channel]] = motion[channel];
  layer.write(frame, { places: new Float32Array(18) } as unknown as Deformer, writer);
  // Nine columns of three rows are the white of the eye; the iris has three by three.
  return writer.vertices[(27 + 4) * VERTEX_FLOATS + 1]!;
}

it('an eye that looks up comes down with its lid, so that a half shut one shows an iris', () => {
  const rest = irisHeight({ eyeBlinkLeft: 0, eyeLookUpLeft: 0 });
  expect(irisHeight({ eyeBlinkLeft: 0, eyeLookUpLeft: 0.6 })).toBeLessThan(rest - 1);
  expect(irisHeight({ eyeBlinkLeft: 0.9, eyeLookUpLeft: 0.6 })).toBeGreaterThan(rest);
});
