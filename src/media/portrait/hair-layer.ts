import { seededRandom } from '../../base/random.ts';
import { clamp, smoothstep } from '../../base/ramp.ts';
import type { RgbaImage } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { findHair } from './hair-mask.ts';
import { boxBlur, fillUnknown } from './inpaint.ts';
import type { SplitPicture } from './plate.ts';
import type { HeadPose } from './pose.ts';

/** Hair that a turn of the head can never uncover lies this deep inside; nothing is drawn under it. */
const DEEP_CM = 1.3;

/** A layer that is not there: one clear pixel block, as every image has some size. */
export const NO_HAIR: { readonly image: RgbaImage; readonly originPx: readonly [number, number] } = {
  image: { widthPx: 8, heightPx: 8, pixels: new Uint8Array(256) },
  originPx: [0, 0],
};

/** @returns `[size, size]` how much of each pixel of the person is hair, 0..1; null where that cannot be told. */
export function hairOf(
  { alpha }: SplitPicture,
  { landmarks, pose, rgba, sizePx }: PortraitAnalysis,
): Float32Array | null {
  const found = findHair(rgba, alpha, landmarks, pose, sizePx);
  if (found === null) return null;
  // At its own edge the person is hair or is not, whatever shines through: the inside decides.
  const known = alpha.map((value) => (value > 0.9 ? 1 : 0));
  const filled = fillUnknown(found.share, known, sizePx, sizePx, 1);
  return filled.map((value, at) => (alpha[at]! > 0.9 ? found.share[at]! : smoothstep(0.3, 0.7, value)));
}

/** @returns the hair alone, cropped to where there is some. */
export function cutHair(
  { alpha, person }: SplitPicture,
  hair: Float32Array,
  size: number,
): { readonly image: RgbaImage; readonly originPx: readonly [number, number] } {
  let [left, right, top, bottom] = [size, 0, size, 0];
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (hair[at]! * alpha[at]! < 0.01) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  if (right - left < 8 || bottom - top < 8) return NO_HAIR;
  const [widthPx, heightPx] = [right - left, bottom - top];
  const pixels = new Uint8Array(widthPx * heightPx * 4);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const from = (y + top) * size + x + left;
      const to = (y * widthPx + x) * 4;
      for (let channel = 0; channel < 3; channel++) pixels[to + channel] = Math.round(person[from * 3 + channel]!);
      pixels[to + 3] = Math.round(clamp(hair[from]! * alpha[from]!, 0, 1) * 255);
    }
  }
  return { image: { widthPx, heightPx, pixels }, originPx: [left, top] };
}

/**
 * @returns the person without hair: skin goes on under a fringe, neck, clothes or nothing at all behind the rest. Drawn
 * under the hair it is the person again.
 */
export function fillUnderHair(
  { alpha, person, plate }: SplitPicture,
  hair: Float32Array,
  grain: number,
  pose: HeadPose,
  size: number,
): SplitPicture {
  const values = new Float32Array(size * size * 4);
  const known = new Float32Array(size * size);
  // What touches hair has a little of its colour.
  const near = boxBlur(hair, size, size, Math.max(1, Math.round(0.1 * pose.pxPerCm)));
  for (let at = 0; at < known.length; at++) {
    const a = alpha[at]!;
    known[at] = near[at]! < 0.03 ? 1 : 0;
    for (let channel = 0; channel < 3; channel++) values[at * 4 + channel] = person[at * 3 + channel]! * a;
    values[at * 4 + 3] = a;
  }
  const filled = fillUnknown(values, known, size, size, 4);
  const deep = boxBlur(hair, size, size, Math.round(DEEP_CM * pose.pxPerCm));
  const random = seededRandom(size, 11);
  const bareAlpha = new Float32Array(alpha.length);
  const barePerson = new Float32Array(person.length);
  for (let at = 0; at < alpha.length; at++) {
    const share = hair[at]!;
    const a = alpha[at]!;
    // Nothing is filled in where the person is not.
    const fillAlpha = smoothstep(0.42, 0.62, filled[at * 4 + 3]!) * a * (deep[at]! > 0.985 ? 0 : 1);
    // Over each other hair and the rest are as opaque as the person was.
    const rest = share * a < 0.99 ? clamp((a - share * a) / (1 - share * a), 0, 1) : 0;
    bareAlpha[at] = rest + (fillAlpha - rest) * smoothstep(0.3, 1, share);
    const noise = share > 0 ? grain * random.normal() : 0;
    for (let channel = 0; channel < 3; channel++) {
      const fill = filled[at * 4 + channel]! / Math.max(filled[at * 4 + 3]!, 1e-3);
      const own = person[at * 3 + channel]!;
      barePerson[at * 3 + channel] = clamp(noise * share + own + (fill - own) * smoothstep(0, 0.6, near[at]!), 0, 255);
    }
  }
  return { plate, person: barePerson, alpha: bareAlpha };
}
