import { clamp } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';

export interface SkinTone {
  readonly colour: readonly [red: number, green: number, blue: number];
  /** Mean of the colour, 0..255. */
  readonly luma: number;
  /** What the portrait's light and palette do to a neutral colour, per channel around 1. */
  readonly tint: readonly [red: number, green: number, blue: number];
  /** 0 greyscale .. 1 as colourful as skin in daylight. */
  readonly colourfulness: number;
}

/** Cheeks, forehead and chin: skin on nearly every portrait. */
const SKIN_POINTS = [50, 280, 151, 9, 205, 425, 199] as const;
/** Ratio of each channel to the mean on skin in neutral light. */
const NEUTRAL_SKIN = [1.2, 0.97, 0.83] as const;

export function skinTone({ rgba, sizePx, landmarks, pose }: PortraitAnalysis): SkinTone {
  const reach = Math.max(1, Math.round(0.25 * pose.pxPerCm));
  const samples: number[][] = [];
  for (const point of SKIN_POINTS) {
    const cx = Math.round(landmarks[point * 3]!);
    const cy = Math.round(landmarks[point * 3 + 1]!);
    const sum = [0, 0, 0];
    let count = 0;
    for (let y = Math.max(0, cy - reach); y <= Math.min(sizePx - 1, cy + reach); y++) {
      for (let x = Math.max(0, cx - reach); x <= Math.min(sizePx - 1, cx + reach); x++) {
        for (let channel = 0; channel < 3; channel++) sum[channel]! += rgba[(y * sizePx + x) * 4 + channel]!;
        count++;
      }
    }
    samples.push(sum.map((value) => value / Math.max(1, count)));
  }
  samples.sort((a, b) => a[0]! + a[1]! + a[2]! - b[0]! - b[1]! - b[2]!);
  // Without the darkest and the brightest: a fringe of hair, a highlight.
  const kept = samples.slice(1, -1);
  const colour = [0, 1, 2].map((channel) => kept.reduce((sum, sample) => sum + sample[channel]!, 0) / kept.length) as [
    number,
    number,
    number,
  ];
  const luma = Math.max(1, (colour[0] + colour[1] + colour[2]) / 3);
  const spread = (Math.max(...colour) - Math.min(...colour)) / luma;
  const colourfulness = Math.max(0, Math.min(1, spread / 0.3));
  const tint = colour.map((value, channel) => {
    const ratio = value / luma / NEUTRAL_SKIN[channel]!;
    return Math.max(0.7, Math.min(1.3, ratio));
  }) as [number, number, number];
  return { colour, luma, tint, colourfulness };
}

/** Skin is within these shares of the face's brightness, and this close to its hue (shares of the mean). */
const DARKEST = 0.4;
const HUE = 0.16;

/** Whether a pixel has the hue of the face's skin and is no darker than its shaded side. */
export function isSkin(colours: Float32Array, at: number, tone: SkinTone): boolean {
  const luma = (colours[at]! + colours[at + 1]! + colours[at + 2]!) / 3;
  if (luma < DARKEST * tone.luma) return false;
  let apart = 0;
  for (let channel = 0; channel < 3; channel++) {
    apart = Math.max(apart, Math.abs(colours[at + channel]! / clamp(luma, 1, 255) - tone.colour[channel]! / tone.luma));
  }
  return apart < HUE;
}
