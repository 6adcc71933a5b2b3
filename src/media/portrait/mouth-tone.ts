import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';
import {
  FACE_OVAL,
  FACE_POINT_COUNT,
  LIP_INNER_LOWER,
  LIP_INNER_UPPER,
  LIP_OUTER_LOWER,
  LIP_OUTER_UPPER,
  LIP_RED_LOWER,
  LIP_RED_UPPER,
} from './landmark-groups.ts';
import type { SkinTone } from './skin-tone.ts';
import { LEFT_EYE, RIGHT_EYE } from './topology.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

/** What the inside of this portrait's mouth is painted with. */
export interface MouthTone {
  readonly teeth: Rgb;
  readonly gum: Rgb;
  readonly tongue: Rgb;
  readonly cavity: Rgb;
  readonly shade: Rgb;
  /** Standard deviation of the portrait's own blur at strong edges, pixels of the crop. */
  readonly blurPx: number;
  /** 0 flat drawing .. 1 photograph: how much small form the portrait shows. */
  readonly detail: number;
}

/** Teeth stay this far under the brightest skin, or they glow. */
const UNDER_SKIN = 0.97;
const BRIGHTEST_SHARE = 0.96;
/** How far a tongue's red is above its mean. */
const TONGUE_SATURATION = 0.32;
/** Ivory: ratio of each channel to the mean. */
const IVORY = [1.05, 1, 0.93] as const;
/** How much of the light's and the palette's tint, told from the skin, teeth take; shine of their own takes the rest. */
const TINT_SHARE = 0.75;
/** What skin and lips around them throw onto teeth, or a yellow light would turn them green. */
const SKIN_SHARE = 0.25;
/** In a coloured picture teeth are never cold: green stays under red, and blue under green, by these shares. */
const WARM = [0.96, 0.94] as const;
/** Light skin shows the hue of its light; the darker it is, between these lumas, the more of its hue is its own. */
const TOLD_LUMA = [60, 160] as const;
const LEAST_TOLD = 0.3;
/** By how much of their mean red lips are redder than grey. */
const RED_LIPS = 0.3;

export function mouthTone(analysis: PortraitAnalysis, tone: SkinTone): MouthTone {
  const { skinBright, blurPx, detail } = readFace(analysis);
  const lips = lipColour(analysis);
  const flesh = (red: number, green: number, blue: number): Rgb => inLight([red, green, blue], tone, lips);
  const level = Math.min(UNDER_SKIN * skinBright, 88 + 0.68 * tone.luma);
  const coloured = Math.max(tone.colourfulness, lips);
  const told = mix(LEAST_TOLD, 1, smoothstep(TOLD_LUMA[0], TOLD_LUMA[1], tone.luma));
  const teeth = warmed(
    IVORY.map((ivory, channel) => {
      const own = ivory * mix(1, tone.tint[channel]!, told * TINT_SHARE);
      const hue = mix(own, tone.colour[channel]! / tone.luma, told * SKIN_SHARE);
      return clamp(level * (1 + (hue - 1) * (0.15 + 0.85 * coloured)), 0, 235);
    }) as unknown as Rgb,
    coloured,
  );
  return {
    teeth,
    gum: flesh(158, 84, 80),
    tongue: muted(flesh(172, 92, 86)),
    cavity: flesh(84, 35, 32),
    shade: flesh(40, 16, 13),
    blurPx,
    detail,
  };
}

function warmed([red, green, blue]: Rgb, coloured: number): Rgb {
  const warmGreen = Math.min(green, red * WARM[0]);
  const warmBlue = Math.min(blue, warmGreen * WARM[1]);
  return [red, mix(green, warmGreen, coloured), mix(blue, warmBlue, coloured)];
}

/** Skin that is orange of itself must not dye the tongue: half of what is beyond a natural tongue's saturation goes. */
function muted(colour: Rgb): Rgb {
  const grey = (colour[0] + colour[1] + colour[2]) / 3;
  const most = (Math.max(...colour) - grey) / Math.max(1, grey);
  const share = most <= TONGUE_SATURATION ? 1 : (0.5 * (most + TONGUE_SATURATION)) / most;
  return colour.map((value) => grey + (value - grey) * share) as unknown as Rgb;
}

