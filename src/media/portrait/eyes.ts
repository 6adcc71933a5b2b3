import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { EyeFacts } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import type { EyeSkin } from './eye-skin.ts';
import { sampleAt } from './inpaint.ts';
import { LASH_ABOVE_CM, LASH_BELOW_CM, lashSprite } from './lashes.ts';
import { lidSkinSprite, type Light } from './lid-skin.ts';
import { newSprite, type PartsAtlas, type Sprite } from './parts-atlas.ts';
import type { EyePoints } from './topology.ts';

/** The visible opening of an eye, and the iris in it, in pixels of the picture. */
interface EyeOpening {
  readonly left: number;
  readonly right: number;
  readonly upperY: (x: number) => number;
  readonly lowerY: (x: number) => number;
  readonly irisX: number;
  readonly irisY: number;
  readonly radius: number;
}

type Rgb = readonly [number, number, number];

/** Builds the layer behind the lids: a sclera without iris, a whole iris, and the reflex of the light. */
export function buildEye(
  analysis: PortraitAnalysis,
  eye: EyePoints,
  skin: EyeSkin,
  light: Light,
  grain: number,
  atlas: PartsAtlas,
): EyeFacts {
  const opening = openingOf(analysis, eye);
  const picture = pictureOf(analysis);
  const rings = irisRings(picture, opening);
  const catchLight = catchLightSprite(picture, opening, rings);
  const sclera = scleraSprite(picture, opening);
  const iris = irisSprite(picture, opening, rings, catchLight);
  return {
    upperLid: eye.upper,
    lowerLid: eye.lower,
    upperSecond: eye.upperSecond,
    lidTop: eye.lidTop,
    irisPx: [opening.irisX, opening.irisY],
    irisRadiusPx: opening.radius,
    depthPx: -analysis.landmarks[eye.iris * 3 + 2]!,
    scleraOriginPx: [sclera.left, sclera.top],
    sclera: atlas.add(sclera.sprite),
    iris: atlas.add(iris),
    catchLight: atlas.add(catchLight),
    catchLightPx: [opening.irisX, opening.irisY],
    lidSkin: atlas.add(lidSkinSprite(analysis, eye, skin, light, grain)),
    lash: atlas.add(lashSprite(analysis, eye, skin)),
    lashCm: [LASH_ABOVE_CM, LASH_BELOW_CM],
  };
}

type Picture = (x: number, y: number, channel: number) => number;

function pictureOf({ rgba, sizePx }: PortraitAnalysis): Picture {
  return (x, y, channel) => sampleAt(rgba, sizePx, sizePx, 4, channel, x, y);
}

function openingOf({ landmarks }: PortraitAnalysis, eye: EyePoints): EyeOpening {
  const line = (points: readonly number[]): ((x: number) => number) => {
    const sorted = points.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const);
    sorted.sort((a, b) => a[0] - b[0]);
    return (x) => {
      for (let index = 0; index + 1 < sorted.length; index++) {
        const [ax, ay] = sorted[index]!;
        const [bx, by] = sorted[index + 1]!;
        if (x <= bx || index + 2 === sorted.length) return mix(ay, by, clamp((x - ax) / Math.max(bx - ax, 1e-3), 0, 1));
      }
      return 0;
    };
  };
  const corners = [landmarks[eye.upper[0]! * 3]!, landmarks[eye.upper[8]! * 3]!];
  const across = (point: number): number =>
    Math.hypot(
      landmarks[point * 3]! - landmarks[(point + 2) * 3]!,
      landmarks[point * 3 + 1]! - landmarks[(point + 2) * 3 + 1]!,
    );
  const iris = eye.iris;
  return {
    left: Math.min(...corners),
    right: Math.max(...corners),
    upperY: line(eye.upper),
    lowerY: line(eye.lower),
    irisX: landmarks[iris * 3]!,
    irisY: landmarks[iris * 3 + 1]!,
    radius: Math.max(2, (Math.max(across(iris + 1), across(iris + 2)) / 2) * 1.02),
  };
}

/** How far inside the opening a point lies, in pixels; negative under a lid. */
function insideBy({ left, right, upperY, lowerY }: EyeOpening, x: number, y: number): number {
  return Math.min(x - left, right - x, y - upperY(x), lowerY(x) - y);
}

