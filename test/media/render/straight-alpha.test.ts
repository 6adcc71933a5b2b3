import { expect, test } from 'vitest';
import { straightAlpha } from '../../../src/media/render/straight-alpha.ts';

test('straightAlpha() divides the colours by alpha', () => {
  const pixels = Uint8Array.from([100, 50, 0, 128, 7, 7, 7, 0, 1, 2, 3, 255]);
  expect([...straightAlpha(pixels)]).toEqual([199, 100, 0, 128, 0, 0, 0, 0, 1, 2, 3, 255]);
});
