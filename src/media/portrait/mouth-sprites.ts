import { smoothstep } from '../../base/ramp.ts';
import { newSprite, type Sprite } from './parts-atlas.ts';

type Rgb = readonly [red: number, green: number, blue: number];

const TEETH_WIDTH_PX = 256;
const TEETH_HEIGHT_PX = 64;

/** Relative widths and lengths of twelve teeth from the person's right to left (Wheeler's Dental Anatomy, frontal view). */
const UPPER_WIDTHS = [0.75, 0.8, 0.85, 0.8, 1, 1.18, 1.18, 1, 0.8, 0.85, 0.8, 0.75] as const;
const UPPER_LENGTHS = [0.72, 0.74, 0.78, 0.86, 0.86, 0.97, 0.97, 0.86, 0.86, 0.78, 0.74, 0.72] as const;
const LOWER_WIDTHS = [0.85, 0.85, 0.8, 0.75, 0.72, 0.7, 0.7, 0.72, 0.75, 0.8, 0.85, 0.85] as const;
const LOWER_LENGTHS = [0.8, 0.8, 0.85, 0.92, 0.94, 0.95, 0.95, 0.94, 0.92, 0.85, 0.8, 0.8] as const;

/** @returns one row of teeth with its gum: gum at the top of the sprite for upper teeth, at the bottom for lower. */
export function drawTeeth(look: { readonly tone: Rgb; readonly gum: Rgb; readonly upper: boolean }): Sprite {
  const widths = look.upper ? UPPER_WIDTHS : LOWER_WIDTHS;
  const lengths = look.upper ? UPPER_LENGTHS : LOWER_LENGTHS;
  const total = widths.reduce((sum: number, width) => sum + width, 0);
  let reached = 0;
  const edges = [0, ...widths.map((width) => (reached += width / total))];
  const sprite = newSprite(TEETH_WIDTH_PX, TEETH_HEIGHT_PX);
  for (let y = 0; y < TEETH_HEIGHT_PX; y++) {
    for (let x = 0; x < TEETH_WIDTH_PX; x++) {
      const u = (x + 0.5) / TEETH_WIDTH_PX;
      const v = (y + 0.5) / TEETH_HEIGHT_PX;
      const fromGum = look.upper ? v : 1 - v;
      let tooth = 0;
      while (tooth < widths.length - 1 && u > edges[tooth + 1]!) tooth++;
      const across = (u - edges[tooth]!) / (edges[tooth + 1]! - edges[tooth]!);
      const toEdge = Math.min(across, 1 - across);
      const rounding = 0.07 * Math.abs(2 * across - 1) ** 3;
      const end = lengths[tooth]! - rounding;
      const alpha = 1 - smoothstep(end - 0.03, end + 0.03, fromGum);
      const gap = smoothstep(0, 0.1, toEdge);
      const bulge = 0.93 + 0.07 * Math.sin(Math.PI * across);
      const side = 1 - 0.55 * Math.abs(2 * u - 1) ** 2.2;
      const enamel = (0.74 + 0.26 * gap) * bulge * side * (0.88 + 0.14 * smoothstep(0, 0.5, fromGum));
      const gum = 1 - smoothstep(0.12, 0.22, fromGum + 0.06 * Math.sin(across * Math.PI));
      const to = (y * TEETH_WIDTH_PX + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        sprite.pixels[to + channel] = look.tone[channel]! * enamel * (1 - gum) + look.gum[channel]! * side * gum;
      }
      sprite.pixels[to + 3] = 255 * alpha;
    }
  }
  return sprite;
}

const TONGUE_WIDTH_PX = 96;
const TONGUE_HEIGHT_PX = 64;

/** @returns a tongue seen from the front: its tip at the bottom of the sprite. */
export function drawTongue(flesh: Rgb): Sprite {
  const sprite = newSprite(TONGUE_WIDTH_PX, TONGUE_HEIGHT_PX);
  for (let y = 0; y < TONGUE_HEIGHT_PX; y++) {
    for (let x = 0; x < TONGUE_WIDTH_PX; x++) {
      const u = (2 * (x + 0.5)) / TONGUE_WIDTH_PX - 1;
      const v = (2 * (y + 0.5)) / TONGUE_HEIGHT_PX - 1;
      const radius = Math.hypot(u, v);
      const groove = Math.exp(-u * u * 60) * smoothstep(0.9, -0.4, v);
      const light = 0.62 + 0.38 * (1 - Math.max(0, v)) * (1 - 0.5 * u * u) - 0.14 * groove;
      const to = (y * TONGUE_WIDTH_PX + x) * 4;
      for (let channel = 0; channel < 3; channel++) sprite.pixels[to + channel] = flesh[channel]! * light;
      sprite.pixels[to + 3] = 255 * (1 - smoothstep(0.84, 1, radius));
    }
  }
  return sprite;
}
