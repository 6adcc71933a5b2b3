import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import { seededRandom } from '../../base/random.ts';
import { archHeightCm, archLengthCm, BEYOND_CM, type ToothRow } from './dental-arch.ts';
import type { MouthTone } from './mouth-tone.ts';
import { newSprite, type Sprite } from './parts-atlas.ts';

/** Less light reaches a tooth the further back it stands: what is left at the end of the arch. */
const BACK_LIGHT = 0.22;
/** Canines are yellower and darker than incisors, premolars and molars darker still. */
const TOOTH_TONES = [1, 0.93, 0.87, 0.82, 0.79, 0.76] as const;
/** Half the breadth of the shadow between two teeth. */
const GAP_CM = 0.04;
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
    const own = vary[2 * index + (alongCm < 0 ? 0 : 1)]!;
    const lean = vary[2 * row.widthsCm.length + 2 * index + (alongCm < 0 ? 0 : 1)]!;
    const side = Math.abs(2 * across - 1);
    const back = Math.abs(alongCm) / lengthCm;
    const light = mix(1, BACK_LIGHT, smoothstep(0, 1, 0.12 * back + 0.88 * back ** 0.95));
    const tip = row.shortCm[index]! + 0.018 * own + row.roundCm[index]! * side ** 2.6 + 0.03 * lean * (across - 0.5);
    const gumLine = row.crownsCm[index]! - 0.22 * side ** 2.4 + 0.03 * lean;
    const gap = smoothstep(GAP_CM + 0.6 * soft, 0, halfCm * scale * (1 - side));
    for (let y = 0; y < height; y++) {
      const up = (1 - (y + 0.5) / height) * heightCm - BEYOND_CM;
      const gum = smoothstep(gumLine - soft, gumLine + soft, up);
      // Between two crowns the shadow widens towards their edges and ends in the gum.
      const shadow = gap * mix(0.3, 0.12, clamp((up - tip) / 0.6, 0, 1)) * (0.35 + 0.65 * tone.detail);
      const round = 1 - 0.13 * side ** 2;
      const translucent = 1 - 0.16 * smoothstep(0.16, 0, up - tip);
      const towardsGum = 1 - 0.14 * smoothstep(0.35, 1, up / row.crownsCm[index]!);
      const enamel = TOOTH_TONES[index]! * (1 + 0.015 * own) * round * translucent * towardsGum * (1 - shadow) * light;
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const yellow = channel === 2 ? 1 - 0.05 * smoothstep(0.2, 1, up / row.crownsCm[index]!) - 0.02 * index : 1;
        const tooth = tone.teeth[channel]! * enamel * yellow;
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
