import { seededRandom } from '../../base/random.ts';
import { clamp, smoothstep } from '../../base/ramp.ts';
import type { RgbaImage } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { findHair } from './hair-mask.ts';
import { boxBlur, fillUnknown, halve, sampleAt } from './inpaint.ts';
import type { SplitPicture } from './plate.ts';
import type { HeadPose } from './pose.ts';

/** Hair that a turn of the head can never uncover lies this deep inside; nothing is drawn under it. */
const DEEP_CM = 0.7;
/** Clear pixels around the layer: more than one remains of them when it is drawn at a quarter of its size. */
const CLEAR_PX = 6;

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
  return findHair(rgba, alpha, landmarks, pose, sizePx)?.share ?? null;
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
  // Outside of the layer its edge repeats, which must be clear.
  const [widthPx, heightPx] = [right - left + 2 * CLEAR_PX, bottom - top + 2 * CLEAR_PX];
  const pixels = new Uint8Array(widthPx * heightPx * 4);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const from = y * size + x;
      const to = ((y - top + CLEAR_PX) * widthPx + x - left + CLEAR_PX) * 4;
      for (let channel = 0; channel < 3; channel++) pixels[to + channel] = Math.round(person[from * 3 + channel]!);
      pixels[to + 3] = Math.round(clamp(hair[from]! * alpha[from]!, 0, 1) * 255);
    }
  }
  return { image: { widthPx, heightPx, pixels }, originPx: [left - CLEAR_PX, top - CLEAR_PX] };
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
  // What is filled in is smooth: half the size costs a quarter and looks the same.
  const half = size >> 1;
  const halfHair = halve(hair, size, size, 1);
  // What touches hair has a little of its colour.
  const near = boxBlur(halfHair, half, half, Math.max(1, Math.round(0.05 * pose.pxPerCm)));
  const deep = boxBlur(halfHair, half, half, Math.round((DEEP_CM * pose.pxPerCm) / 2));
  const values = new Float32Array(half * half * 4);
  const known = new Float32Array(half * half);
  for (let at = 0; at < known.length; at++) {
    const from = Math.floor(at / half) * 2 * size + (at % half) * 2;
    known[at] = near[at]! < 0.03 ? 1 : 0;
    for (let channel = 0; channel < 3; channel++) {
      values[at * 4 + channel] = person[from * 3 + channel]! * alpha[from]!;
    }
    values[at * 4 + 3] = alpha[from]!;
  }
  const filled = fillUnknown(values, known, half, half, 4);
  const random = seededRandom(size, 11);
  const bareAlpha = new Float32Array(alpha.length);
  const barePerson = new Float32Array(person.length);
  const fill = [0, 0, 0, 0];
  for (let at = 0; at < alpha.length; at++) {
    const x = at % size;
    const y = Math.floor(at / size);
    const small = (y >> 1) * half + (x >> 1);
    const a = alpha[at]!;
    const touched = smoothstep(0, 0.6, near[small]!);
    if (touched === 0) {
      bareAlpha[at] = a;
      for (let index = at * 3; index < at * 3 + 3; index++) barePerson[index] = person[index]!;
      continue;
    }
    const share = hair[at]!;
    for (let channel = 0; channel < 4; channel++) {
      fill[channel] = sampleAt(filled, half, half, 4, channel, (x + 0.5) / 2, (y + 0.5) / 2);
    }
    // Nothing is filled in where the person is not.
    const fillAlpha = smoothstep(0.42, 0.62, fill[3]!) * a * (deep[small]! > 0.985 ? 0 : 1);
    // Over each other hair and the rest are as opaque as the person was.
    const rest = share * a < 0.99 ? clamp((a - share * a) / (1 - share * a), 0, 1) : 0;
    bareAlpha[at] = rest + (fillAlpha - rest) * smoothstep(0.3, 1, share);
    const noise = grain * random.normal() * share;
    for (let channel = 0; channel < 3; channel++) {
      const own = person[at * 3 + channel]!;
      const other = fill[channel]! / Math.max(fill[3]!, 1e-3);
      barePerson[at * 3 + channel] = clamp(own + (other - own) * touched + noise, 0, 255);
    }
  }
  return { plate, person: barePerson, alpha: bareAlpha };
}
