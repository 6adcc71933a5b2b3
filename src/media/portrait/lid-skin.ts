import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import { seededRandom } from '../../base/random.ts';
import { LID_SEAM } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import type { EyeSkin } from './eye-skin.ts';
import { sampleAt } from './inpaint.ts';
import { newSprite, type Sprite } from './parts-atlas.ts';
import type { EyePoints } from './topology.ts';

/** Direction to the portrait's light, camera space. */
export type Light = readonly [x: number, y: number, z: number];

/** The globe under a lid: how far its normals lean at the corners, and from crease to lashes. */
const LEAN = { sideways: 0.45, upright: 0.6 } as const;
/** Share of the light on that globe that shows, and the most of it: a lid is never a step darker than the skin around. */
const GLOBE_SHADING = 0.3;
const LIGHTEST = 1.03;
const DARKEST = 0.93;
/** The strongest detail carried over from elsewhere, 0..255: pores and strokes, not moles or hairs. */
const MOST_DETAIL = 9;
/** How far the lid's mean colour goes to that of the skin around the eye, up and down, and the limits of it. */
const LIFT = 0.65;
const LOWER = 0.6;
const LEAST_LIFT = 0.9;
const MOST_LIFT = 1.28;
/** Make-up on the visible strip of an open lid shows by its hue; this much of it goes on over the whole lid. */
const MAKE_UP = 0.5;
const MOST_MAKE_UP = 0.08;

/**
 * The skin of an upper lid as it unrolls when the eye shuts: the colours of the skin around the eye, carried on over
 * it, the tint of make-up, and the light on the globe beneath. The first row lies along the skin that a blink does not
 * move, the last along the lashes of the shut eye; columns run from the outer corner to the inner. Above the crease its
 * alpha leaves out what is no skin: a low brow, the rim of spectacles.
 * @param light - of the portrait; @param grain - standard deviation of the portrait's grain, 0..255.
 */
export function lidSkinSprite(
  analysis: PortraitAnalysis,
  eye: EyePoints,
  skin: EyeSkin,
  light: Light,
  grain: number,
): Sprite {
  const { landmarks, pose } = analysis;
  const random = seededRandom(eye.iris, 3);
  const place = (points: readonly number[], t: number, axis: number): number => alongLid(landmarks, points, t, axis);
  const seam = (t: number, axis: number): number => mix(place(eye.upper, t, axis), place(eye.lower, t, axis), LID_SEAM);
  const middle = (axis: number): number => seam(4, axis) - place(eye.lidTop, 4, axis);
  const width = clamp(Math.round(Math.abs(place(eye.upper, 0, 0) - place(eye.upper, 8, 0))), 24, 160);
  const height = clamp(Math.round(Math.hypot(middle(0), middle(1))), 16, 96);
  const tint = makeUp(analysis, eye, skin);
  const lift = liftOf(skin, (t, v, axis) => mix(place(eye.lidTop, t, axis), seam(t, axis), v));
  const outward = Math.sign(place(eye.upper, 0, 0) - place(eye.upper, 8, 0));
  // Detail comes from the cheek under the eye, which on every face is skin.
  const cheekY = 0.55 * pose.pxPerCm;
  const sprite = newSprite(width, height);
  for (let x = 0; x < width; x++) {
    const t = ((x + 0.5) / width) * 8;
    const [topX, topY] = [place(eye.lidTop, t, 0), place(eye.lidTop, t, 1)];
    const [seamX, seamY] = [seam(t, 0), seam(t, 1)];
    const toCrease = Math.hypot(place(eye.upperSecond, t, 0) - topX, place(eye.upperSecond, t, 1) - topY);
    const creaseV = clamp(toCrease / (Math.hypot(seamX - topX, seamY - topY) || 1), 0.05, 0.6);
    // Towards the corners the lid goes over into the skin beside it.
    const inside = smoothstep(0, 3, t) * smoothstep(8, 5, t);
    for (let y = 0; y < height; y++) {
      const v = (y + 0.5) / height;
      const [atX, atY] = [mix(topX, seamX, v), mix(topY, seamY, v)];
      const down = clamp((v - creaseV) / (1 - creaseV), 0, 1);
      const lit = globeLight(light, outward * (1 - t / 4), down, smoothstep(0, 0.3, down));
      const detail = skin.detail(atX, seamY + cheekY + (seamY - atY));
      const fine = clamp(detail, -MOST_DETAIL, MOST_DETAIL) + grain * random.normal();
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const painted = mix(1, tint[channel]! * lift[channel]!, inside * smoothstep(0, 0.5, down));
        sprite.pixels[to + channel] = clamp(skin.colour(atX, atY, channel) * lit * painted + fine, 0, 255);
      }
      const bare = mix(skin.bareness(atX, atY), 1, smoothstep(0.6 * creaseV, creaseV, v));
      sprite.pixels[to + 3] = 255 * bare;
    }
  }
  return sprite;
}

