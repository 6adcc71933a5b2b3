import { seededRandom } from '../../base/random.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { FACE_OVAL } from './landmark-groups.ts';
import { polygonMask } from './polygon.ts';

/** More than this is texture, not grain: brush strokes must not become noise. */
const MOST_GRAIN = 7;

/**
 * How grainy a picture is: the spread of what a 3 x 3 mean takes away, robustly, where `mask` is whole.
 * @param values - `[height, width, channels]`. @returns a standard deviation, 0..7.
 */
export function grainOf(
  values: ArrayLike<number>,
  mask: ArrayLike<number>,
  width: number,
  height: number,
  channels: number,
): number {
  const residuals: number[] = [];
  const row = width * channels;
  // Every fifth pixel of every fifth row says enough.
  for (let y = 2; y + 2 < height; y += 5) {
    for (let x = 2; x + 2 < width; x += 5) {
      const pixel = y * width + x;
      if (mask[pixel]! < 1 || mask[pixel - width - 1]! < 1 || mask[pixel + width + 1]! < 1) continue;
      const at = pixel * channels + 1;
      let sum = 0;
      for (const step of [
        -row - channels,
        -row,
        -row + channels,
        -channels,
        channels,
        row - channels,
        row,
        row + channels,
      ]) {
        sum += values[at + step]!;
      }
      residuals.push(Math.abs(values[at]! - sum / 8));
    }
  }
  if (residuals.length < 50) return 0;
  residuals.sort((a, b) => a - b);
  // Median absolute deviation to standard deviation, and what the mean of eight neighbours adds.
  return Math.min(MOST_GRAIN, (residuals[residuals.length >> 1]! * 1.4826) / Math.sqrt(1 + 1 / 8));
}

/** Gives smooth fill the grain of the rest: one noise for all channels, where `share` (0..1) says. */
export function addGrain(values: Float32Array, share: Float32Array, sigma: number, channels: number): void {
  if (sigma < 0.3) return;
  const random = seededRandom(share.length, 7);
  // A table of normal numbers, walked in odd steps, costs a fraction of as many draws.
  const table = Float32Array.from({ length: 4099 }, () => random.normal() * sigma);
  let at = 0;
  for (let pixel = 0; pixel < share.length; pixel++) {
    at = (at + 1 + ((pixel * 7919) & 15)) % table.length;
    const weight = share[pixel]!;
    if (weight === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      const index = pixel * channels + channel;
      values[index] = Math.max(0, Math.min(255, values[index]! + weight * table[at]!));
    }
  }
}

/** @returns how grainy the face itself is: the standard deviation that its smooth fill wants, 0..7. */
export function faceGrain({ landmarks, rgba, sizePx }: PortraitAnalysis): number {
  const face = polygonMask(
    FACE_OVAL.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const),
    sizePx,
  );
  return grainOf(rgba, face, sizePx, sizePx, 4);
}
