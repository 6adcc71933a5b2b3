import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { RgbaImage, SmoothCheek, SmoothCheeks } from '../appearance.ts';
import { boxBlur } from './inpaint.ts';
import { LIP_OUTER_LOWER, LIP_OUTER_UPPER } from './landmark-groups.ts';
import { newSprite, type PartsAtlas } from './parts-atlas.ts';
import type { HeadPose } from './pose.ts';

type Point = readonly [x: number, y: number];

/** A smile below this leaves no folds worth smoothing, and one from here on leaves them whole. */
const FAINT = 0.15;
const BROAD = 0.5;
/** The fold from the wing of the nose round the corner of the mouth to the chin: the person's right side, then their left. */
const FOLDS = [
  [129, 206, 216, 212, 210],
  [358, 426, 436, 432, 430],
] as const;
/** The fold begins this share of its first stretch away from the nose, whose own shadow stays. */
const FROM_NOSE = 0.3;
/** How far on either side of its line a fold and its bulges reach, and over how much of that they fade, cm. */
const REACH_CM = 1.5;
const FADE_CM = 0.8;
/** The sprite goes on so far beyond, so that triangles of the mesh which show some of it lie within it. */
const BEYOND_CM = 1.3;
/** Lips keep what is this near to them, cm. */
const LIP_CM = [0.08, 0.35] as const;
/** About the corner of the mouth its crease goes whole as far as the first, and no more from the second on, cm. */
const CORNER_CM = [0.25, 0.85] as const;
const CORNER_MOST = 0.8;
/** Skin without its folds is the mean over this radius, cm; a fold is wider than the second. */
const SMOOTH_CM = 0.75;
const FOLD_CM = 0.06;
/** What is finer than this is the skin's own grain and stays, up to this share of its brightness; a crease is deeper. */
const GRAIN_CM = 0.14;
const GRAIN_MOST = 0.07;
/** Skin in a fold's shadow, as a share of the mean around it, counts less and less for what the skin would be without it. */
const SHADOW = [0.82, 0.96] as const;
/** Differences from it, as a share of it, that begin to be smoothed, and are smoothed as far as ever. */
const FOLD_SHARE = [0.015, 0.1] as const;
const MOST = 0.9;

/**
 * Cheeks without folds and mouth's corners without creases: smooth skin, to be laid over them as a portrait's own smile
 * is let go and as lips are rounded. @param smile - how broadly the portrait smiles, 0..1.
 */
export function smoothCheeks(
  face: RgbaImage,
  origin: Point,
  landmarks: Float32Array,
  pose: HeadPose,
  smile: number,
  atlas: PartsAtlas,
): SmoothCheeks {
  const strength = smoothstep(FAINT, BROAD, smile);
  const place = (point: number): Point => [landmarks[point * 3]! - origin[0], landmarks[point * 3 + 1]! - origin[1]];
  const lips = [...LIP_OUTER_UPPER, ...LIP_OUTER_LOWER.slice(1, -1).reverse()].map(place);
  const side = (points: readonly number[], corner: number): SmoothCheek => {
    const [nose = [0, 0], ...rest] = points.map(place);
    const [next = nose] = rest;
    const start: Point = [mix(nose[0], next[0], FROM_NOSE), mix(nose[1], next[1], FROM_NOSE)];
    return smoothSide(face, origin, [start, ...rest], lips, place(corner), strength, pose.pxPerCm, atlas);
  };
  return { right: side(FOLDS[0], 61), left: side(FOLDS[1], 291), strength };
}

