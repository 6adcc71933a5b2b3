import { clamp, smoothstep } from '../../base/ramp.ts';
import type { RgbaImage } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { addGrain, grainOf } from './grain.ts';
import { narrowedAtSkin } from './skin-edges.ts';
import { isSkin, skinTone } from './skin-tone.ts';
import { boxBlur, fillUnknown, halve, sampleAt } from './inpaint.ts';
import { patchFill } from './patch-fill.ts';

/** The picture taken apart into what stands behind the person and the person alone. */
export interface SplitPicture {
  /** Opaque background, filled where the person stood. */
  readonly plate: RgbaImage;
  /** `[size, size, 3]` 0..255: the person's colour without the background shining through, filled beyond the edge. */
  readonly person: Float32Array;
  /** `[size, size]` 0..1. */
  readonly alpha: Float32Array;
}

/** Hair and matte errors reach this share of the picture beyond the matte; they must not stain the plate. */
const MARGIN_SHARE = 1 / 40;
/** Beside ears and shoulders the matte is sharp and right: there less of the background is given up. */
const CRISP_MARGIN_SHARE = 1 / 100;
const CRISP = 0.012;
/** Further than this (0..255, root mean square) from the background around, something there may belong to the person. */
const STRAY = 48;

/** Skin this near its edge has a little of the background's light in it. */
const EDGE_CM = 0.12;

export function splitPicture(analysis: PortraitAnalysis): SplitPicture {
  const { sizePx: size, rgba, matte } = analysis;
  const pixels = size * size;
  const alpha = new Float32Array(pixels);
  for (let at = 0; at < pixels; at++) alpha[at] = matte[at]! / 255;
  const spread = boxBlur(alpha, size, size, Math.round(size * MARGIN_SHARE));
  const near = boxBlur(alpha, size, size, Math.round(size * CRISP_MARGIN_SHARE));
  const softness = boxBlur(
    alpha.map((value) => value * (1 - value)),
    size,
    size,
    Math.round(size * MARGIN_SHARE),
  );
  const known = new Float32Array(pixels);
  for (let at = 0; at < pixels; at++) {
    const crisp = softness[at]! < CRISP && near[at]! < 0.005;
    known[at] = alpha[at]! < 0.02 && (crisp || spread[at]! < 0.012) ? 1 : 0;
  }
  const colours = new Float32Array(pixels * 3);
  for (let at = 0; at < pixels; at++) {
    for (let channel = 0; channel < 3; channel++) colours[at * 3 + channel] = rgba[at * 4 + channel]!;
  }
  leaveOutStrays(colours, known, spread, size);
  const plate = fillAtHalfSize(colours, known, size);
  const narrow = narrowedAtSkin(analysis, alpha, colours, plate);
  const person = cleanColours(analysis, colours, plate, narrow);
  const pixelsOut = new Uint8Array(pixels * 4);
  for (let at = 0; at < pixels; at++) {
    for (let channel = 0; channel < 3; channel++) pixelsOut[at * 4 + channel] = Math.round(plate[at * 3 + channel]!);
    pixelsOut[at * 4 + 3] = 255;
  }
  return { plate: { widthPx: size, heightPx: size, pixels: pixelsOut }, person, alpha: narrow };
}

/** What stands out beside the person may be an earring or a curl that the matte missed: it would stay behind the head. */
function leaveOutStrays(colours: Float32Array, known: Float32Array, spread: Float32Array, size: number): void {
  const radius = Math.round(size * MARGIN_SHARE);
  const shares = boxBlur(known, size, size, radius);
  const apart = new Float32Array(known.length);
  for (let channel = 0; channel < 3; channel++) {
    const sums = boxBlur(
      known.map((value, at) => value * colours[at * 3 + channel]!),
      size,
      size,
      radius,
    );
    for (let at = 0; at < known.length; at++) {
      apart[at]! += (colours[at * 3 + channel]! - sums[at]! / Math.max(shares[at]!, 1e-6)) ** 2 / 3;
    }
  }
  const strays = apart.map((square, at) => (known[at] === 1 && spread[at]! >= 0.012 && square > STRAY ** 2 ? 1 : 0));
  const near = boxBlur(strays, size, size, Math.max(1, Math.round(size / 150)));
  for (let at = 0; at < known.length; at++) if (near[at]! > 0 && spread[at]! >= 0.012) known[at] = 0;
}

