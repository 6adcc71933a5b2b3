import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { ReferenceRasteriser } from '../../../src/media/render/reference-rasteriser.ts';
import {
  VERTEX_FLOATS,
  type SceneBackground,
  type ScenePlan,
  type Texture,
} from '../../../src/media/render/scene-plan.ts';
import { SimdRasteriser } from '../../../src/native/raster/simd-rasteriser.ts';

const SIZE = 64;

function noise(widthPx: number, heightPx: number, seed: number, opaque: boolean): Texture {
  const random = seededRandom(seed);
  const pixels = new Uint8Array(widthPx * heightPx * 4);
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = opaque ? 255 : Math.floor(random.uniform() * 256);
    for (let channel = 0; channel < 3; channel++) pixels[at + channel] = Math.floor(random.uniform() * (alpha + 1));
    pixels[at + 3] = alpha;
  }
  return { widthPx, heightPx, pixels };
}

function planOf(seed: number, triangleCount: number): ScenePlan {
  const random = seededRandom(seed, 2);
  return {
    sizePx: SIZE,
    textures: [noise(48, 40, seed, true), noise(33, 57, seed + 1, false)],
    plate: noise(SIZE, SIZE, seed + 2, true),
    vertexCount: triangleCount * 3,
    indices: Uint16Array.from({ length: triangleCount * 3 }, (_, index) => index),
    opaque: Uint8Array.from({ length: triangleCount }, (_, at) =>
      at < triangleCount / 2 && random.uniform() < 0.5 ? 1 : 0,
    ),
    batches: [
      { texture: 0, firstTriangle: 0, triangleCount: triangleCount / 2 },
      { texture: 1, firstTriangle: triangleCount / 2, triangleCount: triangleCount / 2 },
    ],
  };
}

/** Triangles of all sizes, some off the canvas, some slivers, some with no area. */
function scatter(vertices: Float32Array, seed: number): void {
  const random = seededRandom(seed, 3);
  for (let at = 0; at < vertices.length; at += 3 * VERTEX_FLOATS) {
    const reach = 2 ** (random.uniform() * 8);
    const middle = [random.uniform() * 90 - 13, random.uniform() * 90 - 13];
    for (let corner = 0; corner < 3; corner++) {
      const place = [0, 1].map((axis) => middle[axis]! + (random.uniform() - 0.5) * reach);
      const alpha = random.uniform() < 0.3 ? 1 : random.uniform();
      const texel = [random.uniform() * 70 - 10, random.uniform() * 70 - 10];
      const shade = random.uniform() * 1.4 * alpha;
      vertices.set([...place, ...texel, shade, alpha], at + corner * VERTEX_FLOATS);
    }
    if (random.uniform() < 0.1) vertices.copyWithin(at + VERTEX_FLOATS, at, at + VERTEX_FLOATS);
  }
}

test.each([1, 2, 3, 4, 5])('gives the pixels of the reference: scene %i', (seed) => {
  const plan = planOf(seed, 120);
  const reference = new ReferenceRasteriser().load(plan);
  const simd = SimdRasteriser.ofThread().load(plan);
  scatter(reference.vertices(), seed);
  simd.vertices().set(reference.vertices());
  const backgrounds: readonly SceneBackground[] = ['plate', 'nothing', [12, 200, 77]];
  for (const background of backgrounds) {
    reference.draw(background);
    simd.draw(background);
    for (const matteBeside of [false, true]) {
      const width = matteBeside ? 2 * SIZE : SIZE;
      const [rgba, expectedRgba] = [new Uint8Array(width * SIZE * 4), new Uint8Array(width * SIZE * 4)];
      simd.writeRgba(rgba, matteBeside);
      reference.writeRgba(expectedRgba, matteBeside);
      expect(Buffer.compare(rgba, expectedRgba)).toBe(0);
      const [planes, expectedPlanes] = [new Uint8Array(width * SIZE * 1.5), new Uint8Array(width * SIZE * 1.5)];
      simd.writeI420(planes, matteBeside);
      reference.writeI420(expectedPlanes, matteBeside);
      expect(Buffer.compare(planes, expectedPlanes)).toBe(0);
    }
  }
  simd.close();
});

test('scenes share one copy of a texture, and closing gives all memory back', () => {
  const raster = SimdRasteriser.ofThread();
  const before = raster.arena.usedBytes;
  const plan = planOf(9, 40);
  const first = raster.load(plan);
  const one = raster.arena.usedBytes - before;
  const second = raster.load(plan);
  const two = raster.arena.usedBytes - before;
  const pixels = plan.textures.reduce((sum, texture) => sum + texture.pixels.length, plan.plate.pixels.length);
  expect(two - one).toBeLessThan(one - pixels + 1024);
  first.close();
  second.vertices();
  second.draw('plate');
  second.close();
  second.close();
  expect(raster.arena.usedBytes).toBe(before);
});

test('a scene outlives the growth of the memory that another causes', () => {
  const raster = SimdRasteriser.ofThread();
  const plan = planOf(3, 40);
  const scene = raster.load(plan);
  scatter(scene.vertices(), 3);
  const first = new Uint8Array(SIZE * SIZE * 4);
  scene.draw('plate');
  scene.writeRgba(first, false);
  const big = noise(1200, 1200, 5, true);
  const other = raster.load({ ...planOf(4, 40), textures: [big, big] });
  const again = new Uint8Array(SIZE * SIZE * 4);
  scatter(scene.vertices(), 3);
  scene.draw('plate');
  scene.writeRgba(again, false);
  expect(Buffer.compare(first, again)).toBe(0);
  other.close();
  scene.close();
});
