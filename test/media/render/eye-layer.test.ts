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

/** @returns the vertices of an eye: the white in three rows of nine, the iris of three by three, the reflex of two by two, the shadow. */
function drawn(motion: Readonly<Record<'eyeBlinkLeft' | 'eyeLookUpLeft', number>>): Float32Array {
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
  return writer.vertices;
}

/** @returns the height of the middle of the iris, px downwards. */
function irisHeight(motion: Readonly<Record<'eyeBlinkLeft' | 'eyeLookUpLeft', number>>): number {
  return drawn(motion)[(27 + 4) * VERTEX_FLOATS + 1]!;
}

/** @returns how dark the lid's shadow is in the middle, at the lid's edge and at each further row. */
function shadow(blink: number): number[] {
  const vertices = drawn({ eyeBlinkLeft: blink, eyeLookUpLeft: 0 });
  const first = 27 + 9 + 4;
  const rows = (vertices.length / VERTEX_FLOATS - first) / 9;
  return Array.from({ length: rows }, (_, row) => vertices[(first + row * 9 + 4) * VERTEX_FLOATS + 5]!);
}

it('an eye that looks up comes down with its lid, so that a half shut one shows an iris', () => {
  const rest = irisHeight({ eyeBlinkLeft: 0, eyeLookUpLeft: 0 });
  expect(irisHeight({ eyeBlinkLeft: 0, eyeLookUpLeft: 0.6 })).toBeLessThan(rest - 1);
  expect(irisHeight({ eyeBlinkLeft: 0.9, eyeLookUpLeft: 0.6 })).toBeGreaterThan(rest);
});

it('a lid that is half way down casts a deep shadow on the eye, which fades downwards', () => {
  const half = shadow(0.5);
  expect(half[0]).toBeGreaterThan(0.6);
  expect(half).toEqual([...half].sort((a, b) => b - a));
  expect(half.at(-1)).toBe(0);
  expect(shadow(0)[0]).toBeLessThan(0.3);
});