/** What is filled in is softer than the picture, so half the size costs a quarter and looks the same. */
function fillAtHalfSize(colours: Float32Array, known: Float32Array, size: number): Float32Array {
  const half = size >> 1;
  const weighted = new Float32Array(colours.length);
  for (let at = 0; at < known.length; at++) {
    for (let channel = 0; channel < 3; channel++) weighted[at * 3 + channel] = colours[at * 3 + channel]! * known[at]!;
  }
  const halfKnown = halve(known, size, size, 1);
  const halfColours = halve(weighted, size, size, 3);
  for (let at = 0; at < halfKnown.length; at++) {
    const weight = halfKnown[at]!;
    if (weight > 0) for (let channel = 0; channel < 3; channel++) halfColours[at * 3 + channel]! /= weight;
  }
  const filled = fillUnknown(halfColours, halfKnown, half, half, 3);
  patchFill(filled, halfKnown, half);
  const out = new Float32Array(colours.length);
  const filledShare = new Float32Array(known.length);
  // A soft edge between the two, or the border of what is known shows as a line.
  const trust = boxBlur(known, size, size, 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      const weight = known[at]! * smoothstep(0.4, 1, trust[at]!);
      filledShare[at] = 1 - weight;
      for (let channel = 0; channel < 3; channel++) {
        const fill = weight < 1 ? sampleAt(filled, half, half, 3, channel, (x + 0.5) / 2, (y + 0.5) / 2) : 0;
        out[at * 3 + channel] = colours[at * 3 + channel]! * weight + fill * (1 - weight);
      }
    }
  }
  addGrain(out, filledShare, grainOf(colours, known, size, size, 3), 3);
  return out;
}

/** Takes the background's share out of edge pixels, and carries the person's colours on beyond the edge. */
function cleanColours(
  analysis: PortraitAnalysis,
  colours: Float32Array,
  plate: Float32Array,
  alpha: Float32Array,
): Float32Array {
  const size = analysis.sizePx;
  const sure = new Float32Array(alpha.length);
  for (let at = 0; at < alpha.length; at++) sure[at] = alpha[at]! > 0.97 ? 1 : 0;
  const tone = skinTone(analysis);
  const deep = boxBlur(sure, size, size, Math.max(1, Math.round(EDGE_CM * analysis.pose.pxPerCm)));
  for (let at = 0; at < alpha.length; at++) sure[at] = deep[at]! > 0.99 ? 1 : 0;
  const inside = fillUnknown(colours, sure, size, size, 3);
  const out = new Float32Array(colours.length);
  for (let at = 0; at < alpha.length; at++) {
    const a = alpha[at]!;
    const solved = smoothstep(0.25, 0.9, a);
    for (let channel = 0; channel < 3; channel++) {
      const index = at * 3 + channel;
      const own = a > 0.25 ? (colours[index]! - (1 - a) * plate[index]!) / a : 0;
      const colour = own * solved + inside[index]! * (1 - solved);
      out[index] = Math.max(0, Math.min(255, colour));
    }
    if (sure[at] === 0 && a > 0.25 && isSkin(inside, at * 3, tone)) takeOut(out, inside, plate, at * 3);
  }
  return out;
}

/** Takes out of a colour what it has of the background, as a share of the way from the skin inside to the background. */
function takeOut(colours: Float32Array, inside: Float32Array, plate: Float32Array, at: number): void {
  let [along, square] = [0, 0];
  for (let index = at; index < at + 3; index++) {
    const away = plate[index]! - inside[index]!;
    along += away * (colours[index]! - inside[index]!);
    square += away * away;
  }
  const share = clamp(along / Math.max(1, square), 0, 1);
  for (let index = at; index < at + 3; index++) {
    colours[index] = clamp(colours[index]! - share * (plate[index]! - inside[index]!), 0, 255);
  }
}
