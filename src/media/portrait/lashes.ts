import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import { seededRandom } from '../../base/random.ts';
import { PAST_CORNERS } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import type { EyeSkin } from './eye-skin.ts';
import { boxBlur, sampleAt } from './inpaint.ts';
import { alongLid } from './lid-curve.ts';
import { newSprite, type Sprite } from './parts-atlas.ts';
import type { EyePoints } from './topology.ts';

/** Of the lashes' sprite: how much of it stands above the lid's edge, cm, and how far lashes hang below. */
export const LASH_ABOVE_CM = 0.16;
export const LASH_BELOW_CM = 0.26;
/** Where the open eye's own lashes are looked for, from this far above the lid's edge to this far below it, cm. */
const LOOK_CM = { above: 0.22, below: 0.03 } as const;
const LOOK_STEPS = 12;
/** The line of a shut eye against that of the open one: what shows of lashes seen from above. */
const OF_OWN_DARKNESS = 0.95;
const OF_OWN_THICKNESS = 0.95;
/** Half thickness of the drawn line, cm, whatever the portrait's own is, and how dark it is between nothing and black. */
const THIN_CM = 0.045;
const THICK_CM = 0.1;
const FAINTEST = 0.2;
const DARKEST = 0.8;
/** Lashes along an upper lid, as bunches that a picture shows. */
const LASH_COUNT = 30;
const LASH_STRENGTH = 0.6;

/** The open eye's own line of lashes. */
interface OwnLine {
  readonly colour: readonly [red: number, green: number, blue: number];
  /** For each column, how dark it is (0 skin .. 1 black). */
  readonly darkness: Float32Array;
  /** Its thickness above the lid's edge if it were that dark all through, cm. */
  readonly thicknessCm: number;
}

/**
 * The edge of an upper lid on its way down: a soft line, no darker and no thicker than the portrait's own, and lashes
 * that hang from it, thin and broken, fanning out towards the outer corner. Columns run from past the outer corner to
 * past the inner (`PAST_CORNERS`); the edge lies `LASH_ABOVE_CM` below the first row.
 */
export function lashSprite(analysis: PortraitAnalysis, eye: EyePoints, skin: EyeSkin): Sprite {
  const { landmarks, pose } = analysis;
  const eighths = 8 + PAST_CORNERS.outer + PAST_CORNERS.inner;
  const eyeWidth = Math.abs(landmarks[eye.upper[0]! * 3]! - landmarks[eye.upper[8]! * 3]!);
  const cm = pose.pxPerCm;
  const eighthCm = eyeWidth / 8 / cm;
  const width = clamp(Math.round((eyeWidth * eighths) / 8), 16, 400);
  const height = Math.max(6, Math.round((LASH_ABOVE_CM + LASH_BELOW_CM) * cm));
  const placeOf = (column: number): number => (column / width) * eighths - PAST_CORNERS.outer;
  const own = ownLine(analysis, eye, skin, width, placeOf);
  const random = seededRandom(eye.iris, 5);
  const lashes = Array.from({ length: LASH_COUNT }, (_, index) => ({
    at: mix(-0.35, 7.6, (index + 0.5 + 0.9 * (random.uniform() - 0.5)) / LASH_COUNT),
    length: 0.45 + 0.55 * random.uniform(),
    strength: 0.35 + 0.65 * random.uniform() ** 1.5,
    bend: 0.5 + random.uniform(),
  }));
  const half = clamp(OF_OWN_THICKNESS * own.thicknessCm, THIN_CM, THICK_CM);
  const uneven = boxBlur(
    Float32Array.from({ length: width }, () => random.normal()),
    width,
    1,
    1,
  );
  const sprite = newSprite(width, height);
  for (let x = 0; x < width; x++) {
    const t = placeOf(x + 0.5);
    const dark =
      clamp(OF_OWN_DARKNESS * own.darkness[x]!, FAINTEST, DARKEST) * clamp(1 + 0.15 * uneven[x]!, 0.75, 1.15);
    // Thick on the outer half, thin towards the nose, gone at both ends.
    const ends = smoothstep(-0.9, 0.9, t) * smoothstep(8.2, 5.8, t);
    const thick = half * (0.6 + 0.5 * smoothstep(0, 1.8, t) * smoothstep(7.5, 2.5, t));
    for (let y = 0; y < height; y++) {
      const below = (y + 0.5) / cm - LASH_ABOVE_CM;
      // Sharper above, where it ends at skin, than below, where lashes begin.
      const off = below / (below < 0 ? thick : 1.7 * thick);
      const line = ends * dark * Math.exp(-off * off);
      let clear = 1;
      for (const { at, bend, length, strength } of lashes) {
        const reach = LASH_BELOW_CM * length * (0.4 + 0.6 * smoothstep(7.5, 1.5, at));
        if (below < -0.02 || below > reach) continue;
        // From the middle outwards they lean away, the more the farther down.
        const lean = (4.6 - at) * 0.11 * below * (1 + (bend * below) / reach);
        const aside = Math.abs((t - at) * eighthCm + lean);
        const thin = 0.018 * (1 - (0.7 * below) / reach) + 0.3 / cm;
        const body = strength * (1 - smoothstep(0.3 * thin, 1.7 * thin, aside));
        clear *= 1 - LASH_STRENGTH * dark * body * (1 - smoothstep(0.35 * reach, reach, below));
      }
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) sprite.pixels[to + channel] = own.colour[channel]!;
      sprite.pixels[to + 3] = 255 * (1 - (1 - line) * clear);
    }
  }
  return sprite;
}