/** @returns light on the lid over light on flat skin. @param side - 1 at the corner to the picture's right, -1 at the left. */
function globeLight([lx, ly, lz]: Light, side: number, down: number, share: number): number {
  const nx = LEAN.sideways * side;
  const ny = LEAN.upright * (0.85 - 1.7 * down);
  const lit = (nx * lx + ny * ly + lz) / Math.hypot(nx, ny, 1) / lz;
  return clamp(1 + share * GLOBE_SHADING * (lit - 0.95), DARKEST, LIGHTEST);
}

/** @returns a coordinate of the point at `t` (0..8) along a row of nine landmarks, on a Catmull-Rom curve. */
export function alongLid(landmarks: Float32Array, points: readonly number[], t: number, axis: number): number {
  const low = clamp(Math.floor(t), 0, 7);
  const s = t - low;
  const [a, b, c, d] = [-1, 0, 1, 2].map((step) => landmarks[points[clamp(low + step, 0, 8)]! * 3 + axis]!) as [
    number,
    number,
    number,
    number,
  ];
  return b + 0.5 * s * (c - a + s * (2 * a - 5 * b + 4 * c - d + s * (3 * (b - c) + d - a)));
}

/**
 * A shut lid stands forward of the socket that shades it while it is open.
 * @returns what brings the skin over the lid near the mean of the skin around the eye, a factor for each channel.
 */
function liftOf(skin: EyeSkin, at: (t: number, v: number, axis: number) => number): readonly number[] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let t = 1.5; t <= 6.5; t += 0.5) {
    for (let v = 0.5; v < 0.95; v += 0.1, count++) {
      for (let channel = 0; channel < 3; channel++) sums[channel]! += skin.colour(at(t, v, 0), at(t, v, 1), channel);
    }
  }
  return sums.map((sum, channel) => {
    const ratio = skin.around[channel]! / Math.max(1, sum / count);
    return clamp(1 + (ratio > 1 ? LIFT : LOWER) * (ratio - 1), LEAST_LIFT, MOST_LIFT);
  });
}

/** @returns what the visible strip of the open lid is tinted by, a factor for each channel that leaves the luma. */
function makeUp({ landmarks, rgba, sizePx }: PortraitAnalysis, eye: EyePoints, skin: EyeSkin): readonly number[] {
  const sums = [0, 0, 0];
  const plain = [0, 0, 0];
  for (let t = 1.5; t <= 6.5; t += 0.25) {
    for (let share = 0.4; share <= 0.9; share += 0.1) {
      const at = (axis: number): number =>
        mix(alongLid(landmarks, eye.upper, t, axis), alongLid(landmarks, eye.upperSecond, t, axis), share);
      const [x, y] = [at(0), at(1)];
      // Lashes and the crease are darker than make-up is.
      const weight = skin.bareness(x, y) ** 2 + 0.01;
      for (let channel = 0; channel < 3; channel++) {
        sums[channel]! += weight * sampleAt(rgba, sizePx, sizePx, 4, channel, x, y);
        plain[channel]! += weight * skin.colour(x, y, channel);
      }
    }
  }
  const total = (values: readonly number[]): number =>
    Math.max(
      1,
      values.reduce((sum, value) => sum + value, 0),
    );
  const [painted, bare] = [total(sums), total(plain)];
  return sums.map((sum, channel) => {
    const ratio = sum / painted / Math.max(0.02, plain[channel]! / bare);
    return clamp(1 + MAKE_UP * (ratio - 1), 1 - MOST_MAKE_UP, 1 + MOST_MAKE_UP);
  });
}
