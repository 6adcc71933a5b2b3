import { clamp, mix } from '../../base/ramp.ts';
import { seededRandom } from '../../base/random.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { boxBlur } from './inpaint.ts';

/** What is finer than about this belongs to the texture of skin or paint, what is coarser to light and shape, cm. */
const COARSEST_CM = 0.27;
/** Grain is measured in steps of 0..255, texture as a share: of about this. */
const MIDDLE_LUMA = 150;
/** Drawing a sprite smooths it by about this much. */
const GAIN = 1.6;
/**
 * The strongest texture, as a share of the colour it lies on, and in medians of what is there: pores, strokes and fine
 * lines, not freckles or hairs.
 */
const STRONGEST = 0.2;
const OUTLIERS = 4;

/** The texture at a pixel of the area, as a share of the colour it lies on. */
export type SkinTexture = (x: number, y: number, channel: number) => number;

/** A rectangle of the picture, in whole pixels. */
export interface SkinArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Takes the texture of the skin in one area of the picture: grain, pores, fine lines, strokes of a brush. It is read
 * pixel by pixel, without interpolation, which would smooth the grain away.
 * @param bareness - how surely there is bare skin at a place, 0..1; elsewhere there is only grain.
 * @param grain - standard deviation of the picture's grain, 0..255.
 */
export function skinTexture(
  { pose, rgba, sizePx }: PortraitAnalysis,
  { left, top, width, height }: SkinArea,
  bareness: (x: number, y: number) => number,
  grain: number,
): SkinTexture {
  const radius = Math.max(1, Math.round(COARSEST_CM * pose.pxPerCm));
  const random = seededRandom(left * 4096 + top, 11);
  const bare = Float32Array.from({ length: width * height }, (_, pixel) =>
    bareness(left + (pixel % width) + 0.5, top + Math.floor(pixel / width) + 0.5),
  );
  const blurred = (values: Float32Array): Float32Array =>
    boxBlur(boxBlur(values, width, height, radius), width, height, radius);
  const weights = blurred(bare);
  const shares = [0, 1, 2].map((channel) => {
    const plane = Float32Array.from({ length: width * height }, (_, pixel) => {
      const x = clamp(left + (pixel % width), 0, sizePx - 1);
      const y = clamp(top + Math.floor(pixel / width), 0, sizePx - 1);
      return rgba[(y * sizePx + x) * 4 + channel]!;
    });
    // Only skin counts, or skin beside a dark rim would seem bright.
    const smooth = blurred(plane.map((value, pixel) => value * bare[pixel]!));
    return plane.map((value, pixel) => {
      const mean = smooth[pixel]! / Math.max(1e-3, weights[pixel]!);
      return clamp((value - mean) / Math.max(12, mean), -1, 1);
    });
  });
  const strongest = Math.min(STRONGEST, OUTLIERS * medianOf(shares[1]!.filter((_, pixel) => bare[pixel]! > 0.8)));
  const chance = Float32Array.from({ length: width * height }, () => (grain / MIDDLE_LUMA) * random.normal());
  return (x, y, channel) => {
    const pixel = y * width + x;
    const weight = bare[pixel]!;
    return GAIN * mix(chance[pixel]!, clamp(shares[channel]![pixel]!, -strongest, strongest), weight);
  };
}

function medianOf(values: Float32Array): number {
  const sizes = values.map(Math.abs).sort();
  return sizes[sizes.length >> 1] ?? 0;
}
