import { fillUnknown } from './inpaint.ts';
import { LIP_INNER_LOWER, LIP_INNER_UPPER } from './landmark-groups.ts';
import { polygonMask } from './polygon.ts';
import type { HeadPose } from './pose.ts';
import { LEFT_EYE, RIGHT_EYE } from './topology.ts';

/** Landmarks leave a rim of white or of teeth on lids and lips; this much of the edge is taken from further out. */
const LID_RIM_CM = 0.05;
const LIP_RIM_CM = 0.03;

/**
 * Replaces what shows inside the eyes and the mouth by the skin around them, so that no white glints at the edge of a
 * lid or a lip that moves.
 * @param colours - `[size, size, 3]`, changed in place.
 */
export function clearHoleRims(colours: Float32Array, landmarks: Float32Array, pose: HeadPose, size: number): void {
  for (const [upper, lower, rimCm] of [
    [RIGHT_EYE.upper, RIGHT_EYE.lower, LID_RIM_CM],
    [LEFT_EYE.upper, LEFT_EYE.lower, LID_RIM_CM],
    [LIP_INNER_UPPER, LIP_INNER_LOWER, LIP_RIM_CM],
  ] as const) {
    const loop = [...upper, ...lower.slice(1, -1).reverse()];
    const outline = loop.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const);
    fillInside(colours, grown(outline, rimCm * pose.pxPerCm), size);
  }
}

/** @returns the outline moved away from its own middle line by `distance`. */
function grown(outline: readonly (readonly [number, number])[], distance: number): [number, number][] {
  const xs = outline.map(([x]) => x);
  const middleX = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const middleY = outline.reduce((sum, [, y]) => sum + y, 0) / xs.length;
  const halfWidth = (Math.max(...xs) - Math.min(...xs)) / 2 || 1;
  return outline.map(([x, y], index) => {
    const [px, py] = outline[(index + outline.length - 1) % outline.length]!;
    const [nx, ny] = outline[(index + 1) % outline.length]!;
    const length = Math.hypot(nx - px, ny - py) || 1;
    let [outX, outY] = [(ny - py) / length, -(nx - px) / length];
    if (outX * (x - middleX) + outY * (y - middleY) < 0) [outX, outY] = [-outX, -outY];
    const corner = Math.abs(x - middleX) / halfWidth > 0.9;
    return corner ? [x + Math.sign(x - middleX) * distance, y] : [x + outX * distance, y + outY * distance];
  });
}

function fillInside(colours: Float32Array, outline: readonly (readonly [number, number])[], size: number): void {
  const MARGIN_PX = 12;
  const bound = (value: number): number => Math.max(0, Math.min(size, Math.round(value)));
  const left = bound(Math.min(...outline.map(([x]) => x)) - MARGIN_PX);
  const right = bound(Math.max(...outline.map(([x]) => x)) + MARGIN_PX);
  const top = bound(Math.min(...outline.map(([, y]) => y)) - MARGIN_PX);
  const bottom = bound(Math.max(...outline.map(([, y]) => y)) + MARGIN_PX);
  const [width, height] = [right - left, bottom - top];
  if (width < 4 || height < 4) return;
  const mask = polygonMask(outline, size);
  const values = new Float32Array(width * height * 3);
  const known = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y + top) * size + x + left;
      known[y * width + x] = 1 - mask[from]!;
      for (let channel = 0; channel < 3; channel++) {
        values[(y * width + x) * 3 + channel] = colours[from * 3 + channel]!;
      }
    }
  }
  const filled = fillUnknown(values, known, width, height, 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (known[at] === 1) continue;
      const to = ((y + top) * size + x + left) * 3;
      for (let channel = 0; channel < 3; channel++) colours[to + channel] = filled[at * 3 + channel]!;
    }
  }
}