/** How red the lips are, 0 grey .. 1: on pale or powdered skin they tell better than it what is inside a mouth. */
function lipColour({ landmarks, rgba, sizePx }: PortraitAnalysis): number {
  const sum = [0, 0, 0];
  for (const point of [...LIP_RED_UPPER.flat(), ...LIP_RED_LOWER.flat()]) {
    const x = clamp(Math.floor(landmarks[point * 3]!), 0, sizePx - 1);
    const y = clamp(Math.floor(landmarks[point * 3 + 1]!), 0, sizePx - 1);
    for (let channel = 0; channel < 3; channel++) sum[channel]! += rgba[(y * sizePx + x) * 4 + channel]!;
  }
  const [red = 0, green = 0, blue = 0] = sum;
  return clamp((red - (green + blue) / 2) / Math.max(1, (red + green + blue) / 3) / RED_LIPS, 0, 1);
}

/** A colour of flesh in daylight on light skin, put into this portrait's light, palette and greyness. */
function inLight(colour: Rgb, tone: SkinTone, lips: number): Rgb {
  // The inside of a mouth is about as bright on dark skin; only the light counts, which skin tells in part.
  const light = clamp(0.35 + 0.65 * (tone.luma / 190), 0.45, 1.1);
  const grey = (colour[0] + colour[1] + colour[2]) / 3;
  return [0, 1, 2].map((channel) => {
    const toned = colour[channel]! * mix(tone.tint[channel]!, 1, 0.7 * lips * (1 - tone.colourfulness));
    return clamp((grey + (toned - grey) * (0.15 + 0.85 * Math.max(tone.colourfulness, lips))) * light, 0, 245);
  }) as unknown as Rgb;
}

const NOT_SKIN = new Set<number>([
  ...FACE_OVAL,
  ...LIP_INNER_LOWER,
  ...LIP_INNER_UPPER,
  ...LIP_OUTER_LOWER,
  ...LIP_OUTER_UPPER,
  ...[RIGHT_EYE, LEFT_EYE].flatMap(({ lower, upper }) => [...lower, ...upper]),
]);
/** An edge from dark to light over a normal blur is this many standard deviations wide at its steepest. */
const EDGE_WIDTHS = 2.5;
const LEAST_BLUR_PX = 0.5;
const MOST_BLUR_PX = 3;

/** Brightness of the skin where it is brightest, and how sharp and how detailed the face is. */
function readFace({ landmarks, rgba, sizePx }: PortraitAnalysis): {
  readonly skinBright: number;
  readonly blurPx: number;
  readonly detail: number;
} {
  const luma = (x: number, y: number): number => {
    const at = (clamp(y, 0, sizePx - 1) * sizePx + clamp(x, 0, sizePx - 1)) * 4;
    return (rgba[at]! + rgba[at + 1]! + rgba[at + 2]!) / 3;
  };
  const skin: number[] = [];
  const roughness: number[] = [];
  for (let point = 0; point < FACE_POINT_COUNT; point++) {
    if (NOT_SKIN.has(point)) continue;
    const [x, y] = [Math.floor(landmarks[point * 3]!), Math.floor(landmarks[point * 3 + 1]!)];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) sum += luma(x + dx, y + dy);
    skin.push(sum / 9);
    roughness.push(Math.abs(luma(x, y) - (sum - luma(x, y)) / 8));
  }
  const gradients: number[] = [];
  const values: number[] = [];
  const box = boundsOf(landmarks, [
    ...RIGHT_EYE.upperSecond,
    ...LEFT_EYE.upperSecond,
    ...RIGHT_EYE.lower,
    ...LEFT_EYE.lower,
  ]);
  for (let y = box.top; y <= box.bottom; y++) {
    for (let x = box.left; x <= box.right; x++) {
      gradients.push(Math.hypot(luma(x + 1, y) - luma(x - 1, y), luma(x, y + 1) - luma(x, y - 1)) / 2);
      values.push(luma(x, y));
    }
  }
  for (const list of [skin, roughness, gradients, values]) list.sort((a, b) => a - b);
  const contrast = percentile(values, 0.98) - percentile(values, 0.02);
  const blurPx = contrast / Math.max(1, EDGE_WIDTHS * percentile(gradients, 0.995));
  return {
    skinBright: percentile(skin, BRIGHTEST_SHARE),
    blurPx: clamp(blurPx, LEAST_BLUR_PX, MOST_BLUR_PX),
    detail: clamp((percentile(roughness, 0.5) - 0.25) / 0.6, 0, 1),
  };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function boundsOf(
  landmarks: Float32Array,
  points: readonly number[],
): { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number } {
  const xs = points.map((point) => landmarks[point * 3]!);
  const ys = points.map((point) => landmarks[point * 3 + 1]!);
  return {
    left: Math.floor(Math.min(...xs)),
    right: Math.ceil(Math.max(...xs)),
    top: Math.floor(Math.min(...ys)),
    bottom: Math.ceil(Math.max(...ys)),
  };
}
