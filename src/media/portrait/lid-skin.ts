import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import { seededRandom } from '../../base/random.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { sampleAt } from './inpaint.ts';
import { newSprite, type Sprite } from './parts-atlas.ts';
import type { EyePoints } from './topology.ts';

type Rgb = readonly [red: number, green: number, blue: number];

const COLUMNS_PX = 48;
const ROWS_PX = 24;
/** Places along an upper lid that skin is looked for at, and between crease and brow. */
const ALONG = 9;
const UP = 8;
/** Darker than this share of the skin under the eye is a brow, a lash or a rim. */
const NOT_SKIN = 0.62;
/** Lashes lie within this far of the lid's edge, cm. */
const LASH_REACH_CM = 0.1;

/**
 * The skin of a lid that is shut, which an open eye hides in its crease: the skin above it carried on, rounded by the
 * globe beneath. The crease lies along the first row of the sprite, the lashes along the last; columns run from the
 * outer corner to the inner.
 * @param grain - standard deviation of the portrait's grain, 0..255.
 */
export function lidSkinSprite(analysis: PortraitAnalysis, eye: EyePoints, grain: number): Sprite {
  const skin = skinAlong(analysis, eye);
  const random = seededRandom(eye.iris, 3);
  const sprite = newSprite(COLUMNS_PX, ROWS_PX);
  for (let y = 0; y < ROWS_PX; y++) {
    const v = (y + 0.5) / ROWS_PX;
    // Shade in the crease, light on the globe, shade again where it turns under towards the lashes.
    const light = 1 - 0.1 * (1 - smoothstep(0, 0.22, v)) + 0.025 * Math.sin(Math.PI * v) - 0.1 * smoothstep(0.45, 1, v);
    for (let x = 0; x < COLUMNS_PX; x++) {
      const u = ((x + 0.5) / COLUMNS_PX) * (ALONG - 1);
      const low = Math.min(ALONG - 2, Math.floor(u));
      const noise = grain * random.normal();
      const to = (y * COLUMNS_PX + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const colour = mix(skin[low]![channel]!, skin[low + 1]![channel]!, u - low);
        sprite.pixels[to + channel] = clamp(colour * light + noise, 0, 255);
      }
      sprite.pixels[to + 3] = 255;
    }
  }
  return sprite;
}

/** Of the lashes' sprite: how much of it stands above the lid's edge, cm, and how far lashes hang below. */
export const LASH_ABOVE_CM = 0.15;
export const LASH_BELOW_CM = 0.26;
/**
 * Half the thickness of the line where lids meet. The landmark net reads drawn lids as the more shut the thicker and darker
 * it is (0.125 in near black: dark skin 0.12 instead of 0.22 of the open eye, glasses 0.35 instead of 0.50), but then it
 * looks painted on, on photos above all.
 */
const LINE_CM = 0.085;
/** Lashes along an upper lid, as bunches that a picture shows. */
const LASH_COUNT = 15;

/**
 * The edge of an upper lid on its way down: a line, and lashes that hang from it and fan out towards the outer corner.
 * Columns run from the outer corner to the inner; the edge lies `LASH_ABOVE_CM` below the first row.
 */
