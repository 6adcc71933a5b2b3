import { expect, test } from 'vitest';
import { keepTriangles } from '../../../src/media/render/opacity.ts';
import { loadTexture } from '../../../src/media/render/texture.ts';

test('shrinking keeps the mean, and transparent pixels stain nothing', () => {
  const pixels = new Uint8Array(8 * 8 * 4);
  for (let at = 0; at < 64; at++) pixels.set(at % 2 === 0 ? [200, 100, 40, 255] : [255, 255, 255, 0], at * 4);
  const { pixels: half } = loadTexture({ widthPx: 8, heightPx: 8, pixels }, 4, 4);
  for (let at = 0; at < half.length; at += 4) expect([...half.slice(at, at + 4)]).toEqual([100, 50, 20, 128]);
});

test('a texture of its own size is only premultiplied', () => {
  const pixels = Uint8Array.from({ length: 5 * 7 * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at * 29) % 256));
  expect(loadTexture({ widthPx: 5, heightPx: 7, pixels }, 5, 7).pixels).toEqual(pixels);
});

test('triangles of which nothing shows are dropped, and opaque ones are known', () => {
  const pixels = new Uint8Array(64 * 64 * 4);
  for (let y = 0; y < 64; y++)
    for (let x = 0; x < 64; x++) pixels[(y * 64 + x) * 4 + 3] = x < 20 ? 0 : x < 40 ? 128 : 255;
  const texels = Float32Array.of(2, 2, 12, 2, 2, 12, 22, 2, 36, 2, 22, 12, 46, 2, 60, 2, 46, 12);
  const kept = keepTriangles(Uint16Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8), texels, new Float32Array(9).fill(1), {
    widthPx: 64,
    heightPx: 64,
    pixels,
  });
  expect(kept).toEqual({ triangles: [3, 4, 5, 6, 7, 8], opaque: [0, 1] });
});
