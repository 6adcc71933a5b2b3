import { clamp, smoothstep } from '../../base/ramp.ts';
import type { MouthFacts, PartRect } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { boxBlur } from './inpaint.ts';
import { LIP_INNER_LOWER, LIP_INNER_UPPER } from './landmark-groups.ts';
import type { MouthRest } from './mouth-rest.ts';
import { drawTeeth, drawTongue } from './mouth-sprites.ts';
import { newSprite, solidSprite, type PartsAtlas } from './parts-atlas.ts';
import type { SkinTone } from './skin-tone.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** At least this share of the inner mouth must look like teeth before they are taken for teeth. */
const TEETH_SHARE = 0.42;
const TEETH_GAP_CM = 0.3;

/** Builds what lies behind the lips. */
export function buildMouth(analysis: PortraitAnalysis, rest: MouthRest, tone: SkinTone, atlas: PartsAtlas): MouthFacts {
  const own = ownTeeth(analysis, rest, tone, atlas);
  const teeth = own?.tone ?? genericTeeth(tone);
  const { face } = rest;
  const lipAxis = (axis: number): number => (face[13 * 3 + axis]! + face[14 * 3 + axis]!) / 2;
  const halfWidth = ((face[308 * 3]! - face[78 * 3]!) / 2) * 0.92;
  const flesh = (red: number, green: number, blue: number): Rgb => inLight([red, green, blue], tone);
  return {
    upperInner: LIP_INNER_UPPER,
    lowerInner: LIP_INNER_LOWER,
    upperTeeth: atlas.add(drawTeeth({ tone: teeth, gum: flesh(168, 88, 84), upper: true })),
    lowerTeeth: atlas.add(drawTeeth({ tone: teeth, gum: flesh(168, 88, 84), upper: false })),
    tongue: atlas.add(drawTongue(flesh(196, 104, 100))),
    ownTeeth: own === null ? null : { sprite: own.sprite, originPx: own.originPx },
    lipsCm: [lipAxis(0), lipAxis(1), lipAxis(2)],
    archHalfWidthCm: clamp(halfWidth, 2, 2.6),
    seamShade: smoothstep(0.05, 0.4, rest.gapCm),
    cavity: atlas.add(solidSprite(flesh(112, 46, 43))),
    shade: atlas.add(solidSprite(flesh(34, 12, 10))),
  };
}

/** A colour of flesh or enamel in daylight on light skin, put into this portrait's light, palette and greyness. */
function inLight(colour: Rgb, tone: SkinTone): Rgb {
  // The inside of a mouth is about as bright on dark skin; only the light counts, which skin tells in part.
  const light = clamp(0.35 + 0.65 * (tone.luma / 190), 0.45, 1.15);
  const grey = (colour[0] + colour[1] + colour[2]) / 3;
  return [0, 1, 2].map((channel) => {
    const toned = colour[channel]! * tone.tint[channel]!;
    return clamp((grey + (toned - grey) * (0.15 + 0.85 * tone.colourfulness)) * light, 0, 245);
  }) as unknown as Rgb;
}

function genericTeeth(tone: SkinTone): Rgb {
  const level = clamp(60 + 0.78 * tone.luma, 80, 222);
  const warm = [1.05, 0.98, 0.87] as const;
  return [0, 1, 2].map((channel) => {
    const light = 1 + 0.5 * (tone.tint[channel]! - 1);
    const tinted = 1 + (warm[channel]! * light - 1) * (0.2 + 0.8 * tone.colourfulness);
    return clamp(level * tinted, 0, 238);
  }) as unknown as Rgb;
}

interface OwnTeeth {
  readonly sprite: PartRect;
  readonly originPx: readonly [x: number, y: number];
  readonly tone: Rgb;
}

