import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import { LID_SEAM } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { eyeRingColour } from './eye-ring.ts';
import type { EyeSkin } from './eye-skin.ts';
import { alongLid } from './lid-curve.ts';
import { lidTone } from './lid-tone.ts';
import { newSprite, type Sprite } from './parts-atlas.ts';
import { skinTexture, type SkinArea } from './skin-texture.ts';
import type { EyePoints } from './topology.ts';

/** Direction to the portrait's light, camera space. */
export type Light = readonly [x: number, y: number, z: number];

/** The globe under a lid: how far its normals lean at the corners, and from crease to lashes. */
const LEAN = { sideways: 0.45, upright: 0.6 } as const;
/** Share of the light on that globe that shows, and the limits of it: a lid is never a step darker than the skin around. */
const GLOBE_SHADING = 0.3;
const LIGHTEST = 1.04;
const DARKEST = 0.93;
/** How dark the crease of the shut lid stays, and half its width as a share of the lid. */
const CREASE = { depth: 0.07, width: 0.09 } as const;
/** The lid's rim above the lashes is shaded by its own curve, and redder: blood shows through thin skin. */
const RIM = { from: 0.66, shade: 0.1, green: 0.035, blue: 0.03 } as const;
/** The lid's mean lightness becomes that of the skin around the eye, within these limits. */
const LEAST_LIFT = 0.62;
const MOST_LIFT = 1.45;
/** How far its hue goes there, and the most of it. */
const HUE = 0.75;
const MOST_HUE = 0.18;
/** Where the mean is taken, as shares of the sprite. */
const MIDDLE = { left: 0.2, right: 0.8, top: 0.3, bottom: 0.75 } as const;
/** The texture is that of the skin so far below the lashes, which on every face is skin, cm. */
const TEXTURE_BELOW_CM = 0.4;

/**
 * The skin of an upper lid as it unrolls when the eye shuts: the colours of the skin above and below the open eye, the
 * texture of the skin beneath it, and the light on the globe. The first row lies along the skin that a blink does not
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
  const place = (points: readonly number[], t: number, axis: number): number => alongLid(landmarks, points, t, axis);
  const seam = (t: number, axis: number): number => mix(place(eye.upper, t, axis), place(eye.lower, t, axis), LID_SEAM);
  const middle = (axis: number): number => seam(4, axis) - place(eye.lidTop, 4, axis);
  const width = clamp(Math.round(Math.abs(place(eye.upper, 0, 0) - place(eye.upper, 8, 0))), 24, 160);
  const height = clamp(Math.round(Math.hypot(middle(0), middle(1))), 16, 96);
  const tone = lidTone(analysis, eye);
  const outward = Math.sign(place(eye.upper, 0, 0) - place(eye.upper, 8, 0));
  const area = areaBelow(landmarks, eye, TEXTURE_BELOW_CM * pose.pxPerCm, width, height);
  const texture = skinTexture(analysis, area, skin.bareness, grain);
  const sprite = newSprite(width, height);
  for (let x = 0; x < width; x++) {
    const t = ((x + 0.5) / width) * 8;
    const [topX, topY] = [place(eye.lidTop, t, 0), place(eye.lidTop, t, 1)];
    const [seamX, seamY] = [seam(t, 0), seam(t, 1)];
    const toCrease = Math.hypot(place(eye.upperSecond, t, 0) - topX, place(eye.upperSecond, t, 1) - topY);
    const creaseV = clamp(toCrease / (Math.hypot(seamX - topX, seamY - topY) || 1), 0.05, 0.6);
    const inside = insideOf(t);
    for (let y = 0; y < height; y++) {
      const v = (y + 0.5) / height;
      const [atX, atY] = [mix(topX, seamX, v), mix(topY, seamY, v)];
      const down = clamp((v - creaseV) / (1 - creaseV), 0, 1);
      const globe = globeLight(light, outward * (1 - t / 4), down, smoothstep(0, 0.3, down));
      const crease = CREASE.depth * inside * Math.exp(-(((v - creaseV) / CREASE.width) ** 2));
      const rim = inside * smoothstep(RIM.from, 1, down);
      const lit = globe * (1 - crease) * (1 - RIM.shade * rim);
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const warm = 1 - rim * (channel === 0 ? 0 : channel === 1 ? RIM.green : RIM.blue);
        const fine = 1 + texture(x, y, channel);
        sprite.pixels[to + channel] = tone(t, v, channel) * lit * warm * fine;
      }
      const bare = mix(skin.bareness(atX, atY), 1, smoothstep(0.6 * creaseV, creaseV, v));
      sprite.pixels[to + 3] = 255 * bare;
    }
  }
  lift(sprite, eyeRingColour(analysis.rgba, analysis.sizePx, landmarks, eye));
  return sprite;
}

/** A piece of skin as large as the lid's sprite, below the eye. */
function areaBelow(landmarks: Float32Array, eye: EyePoints, below: number, width: number, height: number): SkinArea {
  const xs = eye.lower.map((point) => landmarks[point * 3]!);
  const lowest = Math.max(...eye.lower.map((point) => landmarks[point * 3 + 1]!));
  return {
    left: Math.round((Math.min(...xs) + Math.max(...xs) - width) / 2),
    top: Math.round(lowest + below),
    width,
    height,
  };
}

/** @returns light on the lid over light on flat skin. @param side - 1 at the corner to the picture's right, -1 at the left. */
function globeLight([lx, ly, lz]: Light, side: number, down: number, share: number): number {
  const nx = LEAN.sideways * side;
  const ny = LEAN.upright * (0.85 - 1.7 * down);
  const lit = (nx * lx + ny * ly + lz) / Math.hypot(nx, ny, 1) / lz;
  return clamp(1 + share * GLOBE_SHADING * (lit - 0.95), DARKEST, LIGHTEST);
}

/**
 * A shut lid stands forward of the socket that shades it while it is open: brings its mean colour near that of the skin
 * around the eye. @param around - mean of that skin, 0..255.
 */
function lift({ pixels, width, height }: Sprite, around: readonly number[]): void {
  const sums = [0, 0, 0];
  let count = 0;
  for (let y = Math.floor(MIDDLE.top * height); y < MIDDLE.bottom * height; y++) {
    for (let x = Math.floor(MIDDLE.left * width); x < MIDDLE.right * width; x++, count++) {
      for (let channel = 0; channel < 3; channel++) sums[channel]! += pixels[(y * width + x) * 4 + channel]!;
    }
  }
  const own = sums.map((sum) => Math.max(1, sum / Math.max(1, count)));
  const [ownLuma, luma] = [lumaOf(own), lumaOf(around)];
  const lighter = clamp(luma / ownLuma, LEAST_LIFT, MOST_LIFT);
  const factors = own.map((value, channel) => {
    const hue = around[channel]! / luma / (value / ownLuma);
    return lighter * clamp(1 + HUE * (hue - 1), 1 - MOST_HUE, 1 + MOST_HUE);
  });
  for (let x = 0; x < width; x++) {
    // At the corners the lid goes over into the skin beside it.
    const inside = insideOf(((x + 0.5) / width) * 8);
    for (let y = 0; y < height; y++) {
      const at = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        pixels[at + channel] = clamp(pixels[at + channel]! * mix(1, factors[channel]!, inside), 0, 255);
      }
    }
  }
}

/** @returns how far from both corners `t` (0..8) lies, 0..1. */
function insideOf(t: number): number {
  return smoothstep(0, 2, t) * smoothstep(8, 6.2, t);
}

function lumaOf([red = 0, green = 0, blue = 0]: readonly number[]): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
