import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import { seededRandom } from '../../base/random.ts';
import { archHeightCm, archLengthCm, BEYOND_CM, type ToothRow } from './dental-arch.ts';
import type { MouthTone } from './mouth-tone.ts';
import { newSprite, type Sprite } from './parts-atlas.ts';

/** Light by how far back along the arch a tooth stands: whole up to the first, and least from the second on. */
const LIT_SHARES = [0.1, 0.86] as const;
const BACK_LIGHT = 0.17;
/** Canines are yellower and darker than incisors, premolars and molars darker still. */
const TOOTH_TONES = [1, 0.96, 0.89, 0.85, 0.82, 0.8] as const;
/** What is left of each channel in the shade, as an exponent of the light: lips and gums throw red light into it. */
export const SHADE_HUE = [0.88, 1.02, 1.08] as const;
/** Half the breadth of the shadow between two teeth, and how dark it is at their edges and at their gums. */
const GAP_CM = 0.035;
const GAP_DARK = [0.4, 0.2] as const;
/** How far from its border a crown turns away, as a share of its half width, and how dark that is. */
const TURN_SHARE = 0.45;
const TURN_DARK = 0.13;
const SEED = 11;

export interface ToothLook {
  readonly row: ToothRow;
  readonly halfWidthCm: number;
  readonly pxPerCm: number;
  readonly tone: MouthTone;
}

/** @returns one row unrolled along its arch: gum at the top of the sprite, edges at its bottom. */
export function drawTeeth({ halfWidthCm, pxPerCm, row, tone }: ToothLook): Sprite {
  const heightCm = archHeightCm(row);
  const lengthCm = archLengthCm(halfWidthCm);
  const width = Math.round(2 * lengthCm * pxPerCm);
  const height = Math.round(heightCm * pxPerCm);
  const total = row.widthsCm.reduce((sum, size) => sum + size, 0);
  const scale = lengthCm / total;
  const random = seededRandom(SEED);
  const vary = Float64Array.from({ length: 4 * row.widthsCm.length }, () => random.normal());
  const soft = Math.max(0.03, (0.4 + 0.7 * tone.blurPx) / pxPerCm);
  const sprite = newSprite(width, height);
  for (let x = 0; x < width; x++) {
    const alongCm = (((x + 0.5) / width) * 2 - 1) * lengthCm;
    const { across, halfCm, index } = toothAt(row, Math.abs(alongCm) / scale);
    // The first incisors are a pair.
    const varied = index === 0 ? 0.25 : 1;
    const own = varied * vary[2 * index + (alongCm < 0 ? 0 : 1)]!;
    const lean = varied * vary[2 * row.widthsCm.length + 2 * index + (alongCm < 0 ? 0 : 1)]!;
    const s = 2 * across - 1;
    const side = Math.abs(s);
    const back = Math.abs(alongCm) / lengthCm;
    const light = mix(1, BACK_LIGHT, smoothstep(LIT_SHARES[0], LIT_SHARES[1], back));
    const notched = (0.45 + 0.55 * tone.detail) * (1 - 0.6 * back);
    const corner = notched * (s < 0 ? row.mesialCm : row.distalCm)[index]!;
    const tip = row.shortCm[index]! + 0.02 * own + corner * side ** row.bends[index]! + 0.025 * lean * s;
    const gumLine = row.crownsCm[index]! - 0.22 * side ** 2.4 + 0.03 * lean;
    const breadth = GAP_CM + 0.6 * soft;
    // A blurred gap is broader and fainter, and one further back is hardly seen.
    const faint = (0.3 + 0.7 * tone.detail) * (1 - 0.6 * back) * Math.min(1, (1.8 * GAP_CM) / breadth);
    const gap = faint * smoothstep(breadth, 0, halfCm * scale * (1 - side));
    const turned = TURN_DARK * smoothstep(1 - TURN_SHARE, 1, side) ** 1.5;
    const middle = Math.exp(-(((s + 0.1) / 0.5) ** 2));
    for (let y = 0; y < height; y++) {
      const up = (1 - (y + 0.5) / height) * heightCm - BEYOND_CM;
      const rise = up / row.crownsCm[index]!;
      const gum = smoothstep(gumLine - soft, gumLine + soft, up);
      // Between two crowns the shadow is deepest at their edges and ends in the gum.
      const shadow = gap * mix(GAP_DARK[0], GAP_DARK[1], clamp((up - tip) / 0.5, 0, 1));
      const translucent = 0.12 * smoothstep(0.14, 0, up - tip);
      const towardsGum = 0.12 * smoothstep(0.5, 1, rise);
      const gleam = 0.05 * middle * Math.exp(-(((rise - 0.4) / 0.22) ** 2));
      const form = (1 - turned) * (1 - translucent) * (1 - towardsGum) * (1 - shadow) + gleam;
      const enamel = clamp(TOOTH_TONES[index]! * (1 + 0.02 * own) * form * light, 0, 1.05);
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const yellow = channel === 2 ? 1 - 0.05 * smoothstep(0.2, 1, rise) - 0.02 * index : 1;
        const tooth = tone.teeth[channel]! * enamel ** SHADE_HUE[channel]! * yellow;
        sprite.pixels[to + channel] = mix(tooth, tone.gum[channel]! * light * (0.9 - 0.12 * side ** 2), gum);
      }
      sprite.pixels[to + 3] = 255 * smoothstep(tip - soft, tip + soft, up);
    }
  }
  return sprite;
}

/** The tooth at a distance from the midline, and where on it, 0 towards the midline .. 1. */
function toothAt({ widthsCm }: ToothRow, distanceCm: number): { index: number; across: number; halfCm: number } {
  let index = 0;
  let start = 0;
  while (index < widthsCm.length - 1 && distanceCm > start + widthsCm[index]!) start += widthsCm[index++]!;
  const width = widthsCm[index]!;
  return { index, across: clamp((distanceCm - start) / width, 0, 1), halfCm: width / 2 };
}