function smoothSide(
  { heightPx, pixels, widthPx }: RgbaImage,
  origin: Point,
  fold: readonly Point[],
  lips: readonly Point[],
  end: Point,
  strength: number,
  pxPerCm: number,
  atlas: PartsAtlas,
): SmoothCheek {
  const reach = (REACH_CM + BEYOND_CM) * pxPerCm;
  const bound = (value: number, most: number): number => Math.round(clamp(value, 0, most));
  const left = bound(Math.min(...fold.map(([x]) => x)) - reach, widthPx - 8);
  const right = bound(Math.max(...fold.map(([x]) => x)) + reach, widthPx);
  const top = bound(Math.min(...fold.map(([, y]) => y)) - reach, heightPx - 8);
  const bottom = bound(Math.max(...fold.map(([, y]) => y)) + reach, heightPx);
  const [width, height] = [Math.max(8, right - left), Math.max(8, bottom - top)];
  const mask = new Float32Array(width * height);
  const skin = new Float32Array(width * height);
  const planes = [0, 1, 2].map(() => new Float32Array(width * height));
  const lipLine = [...lips, lips[0]!];
  const clear = LIP_CM[1] * pxPerCm;
  const lipsLeft = Math.min(...lips.map(([x]) => x)) - clear;
  const lipsRight = Math.max(...lips.map(([x]) => x)) + clear;
  const lipsTop = Math.min(...lips.map(([, y]) => y)) - clear;
  const lipsBottom = Math.max(...lips.map(([, y]) => y)) + clear;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const [px, py] = [x + left + 0.5, y + top + 0.5];
      const from = ((y + top) * widthPx + x + left) * 4;
      const near = px > lipsLeft && px < lipsRight && py > lipsTop && py < lipsBottom;
      const beside = !near ? Infinity : isInside(lips, px, py) ? 0 : distanceTo(lipLine, px, py) / pxPerCm;
      skin[at] = (beside > LIP_CM[0] ? 1 : 0) * (pixels[from + 3]! / 255) ** 2;
      const corner = Math.hypot(px - end[0], py - end[1]) / pxPerCm;
      const crease = CORNER_MOST * smoothstep(CORNER_CM[1], CORNER_CM[0], corner);
      const fade = strength === 0 ? 0 : smoothstep(REACH_CM, REACH_CM - FADE_CM, distanceTo(fold, px, py) / pxPerCm);
      const folds = strength * fade * smoothstep(LIP_CM[0], LIP_CM[1], beside);
      mask[at] = Math.max(folds, crease) * (pixels[from + 3]! / 255);
      for (let channel = 0; channel < 3; channel++) planes[channel]![at] = pixels[from + channel]!;
    }
  }
  const radius = Math.max(1, Math.round((SMOOTH_CM / 1.6) * pxPerCm));
  const mean = (plane: Float32Array): Float32Array =>
    boxBlur(boxBlur(plane, width, height, radius), width, height, radius);
  const meanWhere = (weight: Float32Array): ((plane: Float32Array) => Float32Array) => {
    const counts = mean(weight);
    return (plane) => {
      const sums = mean(plane.map((value, at) => value * weight[at]!));
      return sums.map((sum, at) => (counts[at]! > 1e-3 ? sum / counts[at]! : plane[at]!));
    };
  };
  const blurred = (radiusCm: number): Float32Array[] =>
    planes.map((plane) => boxBlur(plane, width, height, Math.max(1, Math.round(radiusCm * pxPerCm))));
  const own = blurred(FOLD_CM);
  const coarse = blurred(GRAIN_CM);
  const green = meanWhere(skin)(planes[1]!);
  const lit = skin.map(
    (value, at) => value * (0.1 + smoothstep(SHADOW[0], SHADOW[1], own[1]![at]! / Math.max(1, green[at]!))),
  );
  const smooth = planes.map(meanWhere(lit));
  const sprite = newSprite(width, height);
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0) continue;
    let change = 0;
    for (let channel = 0; channel < 3; channel++) {
      const bare = smooth[channel]![at]!;
      change = Math.max(change, Math.abs(own[channel]![at]! - bare) / Math.max(16, bare));
      const most = GRAIN_MOST * bare;
      sprite.pixels[at * 4 + channel] = bare + clamp(planes[channel]![at]! - coarse[channel]![at]!, -most, most);
    }
    sprite.pixels[at * 4 + 3] = 255 * MOST * mask[at]! * smoothstep(FOLD_SHARE[0], FOLD_SHARE[1], change);
  }
  return { sprite: atlas.add(sprite), originPx: [left + origin[0], top + origin[1]] };
}

function distanceTo(line: readonly Point[], x: number, y: number): number {
  let nearest = Infinity;
  for (let segment = 0; segment + 1 < line.length; segment++) {
    const [ax, ay] = line[segment]!;
    const [bx, by] = line[segment + 1]!;
    const square = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
    const share = clamp(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square, 0, 1);
    nearest = Math.min(nearest, (x - mix(ax, bx, share)) ** 2 + (y - mix(ay, by, share)) ** 2);
  }
  return Math.sqrt(nearest);
}

function isInside(outline: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (let index = 0; index < outline.length; index++) {
    const [ax, ay] = outline[index]!;
    const [bx, by] = outline[(index + 1) % outline.length]!;
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}
