import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawTriangle } from '../../../src/media/render/reference-triangle.ts';
import { VERTEX_FLOATS, type Texture } from '../../../src/media/render/scene-plan.ts';

const SIZE = 16;

/** A texture of pixels that differ from their neighbours. */
function chequered(): Texture {
  const pixels = new Uint8Array(SIZE * SIZE * 4);
  for (let at = 0; at < SIZE * SIZE; at++) {
    pixels.set([(at * 37) % 256, (at * 91) % 256, (at * 13) % 256, 255], at * 4);
  }
  return { widthPx: SIZE, heightPx: SIZE, pixels };
}

/** Corners that show the texel they stand on. */
function corners(...places: readonly (readonly [x: number, y: number])[]): Float32Array {
  const vertices = new Float32Array(places.length * VERTEX_FLOATS);
  places.forEach(([x, y], index) => {
    vertices.set([x, y, x, y, 1, 1], index * VERTEX_FLOATS);
  });
  return vertices;
}

test('a picture drawn where it lies comes out as it is, to one level at its last row and column', () => {
  const texture = chequered();
  const canvas = new Uint8Array(SIZE * SIZE * 4);
  const vertices = corners([0, 0], [SIZE, 0], [SIZE, SIZE], [0, SIZE]);
  const indices = Uint16Array.of(0, 1, 2, 0, 2, 3);
  for (const first of [0, 3]) drawTriangle(canvas, SIZE, texture, vertices, indices, first, 0);
  canvas.forEach((value, at) => {
    const last = Math.floor(at / 4) % SIZE === SIZE - 1 || at >= (SIZE - 1) * SIZE * 4;
    expect(Math.abs(value - texture.pixels[at]!)).toBeLessThanOrEqual(last ? 1 : 0);
  });
});

test('triangles that share an edge leave no gap and draw no pixel twice', () => {
  const coordinate = fc.double({ min: 0, max: SIZE, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(coordinate, coordinate), ([x, y]) => {
      const half: Texture = { widthPx: 2, heightPx: 2, pixels: new Uint8Array(16).fill(64) };
      const canvas = new Uint8Array(SIZE * SIZE * 4);
      // A fan about any point of the square: every pixel belongs to one of its triangles.
      const vertices = corners([0, 0], [SIZE, 0], [SIZE, SIZE], [0, SIZE], [x, y]);
      for (let at = 0; at < vertices.length; at += VERTEX_FLOATS) vertices.fill(0.5, at + 2, at + 4);
      const indices = Uint16Array.of(0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4);
      for (let first = 0; first < indices.length; first += 3) {
        drawTriangle(canvas, SIZE, half, vertices, indices, first, 0);
      }
      // Slivers of no area may go missing, with the pixels whose centres lie on them.
      const wrong = canvas.filter((value) => value !== 64).length / 4;
      return wrong <= 1;
    }),
  );
});

test('alpha lets through what lies behind, and nothing is brighter than white', () => {
  const white: Texture = { widthPx: 2, heightPx: 2, pixels: new Uint8Array(16).fill(255) };
  const canvas = new Uint8Array(SIZE * SIZE * 4).fill(255);
  for (let at = 0; at < canvas.length; at += 4) canvas.set([200, 0, 100], at);
  const vertices = corners([0, 0], [40, 0], [0, 40]);
  for (let corner = 0; corner < 3; corner++) vertices.set([0.5, 0.5, 0.9, 0.5], corner * VERTEX_FLOATS + 2);
  drawTriangle(canvas, SIZE, white, vertices, Uint16Array.of(0, 1, 2), 0, 0);
  // 0.9 * 255 from the triangle (shade 1.8 at alpha 0.5), half of what was there.
  expect(canvas[0]).toBe(255);
  expect(Math.abs(canvas[1]! - 230)).toBeLessThanOrEqual(1);
  expect(canvas[3]).toBe(255);
});

test('a triangle that is turned away is drawn all the same', () => {
  const texture = chequered();
  const front = new Uint8Array(SIZE * SIZE * 4);
  const back = new Uint8Array(SIZE * SIZE * 4);
  const vertices = corners([1, 2], [14, 3], [5, 15]);
  drawTriangle(front, SIZE, texture, vertices, Uint16Array.of(0, 1, 2), 0, 0);
  drawTriangle(back, SIZE, texture, vertices, Uint16Array.of(0, 2, 1), 0, 0);
  expect(back).toEqual(front);
  expect(front.some((value) => value > 0)).toBe(true);
});
