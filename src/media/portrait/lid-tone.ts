import { clamp, mix } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { sampleAt } from './inpaint.ts';
import { alongLid } from './lid-curve.ts';
import type { EyePoints } from './topology.ts';

/** Columns from corner to corner, and samples down each of them. */
const COLUMNS = 33;
const SAMPLES = 15;
/** Corner columns have next to no skin above the lid: what lies beside them is taken. */
const FIRST = 0.8;
const LAST = 7.4;
/** The skin above the open lid: shares of the way from where a blink begins to the lid's edge. */
const ABOVE = [0.04, 0.84] as const;
/** The skin below the lower lashes: shares of the way from the lower lid's edge to the cheek. */
const BELOW = [0.3, 0.95] as const;
/** Of the samples sorted by luma, those that are skin: darker are lashes, the crease or a brow, brighter are reflexes. */
const SKIN_SHARE = [0.42, 0.84] as const;
/** Upper lids are this dark or bright against lower ones; beyond, it is hair or a rim that was seen. */
const UPPER_OVER_LOWER = [0.74, 1.25] as const;
/** How far the lid's edge goes towards the colours below it. */
const TOWARDS_LOWER = 0.45;
/** Passes of a three-point mean along the columns. */
const SMOOTHING = 14;

type Rgb = [red: number, green: number, blue: number];

/** The colour that a lid's skin has at `t` (0..8 along the lid) and `v` (0 its top .. 1 its lashes), 0..255. */
export type LidTone = (t: number, v: number, channel: number) => number;

/**
 * Reads the colours of the skin just above and just below an open eye column by column, so that the skin of the shut
 * lid keeps the light that falls across this eye.
 */
export function lidTone(analysis: PortraitAnalysis, eye: EyePoints): LidTone {
  const { landmarks } = analysis;
  const strip = (from: readonly number[], to: readonly number[], [first, last]: readonly [number, number]): Rgb[] =>
    Array.from({ length: COLUMNS }, (_, column) => {
      const t = clamp((8 * column) / (COLUMNS - 1), FIRST, LAST);
      const places = Array.from({ length: SAMPLES }, (_, sample) => {
        const share = mix(first, last, sample / (SAMPLES - 1));
        return [0, 1].map((axis) => mix(alongLid(landmarks, from, t, axis), alongLid(landmarks, to, t, axis), share));
      });
      return skinOf(
        analysis,
        places.map(([x = 0, y = 0]) => [x, y]),
      );
    });
  const below = smoothed(strip(eye.lower, eye.lowerThird, BELOW));
  const above = smoothed(
    strip(eye.lidTop, eye.upper, ABOVE).map((colour, column) => {
      const other = below[column]!;
      const ratio = lumaOf(colour) / Math.max(1, lumaOf(other));
      const held = clamp(ratio, ...UPPER_OVER_LOWER);
      // What had to be held back is not skin, so neither is its hue.
      const own = held === ratio ? 1 : Math.min(ratio, held) / Math.max(ratio, held, 1e-3);
      return colour.map((value, channel) =>
        mix(other[channel]! * held, (value * held) / Math.max(0.01, ratio), own ** 3),
      ) as Rgb;
    }),
  );
  return (t, v, channel) => {
    const at = clamp((t / 8) * (COLUMNS - 1), 0, COLUMNS - 1.001);
    const low = Math.floor(at);
    const look = (row: readonly Rgb[]): number => mix(row[low]![channel]!, row[low + 1]![channel]!, at - low);
    return mix(look(above), look(below), TOWARDS_LOWER * v);
  };
}

function skinOf({ rgba, sizePx }: PortraitAnalysis, places: readonly (readonly [number, number])[]): Rgb {
  const colours = places.map(
    ([x, y]) => [0, 1, 2].map((channel) => sampleAt(rgba, sizePx, sizePx, 4, channel, x, y)) as Rgb,
  );
  colours.sort((a, b) => lumaOf(a) - lumaOf(b));
  const taken = colours.slice(Math.floor(SKIN_SHARE[0] * colours.length), Math.ceil(SKIN_SHARE[1] * colours.length));
  return [0, 1, 2].map((channel) => taken.reduce((sum, colour) => sum + colour[channel]!, 0) / taken.length) as Rgb;
}

function smoothed(row: readonly Rgb[]): Rgb[] {
  let current = [...row];
  for (let pass = 0; pass < SMOOTHING; pass++) {
    current = current.map((colour, column) => {
      const before = current[Math.max(0, column - 1)]!;
      const after = current[Math.min(COLUMNS - 1, column + 1)]!;
      return colour.map((value, channel) => (before[channel]! + 2 * value + after[channel]!) / 4) as Rgb;
    });
  }
  return current;
}

function lumaOf([red, green, blue]: Rgb): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