/** Share of an eye's width below its upper lid where the white lies in the lid's shade, and how dark the white is far under a lid. */
const LID_SHADE = 0.05;
const HIDDEN_SHADE = 0.8;

interface PlacedSprite {
  readonly sprite: Sprite;
  readonly left: number;
  readonly top: number;
}

function scleraSprite(picture: Picture, opening: EyeOpening): PlacedSprite {
  const { left, right, irisX, irisY, radius } = opening;
  const span = right - left;
  const x0 = Math.floor(left - 0.18 * span);
  const x1 = Math.ceil(right + 0.18 * span);
  const middleX = (left + right) / 2;
  const middleY = (opening.upperY(middleX) + opening.lowerY(middleX)) / 2;
  const y0 = Math.floor(middleY - 0.42 * span);
  const y1 = Math.ceil(middleY + 0.42 * span);
  const inset = Math.max(1, 0.03 * span);
  const basis = (x: number, y: number): number[] => {
    const u = clamp((x - middleX) / span, -0.5, 0.5);
    const v = clamp((y - middleY) / span, -0.25, 0.25);
    return [1, u * u, v, u];
  };
  // Weighted towards the bright, or lashes and the iris's rim would grey the white.
  const normal = [0, 1, 2, 3].map(() => [0, 0, 0, 0]);
  const target = [0, 1, 2].map(() => [0, 0, 0, 0]);
  let count = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      if (insideBy(opening, x + 0.5, y + 0.5) < inset) continue;
      if (Math.hypot(x + 0.5 - irisX, y + 0.5 - irisY) < radius * 1.12) continue;
      const terms = basis(x + 0.5, y + 0.5);
      const colour = [0, 1, 2].map((channel) => picture(x + 0.5, y + 0.5, channel));
      const weight = (colour.reduce((sum, value) => sum + value, 0) / 765) ** 4;
      count++;
      for (let a = 0; a < 4; a++) {
        for (let b = 0; b < 4; b++) normal[a]![b]! += weight * terms[a]! * terms[b]!;
        for (let channel = 0; channel < 3; channel++) target[channel]![a]! += weight * terms[a]! * colour[channel]!;
      }
    }
  }
  for (let a = 0; a < 4; a++) normal[a]![a]! += a === 0 ? 1e-3 : count * 0.02 + 0.5;
  const fit = target.map((right_) =>
    solveLinear(
      normal.map((row) => [...row]),
      [...right_],
    ),
  );
  const sprite = newSprite(x1 - x0, y1 - y0);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const terms = basis(x + 0.5, y + 0.5);
      const fromIris = Math.hypot(x + 0.5 - irisX, y + 0.5 - irisY);
      const depth = insideBy(opening, x + 0.5, y + 0.5);
      // Lashes and the lid's own shade must not stay where they were when the lid goes up.
      const below = y + 0.5 - opening.upperY(x + 0.5);
      const own =
        smoothstep(radius * 1.1, radius * 1.4, fromIris) *
        smoothstep(-0.6, 0.6, depth) *
        smoothstep(0, LID_SHADE * span, below);
      // Under the lids it is a little darker; a light rim would show as soon as a lid moves.
      const hidden = mix(1, HIDDEN_SHADE, smoothstep(LID_SHADE * span, -0.12 * span, depth));
      const to = ((y - y0) * sprite.width + x - x0) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const smooth = clamp(
          terms.reduce((sum, term, index) => sum + term * fit[channel]![index]!, 0),
          24,
          240,
        );
        sprite.pixels[to + channel] = mix(smooth * hidden, picture(x + 0.5, y + 0.5, channel), own);
      }
      sprite.pixels[to + 3] = 255;
    }
  }
  return { sprite, left: x0, top: y0 };
}

/** Mean colour of the iris at each whole pixel of distance from its centre, from where it shows. */
function irisRings(picture: Picture, opening: EyeOpening): readonly Rgb[] {
  const { irisX, irisY, radius } = opening;
  const reach = Math.ceil(radius * 1.3) + 2;
  const sums = Array.from({ length: reach + 1 }, () => [0, 0, 0, 0]);
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      if (insideBy(opening, irisX + x, irisY + y) < 1.5) continue;
      const ring = sums[Math.round(Math.hypot(x, y))];
      if (ring === undefined) continue;
      // A reflex is not the iris's own colour.
      const colour = [0, 1, 2].map((channel) => picture(irisX + x, irisY + y, channel));
      const luma = (colour[0]! + colour[1]! + colour[2]!) / 3;
      const weight = 1 / (1 + (luma / 90) ** 4);
      for (let channel = 0; channel < 3; channel++) ring[channel]! += weight * colour[channel]!;
      ring[3]! += weight;
    }
  }
  let last: Rgb = [60, 45, 35];
  return sums.map(([red = 0, green = 0, blue = 0, weight = 0]) => {
    if (weight > 0.5) last = [red / weight, green / weight, blue / weight];
    return last;
  });
}

