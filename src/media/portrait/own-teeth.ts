import { clamp, smoothstep } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { boxBlur } from './inpaint.ts';
import { LIP_INNER_LOWER, LIP_INNER_UPPER } from './landmark-groups.ts';
import type { MouthRest } from './mouth-rest.ts';
import type { Rgb } from './mouth-tone.ts';
import type { SkinTone } from './skin-tone.ts';

/** At least this share of the inner mouth must look like teeth before they are taken for teeth. */
const TEETH_SHARE = 0.42;
const TEETH_GAP_CM = 0.3;
/** No upper crown is longer: what goes on further down is the lower row. */
const LONGEST_CROWN_CM = 1.05;

/** The upper teeth that a portrait shows. All places are pixels of the crop. */
export interface OwnTeeth {
  readonly tone: Rgb;
  readonly left: number;
  readonly width: number;
  /** `[width]` for each column: where its teeth begin under the upper lip, and where they end. */
  readonly upperEdge: Float32Array;
  readonly lowerEdge: Float32Array;
}

/** Finds the portrait's own teeth where they show well: bright, hardly coloured pixels between the lips. */
export function findOwnTeeth(
  { landmarks, pose, rgba, sizePx }: PortraitAnalysis,
  rest: MouthRest,
  tone: SkinTone,
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
  const { lowerEdge, upperEdge } = smoothEdges(mask, width, height);
  const longest = LONGEST_CROWN_CM * pose.pxPerCm;
  const [red = 0, green = 0, blue = 0] = sum.map((value) => value / found);
  return {
    tone: [red, green, blue],
    left,
    width,
    upperEdge: upperEdge.map((edge) => edge + top),
    lowerEdge: lowerEdge.map((edge, x) => Math.min(edge, upperEdge[x]! + longest) + top),
  };
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

/** How surely a column of the picture shows teeth: 0 towards the corners of the mouth, 1 in its middle. */
export function shownAt({ left, width }: OwnTeeth, x: number): number {
  const side = Math.min(x - left, left + width - x) / width;
  return smoothstep(0.07, 0.17, side);
}

function lineAt(line: readonly (readonly [number, number])[], x: number): number {
  for (let index = 0; index + 1 < line.length; index++) {
    const [ax, ay] = line[index]!;
    const [bx, by] = line[index + 1]!;
    if (x <= bx || index + 2 === line.length) return ay + (by - ay) * clamp((x - ax) / Math.max(bx - ax, 1e-3), 0, 1);
  }
  return 0;
}
