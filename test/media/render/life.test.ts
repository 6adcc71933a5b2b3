import { expect, test } from 'vitest';
import type { Appearance, AppearanceFacts } from '../../../src/media/appearance.ts';
import { ARKIT_DIMS, MOTION_INDEX, restMotion, type ArkitShape } from '../../../src/media/motion-space.ts';
import { HeadMotion } from '../../../src/media/render/head-motion.ts';
import { Relight } from '../../../src/media/render/relight.ts';
import { ScenePlanner, VERTEX_FLOATS } from '../../../src/media/render/scene-plan.ts';
import { SkinRelief } from '../../../src/media/render/skin-relief.ts';
import { TongueLayer } from '../../../src/media/render/tongue-layer.ts';
import { VertexWriter } from '../../../src/media/render/vertex-writer.ts';
import { WrinkleLayer } from '../../../src/media/render/wrinkle-layer.ts';

const FACTS = {
  sizePx: 1000,
  centrePx: [500, 400],
  turnDeg: { yaw: 0, pitch: 0, roll: 0 },
  turnGain: { left: 1, right: 1, up: 1, down: 1 },
  pose: { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], scalePxPerCm: 20, translationPx: [500, -400, 0] },
  // From the right of the picture and from the front.
  light: [0.6, 0, 0.8],
  creases: 1,
  mouth: { cavity: { x: 0, y: 0, width: 8, height: 8 } },
} as unknown as AppearanceFacts;

test('skin that turns to the light is lighter, skin that turns away is darker', () => {
  // Straight at the viewer, and no skin at all.
  const vertexNormals = Float32Array.of(0, 0, 1, 0, 0, 0);
  const relight = new Relight({ facts: { ...FACTS, vertexCount: 2 }, arrays: { vertexNormals } } as Appearance);
  const head = new HeadMotion(FACTS, 1);
  const shades = [-15, 0, 15].map((yaw) => {
    const motion = restMotion();
    motion[MOTION_INDEX.headYaw] = yaw;
    head.update(motion, 0);
    relight.update(head);
    expect(relight.shades[1]).toBe(1);
    return relight.shades[0]!;
  });
  expect(shades[1]).toBeCloseTo(1, 5);
  expect(shades[0]).toBeLessThan(0.96);
  expect(shades[2]).toBeGreaterThan(1.02);
});

test.each<[ArkitShape, number]>([
  // The nasolabial fold, and the one beside the corner of the mouth.
  ['mouthSmileRight', 2],
  ['mouthSmileLeft', 2],
  // Between the brows, and across the bridge of the nose.
  ['browDownLeft', 2],
  // Three lines, each from either side.
  ['browInnerUp', 6],
  // A bag and two crow's feet.
  ['eyeSquintLeft', 3],
  ['jawOpen', 0],
])('%s deepens %i folds and leaves the others smooth', (shape, count) => {
  const planner = new ScenePlanner();
  const wrinkles = new WrinkleLayer(FACTS, planner, 0);
  const writer = new VertexWriter(1, [1, 1]);
  writer.vertices = new Float32Array(planner.vertexCount * VERTEX_FLOATS);
  const places = Float32Array.from({ length: 936 }, (_, at) => at);
  const weights = new Float32Array(ARKIT_DIMS);
  const shaded = (): number[] => {
    wrinkles.write(weights, { places }, writer);
    return Array.from({ length: planner.vertexCount }, (_, vertex) => writer.vertices[vertex * VERTEX_FLOATS + 5]!);
  };
  expect(Math.max(...shaded())).toBe(0);
  weights[MOTION_INDEX[shape]] = 1;
  const alphas = shaded();
  // A fold fades out at both ends and to both sides, so folds are runs of vertices with shade.
  const folds = alphas.filter((alpha, vertex) => alpha > 0.02 && (alphas[vertex - 1] ?? 0) <= 0.02).length;
  expect(folds).toBe(count);
});

