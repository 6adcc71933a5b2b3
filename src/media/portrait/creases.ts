import { smoothstep } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { polygonMask } from './polygon.ts';

/** Lines of the skin are about so thick: means over this radius are what they are told from. */
const LINE_CM = 0.22;
/** Relief of the skin as a share of its brightness: children and drawings have less than the first, the old the second. */
const SMOOTH = 0.008;
const LINED = 0.03;
/** Smooth skin creases, too, but softly. */
const LEAST = 0.3;
/** Of the face's outline: eyes and mouth, whose edges are no lines of the skin, lie within these. */
const FOREHEAD = [54, 103, 67, 109, 10, 338, 297, 332, 284, 334, 296, 336, 9, 107, 66, 105] as const;
const CHEEKS = [
  [117, 118, 101, 36, 206, 207, 187, 123],
  [346, 347, 330, 266, 426, 427, 411, 352],
] as const;

/**
 * How deeply expressions crease this skin: by how lined it is in the portrait, which knows its age, its light and its
 * painter. @returns 0.3 for a child's or a drawn face .. 1.
 */
export function skinCreases({ landmarks, pose, rgba, sizePx }: PortraitAnalysis): number {
  const radius = Math.max(2, Math.round(LINE_CM * pose.pxPerCm));
  const reliefs = [FOREHEAD, ...CHEEKS].map((points) => {
    const outline = points.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const);
    return reliefOf(rgba, polygonMask(outline, sizePx), sizePx, radius);
  });
  // Hair over one of them is no line of the skin: the smoother two count.
  const [first = 0, second = 0] = reliefs.sort((a, b) => a - b);
  return LEAST + (1 - LEAST) * smoothstep(SMOOTH, LINED, (first + second) / 2);
}

/** @returns how far, in the median, a small mean lies from the mean of what is above and below, as a share of it. */
function reliefOf(rgba: Uint8Array, mask: ArrayLike<number>, sizePx: number, radius: number): number {
  const green = (x: number, y: number): number => {
    let sum = 0;
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) sum += rgba[((y + dy) * sizePx + x + dx) * 4 + 1]!;
    }
    return sum / 9;
  };
  const found: number[] = [];
  for (let y = radius + 2; y < sizePx - radius - 2; y += 2) {
    for (let x = 2; x < sizePx - 2; x += 3) {
      if (mask[(y - radius) * sizePx + x]! < 1 || mask[(y + radius) * sizePx + x]! < 1) continue;
      const around = (green(x, y - radius) + green(x, y + radius)) / 2;
      found.push(Math.abs(green(x, y) - around) / Math.max(20, around));
    }
  }
  if (found.length < 40) return 0;
  found.sort((a, b) => a - b);
  return found[Math.floor(found.length * 0.8)]!;
}