function ringColour(rings: readonly Rgb[], distance: number, channel: number): number {
  const at = clamp(distance, 0, rings.length - 1.001);
  const low = Math.floor(at);
  return mix(rings[low]![channel]!, rings[low + 1]![channel]!, at - low);
}

function catchLightSprite(picture: Picture, opening: EyeOpening, rings: readonly Rgb[]): Sprite {
  const { irisX, irisY, radius } = opening;
  const reach = Math.ceil(radius * 1.25);
  const side = 2 * reach + 1;
  const sprite = newSprite(side, side);
  let brightest = 0;
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const to = ((y + reach) * side + x + reach) * 4;
      const distance = Math.hypot(x, y);
      const luma = [0, 1, 2].reduce((sum, channel) => sum + picture(irisX + x, irisY + y, channel) / 3, 0);
      const base = [0, 1, 2].reduce((sum, channel) => sum + ringColour(rings, distance, channel) / 3, 0);
      const shown = insideBy(opening, irisX + x, irisY + y) > 1 && distance < radius * 0.85;
      const strength = shown ? smoothstep(28, 90, luma - base) : 0;
      brightest = Math.max(brightest, strength);
      for (let channel = 0; channel < 3; channel++) {
        sprite.pixels[to + channel] = Math.max(200, picture(irisX + x, irisY + y, channel));
      }
      sprite.pixels[to + 3] = strength * 255;
    }
  }
  if (brightest > 0.3) return sprite;
  // A faint reflex up and to the side: eyes without one look dead.
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const to = ((y + reach) * side + x + reach) * 4;
      const distance = Math.hypot(x + 0.32 * radius, y + 0.36 * radius) / (0.2 * radius);
      for (let channel = 0; channel < 3; channel++) sprite.pixels[to + channel] = 235;
      sprite.pixels[to + 3] = 130 * (1 - smoothstep(0.5, 1.3, distance));
    }
  }
  return sprite;
}

function irisSprite(picture: Picture, opening: EyeOpening, rings: readonly Rgb[], catchLight: Sprite): Sprite {
  const { irisX, irisY, radius } = opening;
  const reach = Math.ceil(radius * 1.25);
  const side = 2 * reach + 1;
  const sprite = newSprite(side, side);
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const to = ((y + reach) * side + x + reach) * 4;
      const distance = Math.hypot(x, y);
      const shown =
        smoothstep(1, 2.6, insideBy(opening, irisX + x, irisY + y)) * (1 - catchLight.pixels[to + 3]! / 255);
      const mirrored = insideBy(opening, irisX + x, irisY - y) > 2 ? 0.4 : 0;
      for (let channel = 0; channel < 3; channel++) {
        const ring = ringColour(rings, distance, channel);
        const filled = mix(ring, mirrored > 0 ? picture(irisX + x, irisY - y, channel) : ring, mirrored);
        sprite.pixels[to + channel] = mix(Math.min(filled, ring + 25), picture(irisX + x, irisY + y, channel), shown);
      }
      sprite.pixels[to + 3] = 255 * (1 - smoothstep(radius * 0.92, radius * 1.12, distance));
    }
  }
  return sprite;
}

/** Gaussian elimination with pivots; `matrix` and `right` are used up. */
function solveLinear(matrix: number[][], right: number[]): number[] {
  const n = right.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    [right[column], right[pivot]] = [right[pivot]!, right[column]!];
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row]![column]! / matrix[column]![column]!;
      for (let k = column; k < n; k++) matrix[row]![k]! -= factor * matrix[column]![k]!;
      right[row]! -= factor * right[column]!;
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let k = row + 1; k < n; k++) right[row]! -= matrix[row]![k]! * right[k]!;
    right[row]! /= matrix[row]![row]!;
  }
  return right;
}