/** Measures the line of lashes along the upper lid of the open eye against the skin that would lie there without. */
function ownLine(
  { landmarks, pose, rgba, sizePx }: PortraitAnalysis,
  eye: EyePoints,
  skin: EyeSkin,
  width: number,
  placeOf: (column: number) => number,
): OwnLine {
  const luma = (look: (channel: number) => number): number => 0.299 * look(0) + 0.587 * look(1) + 0.114 * look(2);
  const darkness = new Float32Array(width);
  let [thickness, weights] = [0, 0];
  const colour = [0, 0, 0];
  const stepCm = (LOOK_CM.above + LOOK_CM.below) / LOOK_STEPS;
  for (let column = 0; column < width; column++) {
    const t = clamp(placeOf(column + 0.5), 0.3, 7.7);
    const x = alongLid(landmarks, eye.upper, t, 0);
    const edgeY = alongLid(landmarks, eye.upper, t, 1);
    let [darkest, sum, darkestY] = [0, 0, edgeY];
    for (let step = 0; step <= LOOK_STEPS; step++) {
      const y = edgeY + (LOOK_CM.below - step * stepCm) * pose.pxPerCm;
      const own = luma((channel) => sampleAt(rgba, sizePx, sizePx, 4, channel, x, y));
      const dark = clamp(
        1 -
          own /
            Math.max(
              8,
              luma((channel) => skin.colour(x, y, channel)),
            ),
        0,
        1,
      );
      sum += dark * stepCm;
      if (dark <= darkest) continue;
      [darkest, darkestY] = [dark, y];
    }
    darkness[column] = darkest;
    thickness += sum;
    weights += darkest;
    for (let channel = 0; channel < 3; channel++) {
      colour[channel]! += darkest * sampleAt(rgba, sizePx, sizePx, 4, channel, x, darkestY);
    }
  }
  const total = Math.max(1e-3, weights);
  // The line is laid over skin with `darkness` for alpha: its own colour is what remains at full alpha.
  const mean = weights / width;
  const paint = colour.map((value) => clamp((value / total) * (1 - mean), 0, 90)) as [number, number, number];
  return {
    colour: paint,
    darkness: boxBlur(darkness, width, 1, Math.max(1, Math.round(width / 12))),
    thicknessCm: thickness / total,
  };
}
