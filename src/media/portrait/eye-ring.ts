import { polygonMask } from './polygon.ts';
import type { EyePoints } from './topology.ts';

/** The ring of skin around an eye lies between these distances from it, as shares of the eye's width. */
const RING = [0.1, 0.4] as const;
/** Of the ring's lumas, the one taken for the skin's; what is darker than the share of it below is a brow or a rim. */
const SKIN_PERCENTILE = 0.6;
const DARK = 0.75;

type Point = readonly [x: number, y: number];

/**
 * Looks at the skin in a ring around an eye.
 * @param rgba - a square picture; @param landmarks - `[478, 3]` pixels of it. @returns its mean colour, 0..255.
 */
export function eyeRingColour(
  rgba: Uint8Array,
  sizePx: number,
  landmarks: Float32Array,
  eye: EyePoints,
): readonly number[] {
  const at = (point: number): Point => [landmarks[point * 3]!, landmarks[point * 3 + 1]!];
  const [outer, inner] = [at(eye.upper[0]!), at(eye.upper[8]!)];
  const width = Math.hypot(outer[0] - inner[0], outer[1] - inner[1]);
  const outline = [...eye.upperSecond, ...eye.lower.slice(1, -1).reverse()].map(at);
  const middle: Point = [
    outline.reduce((sum, [x]) => sum + x, 0) / outline.length,
    outline.reduce((sum, [, y]) => sum + y, 0) / outline.length,
  ];
  const grown = (reach: number): Point[] =>
    outline.map(([x, y]) => {
      const length = Math.hypot(x - middle[0], y - middle[1]) || 1;
      const share = 1 + (reach * width) / length;
      return [middle[0] + (x - middle[0]) * share, middle[1] + (y - middle[1]) * share];
    });
  const near = polygonMask(grown(RING[0]), sizePx);
  const far = polygonMask(grown(RING[1]), sizePx);
  const ring: number[] = [];
  for (let pixel = 0; pixel < far.length; pixel++) if (far[pixel] === 1 && near[pixel] !== 1) ring.push(pixel);
  const lumaOf = (pixel: number): number =>
    0.299 * rgba[pixel * 4]! + 0.587 * rgba[pixel * 4 + 1]! + 0.114 * rgba[pixel * 4 + 2]!;
  const lumas = ring.map(lumaOf).sort((a, b) => a - b);
  const dark = DARK * (lumas[Math.floor(SKIN_PERCENTILE * lumas.length)] ?? 0);
  const skin = ring.filter((pixel) => lumaOf(pixel) > dark);
  return [0, 1, 2].map(
    (channel) => skin.reduce((sum, pixel) => sum + rgba[pixel * 4 + channel]!, 0) / Math.max(1, skin.length),
  );
}