export function lashSprite(analysis: PortraitAnalysis, eye: EyePoints): Sprite {
  const { landmarks, pose } = analysis;
  const span = Math.abs(landmarks[eye.upper[0]! * 3]! - landmarks[eye.upper[8]! * 3]!);
  const cm = pose.pxPerCm;
  const width = clamp(Math.round(span), 16, 400);
  const height = Math.max(6, Math.round((LASH_ABOVE_CM + LASH_BELOW_CM) * cm));
  const colour = lashColour(analysis, eye);
  const random = seededRandom(eye.iris, 5);
  const lashes = Array.from({ length: LASH_COUNT }, (_, index) => ({
    at: (index + 0.5 + 0.4 * (random.uniform() - 0.5)) / LASH_COUNT,
    length: 0.7 + 0.3 * random.uniform(),
  }));
  const sprite = newSprite(width, height);
  for (let y = 0; y < height; y++) {
    const below = (y + 0.5) / cm - LASH_ABOVE_CM;
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width;
      // Thick on the outer half, thin towards the nose, gone at both ends.
      const thick = LINE_CM * (0.5 + 0.5 * smoothstep(0, 0.2, u) * smoothstep(1, 0.4, u));
      const soft = 1.1 / cm;
      const line = 1 - smoothstep(thick - soft, thick + soft, Math.abs(below));
      let hair = 0;
      for (const { at, length } of lashes) {
        const reach = LASH_BELOW_CM * length * (0.35 + 0.65 * smoothstep(1, 0.2, at)) * smoothstep(0, 0.06, at);
        if (below < 0 || below > reach) continue;
        // From the middle outwards they lean away.
        const lean = (0.55 - at) * 0.9 * below;
        const off = Math.abs((u - at) * (span / cm) + lean);
        const half = 0.028 * (1 - (0.7 * below) / reach) + 0.3 / cm;
        hair = Math.max(
          hair,
          0.8 * (1 - smoothstep(0.4 * half, 1.6 * half, off)) * (1 - smoothstep(0.6 * reach, reach, below)),
        );
      }
      const ends = smoothstep(0, 0.12, u) * smoothstep(0, 0.12, 1 - u);
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) sprite.pixels[to + channel] = colour[channel]!;
      sprite.pixels[to + 3] = 255 * Math.max(line * ends, hair);
    }
  }
  return sprite;
}

/** @returns the colour of lashes: darker than the darkest of what lies along the upper lid of the open eye. */
function lashColour({ landmarks, rgba, sizePx, pose }: PortraitAnalysis, eye: EyePoints): Rgb {
  const reach = LASH_REACH_CM * pose.pxPerCm;
  let darkest: Rgb = [40, 30, 25];
  let least = Infinity;
  for (const point of eye.upper.slice(1, 5)) {
    for (let step = -4; step <= 4; step++) {
      const y = landmarks[point * 3 + 1]! + (step / 4) * reach;
      const colour = [0, 1, 2].map((channel) =>
        sampleAt(rgba, sizePx, sizePx, 4, channel, landmarks[point * 3]!, y),
      ) as unknown as Rgb;
      const luma = colour[0] + colour[1] + colour[2];
      if (luma >= least) continue;
      least = luma;
      darkest = colour;
    }
  }
  return [darkest[0] * 0.7, darkest[1] * 0.7, darkest[2] * 0.7];
}

/** @returns skin colours along the lid, outer corner first. */
function skinAlong({ landmarks, rgba, sizePx }: PortraitAnalysis, eye: EyePoints): readonly Rgb[] {
  const at = (point: number, axis: number): number => landmarks[point * 3 + axis]!;
  const between = (from: number, to: number, share: number): Rgb => {
    const x = mix(at(from, 0), at(to, 0), share);
    const y = mix(at(from, 1), at(to, 1), share);
    return [0, 1, 2].map((channel) => sampleAt(rgba, sizePx, sizePx, 4, channel, x, y)) as unknown as Rgb;
  };
  const luma = (colour: Rgb): number => colour[0] + colour[1] + colour[2];
  const median = (colours: readonly Rgb[]): Rgb => {
    const sorted = [...colours].sort((a, b) => luma(a) - luma(b));
    const middle = sorted.slice(sorted.length >> 2, Math.max(1, sorted.length - (sorted.length >> 2)));
    return [0, 1, 2].map(
      (channel) => middle.reduce((sum, colour) => sum + colour[channel]!, 0) / middle.length,
    ) as unknown as Rgb;
  };
  // Under the eye there is skin on every face; above it there may be a brow or the rim of spectacles.
  const under = median(
    [3, 4, 5].flatMap((row) => [0.3, 0.6, 0.9].map((share) => between(eye.lower[row]!, eye.lowerSecond[row]!, share))),
  );
  const rows = Array.from({ length: ALONG }, (_, index) => {
    const row = clamp(index, 1, 7);
    const above = Array.from({ length: UP }, (__, step) =>
      between(eye.upperSecond[row]!, eye.upperThird[row]!, -0.25 + (0.9 * step) / (UP - 1)),
    ).filter((colour) => luma(colour) > NOT_SKIN * luma(under));
    return above.length < 2 ? under : median(above);
  });
  // Neighbours are alike: a single hair decides nothing.
  return rows.map((_, index) => median([-2, -1, 0, 1, 2].map((step) => rows[clamp(index + step, 0, ALONG - 1)]!)));
}
