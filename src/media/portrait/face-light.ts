import { FACE_OVAL } from './landmark-groups.ts';
import type { Picture } from './picture.ts';

export interface FaceLight {
  /** Mean luma (BT.601) inside the outline, 0..255. */
  readonly luma: number;
  /** 95th less 5th percentile. */
  readonly contrast: number;
}

/**
 * Measures the light inside an outline of landmarks.
 * @param points - the outline, in order; the whole face by default.
 * @param stepPx - looks at one pixel of so many, along both axes.
 */
export function measureFaceLight(
  { widthPx, heightPx, rgba }: Picture,
  landmarks: Float32Array,
  points: readonly number[] = FACE_OVAL,
  stepPx = 2,
): FaceLight {
  const outline = points.map((point) => [landmarks[3 * point]!, landmarks[3 * point + 1]!] as const);
  const histogram = new Uint32Array(256);
  const top = Math.max(0, Math.floor(Math.min(...outline.map(([, y]) => y))));
  const bottom = Math.min(heightPx, Math.ceil(Math.max(...outline.map(([, y]) => y))));
  for (let y = top; y < bottom; y += stepPx) {
    const crossings = rowCrossings(outline, y + 0.5);
    for (let span = 0; span + 1 < crossings.length; span += 2) {
      const right = Math.min(widthPx, crossings[span + 1]!);
      for (let x = Math.max(0, Math.ceil(crossings[span]!)); x < right; x += stepPx) {
        const at = (y * widthPx + x) * 4;
        const luma = 0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!;
        histogram[Math.round(luma)]!++;
      }
    }
  }
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return { luma: 0, contrast: 0 };
  const percentile = (share: number): number => {
    let seen = 0;
    for (let luma = 0; luma < 256; luma++) {
      seen += histogram[luma]!;
      if (seen >= share * total) return luma;
    }
    return 255;
  };
  const luma = histogram.reduce((sum, count, value) => sum + count * value, 0) / total;
  return { luma, contrast: percentile(0.95) - percentile(0.05) };
}

function rowCrossings(outline: readonly (readonly [number, number])[], y: number): number[] {
  const crossings: number[] = [];
  for (let index = 0; index < outline.length; index++) {
    const [x0, y0] = outline[index]!;
    const [x1, y1] = outline[(index + 1) % outline.length]!;
    if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
  }
  return crossings.sort((a, b) => a - b);
}
