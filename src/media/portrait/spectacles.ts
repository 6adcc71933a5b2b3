import { clamp, smoothstep } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { LEFT_EYE, RIGHT_EYE } from './topology.ts';

/** A rim's dip in brightness over the skin around it, as a share of the skin's: none below, surely a rim above. */
const NO_RIM = 0.1;
const SURE_RIM = 0.24;

/**
 * How surely the person wears spectacles, 0..1: a bridge across the nose between the eyes, and rims on the cheeks below
 * them, each a thin dark line with skin on both sides.
 */
export function spectacles(analysis: PortraitAnalysis): number {
  const bridge = dipAlong(analysis, 168, 197, 0.35);
  const right = dipBelow(analysis, RIGHT_EYE.lower[4]!);
  const left = dipBelow(analysis, LEFT_EYE.lower[4]!);
  const below = Math.min(right, left);
  return smoothstep(NO_RIM, SURE_RIM, Math.min(bridge, 0.4)) * smoothstep(NO_RIM * 0.7, SURE_RIM * 0.7, below);
}

/** The deepest thin dip from one landmark to another, averaged over a strip of half-width `halfCm`. */
function dipAlong({ landmarks, pose, ...picture }: PortraitAnalysis, from: number, to: number, halfCm: number): number {
  const [x0, y0, x1, y1] = [landmarks[from * 3]!, landmarks[from * 3 + 1]!, landmarks[to * 3]!, landmarks[to * 3 + 1]!];
  // From a little above the bridge of the nose to half way down.
  return deepestDip(
    picture,
    x0 - 0.35 * (x1 - x0),
    y0 - 0.35 * (y1 - y0),
    x0 + 0.6 * (x1 - x0),
    y0 + 0.6 * (y1 - y0),
    halfCm,
    pose.pxPerCm,
  );
}

function dipBelow({ landmarks, pose, ...picture }: PortraitAnalysis, lid: number): number {
  const x = landmarks[lid * 3]!;
  const y = landmarks[lid * 3 + 1]!;
  const scale = pose.pxPerCm;
  return deepestDip(picture, x, y + 0.5 * scale, x, y + 2.4 * scale, 0.7, scale);
}

function deepestDip(
  { rgba, sizePx }: Pick<PortraitAnalysis, 'rgba' | 'sizePx'>,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  halfCm: number,
  pxPerCm: number,
): number {
  const steps = Math.max(8, Math.round(Math.hypot(x1 - x0, y1 - y0)));
  const half = Math.max(1, Math.round(halfCm * pxPerCm));
  const profile = Array.from({ length: steps }, (_, step) => {
    const x = x0 + ((x1 - x0) * step) / steps;
    const y = Math.round(clamp(y0 + ((y1 - y0) * step) / steps, 0, sizePx - 1));
    let sum = 0;
    for (let dx = -half; dx <= half; dx++) {
      const at = (y * sizePx + Math.round(clamp(x + dx, 0, sizePx - 1))) * 4;
      sum += (rgba[at]! + rgba[at + 1]! + rgba[at + 2]!) / 3;
    }
    return sum / (2 * half + 1);
  });
  // A rim is up to 3 mm thick, and there is skin within 6 mm on both sides.
  const reach = Math.max(2, Math.round(0.5 * pxPerCm));
  let deepest = 0;
  for (let step = 1; step + 1 < steps; step++) {
    const above = Math.max(...profile.slice(Math.max(0, step - reach), step));
    const under = Math.max(...profile.slice(step + 1, step + 1 + reach));
    const skin = Math.min(above, under);
    deepest = Math.max(deepest, (skin - profile[step]!) / Math.max(20, skin));
  }
  return deepest;
}