/** Cuts the portrait's own teeth out where they show well: bright, hardly coloured pixels between the lips. */
function ownTeeth(
  { landmarks, rgba, sizePx }: PortraitAnalysis,
  rest: MouthRest,
  tone: SkinTone,
  atlas: PartsAtlas,
): OwnTeeth | null {
  if (rest.gapCm < TEETH_GAP_CM) return null;
  const px = (point: number): readonly [number, number] => [landmarks[point * 3]!, landmarks[point * 3 + 1]!];
  const upper = LIP_INNER_UPPER.map(px);
  const lower = LIP_INNER_LOWER.map(px);
  const all = [...upper, ...lower];
  const left = Math.max(0, Math.floor(Math.min(...all.map(([x]) => x))));
  const right = Math.min(sizePx, Math.ceil(Math.max(...all.map(([x]) => x))));
  const top = Math.max(0, Math.floor(Math.min(...all.map(([, y]) => y))) - 2);
  const bottom = Math.min(sizePx, Math.ceil(Math.max(...all.map(([, y]) => y))) + 2);
  const [width, height] = [right - left, bottom - top];
  if (width < 8 || height < 4) return null;
  const mask = new Float32Array(width * height);
  const sum = [0, 0, 0];
  let inner = 0;
  let found = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const above = lineAt(upper, x + left + 0.5);
      const below = lineAt(lower, x + left + 0.5);
      if (y + top + 0.5 < above + 0.3 || y + top + 0.5 > below - 0.6) continue;
      inner++;
      const at = ((y + top) * sizePx + x + left) * 4;
      const channels = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!];
      const luma = (channels[0]! + channels[1]! + channels[2]!) / 3;
      const saturation = (Math.max(...channels) - Math.min(...channels)) / Math.max(1, Math.max(...channels));
      if (luma < tone.luma * 0.62 || saturation > 0.38) continue;
      mask[y * width + x] = 1;
      found++;
      for (let channel = 0; channel < 3; channel++) sum[channel]! += channels[channel]!;
    }
  }
  if (found < TEETH_SHARE * inner || found < 40) return null;
  const sprite = newSprite(width, height);
  const { upperEdge, lowerEdge } = smoothEdges(mask, width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      const from = ((y + top) * sizePx + x + left) * 4;
      const inside = Math.min(y + 0.5 - upperEdge[x]!, lowerEdge[x]! - y - 0.5);
      const side = Math.min(x, width - x) / width;
      for (let channel = 0; channel < 3; channel++) sprite.pixels[to + channel] = rgba[from + channel]!;
      sprite.pixels[to + 3] = 255 * smoothstep(-0.5, 1.5, inside) * smoothstep(0.06, 0.16, side);
    }
  }
  const [red = 0, green = 0, blue = 0] = sum.map((value) => value / found);
  return { sprite: atlas.add(sprite), originPx: [left, top], tone: [red, green, blue] };
}

/** The teeth's edges column by column, smooth: single pixels decide nothing, and gaps between teeth stay teeth. */
function smoothEdges(
  mask: Float32Array,
  width: number,
  height: number,
): { upperEdge: Float32Array; lowerEdge: Float32Array } {
  const soft = boxBlur(mask, width, height, 1);
  const upper = new Float32Array(width);
  const lower = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    let first = height / 2;
    let last = height / 2;
    for (let y = 0; y < height; y++) {
      if (soft[y * width + x]! < 0.5) continue;
      first = Math.min(first, y);
      last = Math.max(last, y + 1);
    }
    upper[x] = first;
    lower[x] = last;
  }
  const reach = Math.max(2, Math.round(width * 0.05));
  return { upperEdge: boxBlur(upper, width, 1, reach), lowerEdge: boxBlur(lower, width, 1, reach) };
}

function lineAt(line: readonly (readonly [number, number])[], x: number): number {
  for (let index = 0; index + 1 < line.length; index++) {
    const [ax, ay] = line[index]!;
    const [bx, by] = line[index + 1]!;
    if (x <= bx || index + 2 === line.length) return ay + (by - ay) * clamp((x - ax) / Math.max(bx - ax, 1e-3), 0, 1);
  }
  return 0;
}