test('skin that is hardly lined creases softly', () => {
  const planner = new ScenePlanner();
  const [old = NaN, young = NaN] = [1, 0.3].map((creases) => {
    const wrinkles = new WrinkleLayer({ ...FACTS, creases }, planner, 0);
    const writer = new VertexWriter(1, [1, 1]);
    writer.vertices = new Float32Array(planner.vertexCount * VERTEX_FLOATS);
    const weights = new Float32Array(ARKIT_DIMS);
    weights[MOTION_INDEX.browInnerUp] = 1;
    wrinkles.write(weights, { places: Float32Array.from({ length: 936 }, (_, at) => at) }, writer);
    let most = 0;
    for (let at = 5; at < writer.vertices.length; at += VERTEX_FLOATS) most = Math.max(most, writer.vertices[at]!);
    return most;
  });
  expect(young / old).toBeCloseTo(0.3, 3);
});

/** A sheet of 5 x 5 points, 1 cm apart, that faces the viewer. */
function sheet(): Appearance {
  const vertexPositions = new Float32Array(75);
  const triangles: number[] = [];
  for (let point = 0; point < 25; point++) {
    vertexPositions.set([(point % 5) * 20, -Math.floor(point / 5) * 20, 0], point * 3);
    if (point % 5 < 4 && point < 20) triangles.push(point, point + 5, point + 1, point + 1, point + 5, point + 6);
  }
  const eye = { upperLid: [], lowerLid: [], upperSecond: [] };
  return {
    facts: {
      ...FACTS,
      light: [0, 0.6, 0.8],
      faceVertexCount: 25,
      eyes: { left: eye, right: eye },
      mouth: { upperInner: [], lowerInner: [] },
    },
    arrays: {
      vertexPositions,
      vertexAlphas: new Float32Array(25).fill(1),
      faceTriangles: Uint16Array.from(triangles),
    },
  } as unknown as Appearance;
}

test('skin that bulges is lit on the side of the light, a hollow is darker, and skin at rest is left alone', () => {
  const appearance = sheet();
  const relief = new SkinRelief(appearance);
  const shadesOf = (depthCm: number): Float32Array => {
    const shaped = appearance.arrays.vertexPositions.slice();
    shaped[12 * 3 + 2]! += depthCm * 20;
    const shades = new Float32Array(25).fill(1);
    relief.update(shaped, shades);
    return shades;
  };
  expect(shadesOf(0)).toEqual(new Float32Array(25).fill(1));
  const bulge = shadesOf(0.5);
  expect(bulge[7]).toBeGreaterThan(bulge[17]! + 0.02);
  expect(shadesOf(-0.5)[12]).toBeLessThan(0.95);
});

test('a tongue that is put out lies on the lower lip, and at rest it is not there', () => {
  const upperInner = [0, 1, 2];
  const lowerInner = [0, 3, 2];
  // A mouth 60 px wide, open by 10 px.
  const places = Float32Array.of(470, 500, 500, 495, 530, 500, 500, 505);
  const part = { x: 0, y: 0, width: 8, height: 8 };
  const facts = { ...FACTS, mouth: { upperInner, lowerInner, tongue: part } } as unknown as AppearanceFacts;
  const planner = new ScenePlanner();
  const tongue = new TongueLayer(facts, planner, 0);
  const writer = new VertexWriter(1, [1, 1]);
  writer.vertices = new Float32Array(planner.vertexCount * VERTEX_FLOATS);
  const lowest = (value: number): number => {
    const motion = restMotion();
    motion[MOTION_INDEX.tongueOut] = value;
    tongue.write(motion, { places }, writer);
    let y = -Infinity;
    for (let at = 0; at < writer.vertices.length; at += VERTEX_FLOATS) {
      if (writer.vertices[at + 5]! > 0.5) y = Math.max(y, writer.vertices[at + 1]!);
    }
    return y;
  };
  expect(lowest(0)).toBe(-Infinity);
  expect(lowest(0.7)).toBeGreaterThan(508);
  expect(lowest(1)).toBeGreaterThan(lowest(0.7) + 5);
});
