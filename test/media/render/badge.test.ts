import { expect, test } from 'vitest';
import { drawBadge } from '../../../src/media/render/badge.ts';

test.each([256, 512, 720])('the badge is small, legible and in the top right corner at %i pixels', (sizePx) => {
  const { texture, left, top } = drawBadge(sizePx);
  const { widthPx, heightPx, pixels } = texture;
  expect(left + widthPx).toBeLessThanOrEqual(sizePx);
  expect(left).toBeGreaterThan(sizePx * 0.8);
  expect(top).toBeLessThan(sizePx * 0.05);
  expect((widthPx * heightPx) / sizePx ** 2).toBeLessThan(0.01);
  const lumas = Array.from({ length: widthPx * heightPx }, (_, at) => pixels[at * 4]!);
  const solid = lumas.filter((_, at) => pixels[at * 4 + 3]! > 140);
  // Bright strokes on a dark plate: the contrast that W3C asks of text is 4.5.
  expect(Math.max(...solid)).toBeGreaterThan(200);
  expect(solid.filter((luma) => luma < 40).length).toBeGreaterThan(solid.length * 0.4);
  for (let at = 0; at < lumas.length; at++) expect(lumas[at]).toBeLessThanOrEqual(pixels[at * 4 + 3]!);
});
