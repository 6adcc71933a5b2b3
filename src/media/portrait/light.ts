import { clamp } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { FACE_OVAL, FACE_POINT_COUNT } from './landmark-groups.ts';

/** How much of a normal's share in brightness is believed: paint and make-up shade faces too. */
const TRUST = 0.8;

/**
 * Where the portrait's light comes from: brightness of the skin as a linear function of its normals.
 * @param normals - `[>= 468, 3]` camera space. @returns a unit vector towards the light, camera space.
 */
export function estimateLight(
  { landmarks, rgba, sizePx }: PortraitAnalysis,
  normals: Float32Array,
): readonly [x: number, y: number, z: number] {
  const border = new Set<number>(FACE_OVAL);
  // Normal equations of brightness = a + b nx + c ny, with a little pull of b and c to zero.
  let [n, sx, sy, sxx, sxy, syy, sl, slx, sly] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let point = 0; point < FACE_POINT_COUNT; point++) {
    if (border.has(point)) continue;
    const column = clamp(Math.floor(landmarks[point * 3]!), 0, sizePx - 1);
    const row = clamp(Math.floor(landmarks[point * 3 + 1]!), 0, sizePx - 1);
    const at = (row * sizePx + column) * 4;
    const luma = (rgba[at]! + rgba[at + 1]! + rgba[at + 2]!) / 3;
    const nx = normals[point * 3]!;
    const ny = normals[point * 3 + 1]!;
    n++;
    sx += nx;
    sy += ny;
    sxx += nx * nx;
    sxy += nx * ny;
    syy += ny * ny;
    sl += luma;
    slx += luma * nx;
    sly += luma * ny;
  }
  const ridge = 0.02 * n;
  const cxx = sxx - (sx * sx) / n + ridge;
  const cxy = sxy - (sx * sy) / n;
  const cyy = syy - (sy * sy) / n + ridge;
  const bx = slx - (sl * sx) / n;
  const by = sly - (sl * sy) / n;
  const determinant = cxx * cyy - cxy * cxy;
  const mean = Math.max(20, sl / n);
  const alongX = (TRUST * (bx * cyy - by * cxy)) / determinant / mean;
  const alongY = (TRUST * (by * cxx - bx * cxy)) / determinant / mean;
  const light = [clamp(alongX, -0.7, 0.7), clamp(alongY + 0.15, -0.3, 0.7), 0.8] as const;
  const length = Math.hypot(...light);
  return [light[0] / length, light[1] / length, light[2] / length];
}
