import { clamp, mix, smoothstep } from '../../base/ramp.ts';
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
/** Beside a corner, skin is looked for at these distances from it, cm. */
const BESIDE_CM = { from: 0.2, to: 0.45, aside: 0.2 } as const;
/** What is this much brighter there than the lid is no skin. */
const WHITER = 1.12;
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
  const beside = (corner: 0 | 8): Rgb => {
    const colour = besideCorner(analysis, eye, corner);
    const lid = above[corner === 0 ? COLUMNS >> 2 : (3 * COLUMNS) >> 2]!;
    // A drawn eye may go on past its landmarks: its white is no skin.
    return lumaOf(colour) > WHITER * lumaOf(lid) ? lid : colour;
  };
  const [outer, inner] = [beside(0), beside(8)];
  return (t, v, channel) => {
    const at = clamp((t / 8) * (COLUMNS - 1), 0, COLUMNS - 1.001);
    const low = Math.floor(at);
    const look = (row: readonly Rgb[]): number => mix(row[low]![channel]!, row[low + 1]![channel]!, at - low);
    const lid = mix(look(above), look(below), TOWARDS_LOWER * v);
    return mix(outer[channel]!, mix(inner[channel]!, lid, smoothstep(8.2, 6.4, t)), smoothstep(-0.4, 1.6, t));
  };
}

/** @returns the colour of the skin beside one corner of an eye. @param corner - 0 the outer, 8 the inner. */
function besideCorner(analysis: PortraitAnalysis, eye: EyePoints, corner: 0 | 8): Rgb {
  const { landmarks, pose } = analysis;
  const at = (place: number, axis: number): number => landmarks[eye.upper[place]! * 3 + axis]!;
  const across = [at(corner, 0) - at(8 - corner, 0), at(corner, 1) - at(8 - corner, 1)] as const;
  const step = pose.pxPerCm / (Math.hypot(...across) || 1);
  const [dx, dy] = [across[0] * step, across[1] * step];
  const places: [number, number][] = [];
  for (let sample = 0; sample < 30; sample++) {
    const out = mix(BESIDE_CM.from, BESIDE_CM.to, Math.floor(sample / 5) / 5);
    const up = mix(-BESIDE_CM.aside, BESIDE_CM.aside, (sample % 5) / 4);
    places.push([at(corner, 0) + out * dx - up * dy, at(corner, 1) + out * dy + up * dx]);
  }
  return skinOf(analysis, places);
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
