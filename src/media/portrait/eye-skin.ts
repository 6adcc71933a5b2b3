import { clamp, smoothstep } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { boxBlur, fillUnknown, sampleAt } from './inpaint.ts';
import { polygonMask } from './polygon.ts';
import type { EyePoints } from './topology.ts';

/** Around the corners of an eye, above the skin over its lid and below the lower lid: what is looked at, cm. */
const MARGIN_CM = { side: 1, above: 0.9, below: 1.4 } as const;
/** Lashes, a crease or a waterline lie within this far of the open eye, cm. */
const LASHES_CM = 0.22;
/** Skin is compared with what lies within this far of it: farther than a brow or the rim of spectacles is thick, cm. */
const NEIGHBOURS_CM = 0.75;
/** Of the lumas nearby, the one that skin has: brows, rims and creases are darker, and reflexes rarer. */
const SKIN_PERCENTILE = 0.62;
/** Shares of the skin's luma between which something dark comes to be skin, and something bright stops to be. */
const DARK = [0.7, 0.93] as const;
const BRIGHT = [1.5, 1.22] as const;

/** What an eye would look like if the skin around it went on over it. */
export interface EyeSkin {
  /** One channel, 0..255, at a place of the picture: skin without brow, lashes, crease or eye. */
  readonly colour: (x: number, y: number, channel: number) => number;
  /** How surely the picture shows bare skin there, 0..1. */
  readonly bareness: (x: number, y: number) => number;
}

/** Looks at the skin around one eye, and carries its colours on over lid and eyeball. */
export function eyeSkin({ landmarks, pose, rgba, sizePx }: PortraitAnalysis, eye: EyePoints): EyeSkin {
  const cm = pose.pxPerCm;
  const at = (point: number): readonly [number, number] => [landmarks[point * 3]!, landmarks[point * 3 + 1]!];
  const points = [...eye.upperThird, ...eye.lowerSecond].map(at);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const bound = (value: number): number => clamp(Math.round(value), 0, sizePx);
  const left = bound(Math.min(...xs) - MARGIN_CM.side * cm);
  const right = bound(Math.max(...xs) + MARGIN_CM.side * cm);
  const top = bound(Math.min(...ys) - MARGIN_CM.above * cm);
  const bottom = bound(Math.max(...ys) + MARGIN_CM.below * cm);
  const [width, height] = [right - left, bottom - top];
  const values = new Float32Array(width * height * 3);
  const lumas = new Float32Array(width * height);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const from = ((y + top) * sizePx + x + left) * 4;
      for (let channel = 0; channel < 3; channel++) values[pixel * 3 + channel] = rgba[from + channel]!;
      lumas[pixel] = lumaOf(rgba, from);
    }
  }
  const hidden = polygonMask(hiddenOutline(landmarks, eye, LASHES_CM * cm), sizePx);
  const covered = (pixel: number): boolean =>
    hidden[(Math.floor(pixel / width) + top) * sizePx + (pixel % width) + left] === 1;
  const edge = Math.max(1, Math.round(0.06 * cm));
  const skinLumas = localSkin(lumas, covered, width, height, NEIGHBOURS_CM * cm);
  const sharp = new Float32Array(width * height);
  for (let pixel = 0; pixel < sharp.length; pixel++) {
    const ratio = lumas[pixel]! / Math.max(1, skinLumas[pixel]!);
    sharp[pixel] = smoothstep(DARK[0], DARK[1], ratio) * smoothstep(BRIGHT[0], BRIGHT[1], ratio);
  }
  // The edges of a brow are half hair: what lies beside it counts less, too.
  const bare = boxBlur(boxBlur(sharp, width, height, edge), width, height, edge).map((share) =>
    smoothstep(0.45, 0.95, share),
  );
  const known = bare.map((share, pixel) => (covered(pixel) ? 0 : share));
  const filled = fillUnknown(values, known, width, height, 3);
  const radius = Math.max(1, Math.round(0.12 * cm));
  const planes = [0, 1, 2].map((channel) => {
    const plane = Float32Array.from({ length: width * height }, (_, pixel) => filled[pixel * 3 + channel]!);
    return boxBlur(boxBlur(plane, width, height, radius), width, height, radius);
  });
  const look = (plane: Float32Array, x: number, y: number): number =>
    sampleAt(plane, width, height, 1, 0, x - left, y - top);
  return {
    colour: (x, y, channel) => look(planes[channel]!, x, y),
    bareness: (x, y) => look(bare, x, y),
  };
}

function lumaOf(values: ArrayLike<number>, at: number): number {
  return 0.299 * values[at]! + 0.587 * values[at + 1]! + 0.114 * values[at + 2]!;
}

/** From the crease round the corners to below the lower lashes: what a shut eye does not show. */
function hiddenOutline(landmarks: Float32Array, eye: EyePoints, reachPx: number): [number, number][] {
  const at = (point: number): [number, number] => [landmarks[point * 3]!, landmarks[point * 3 + 1]!];
  const outward = Math.sign(landmarks[eye.upper[0]! * 3]! - landmarks[eye.upper[8]! * 3]!);
  const above = eye.upperSecond.slice(1, -1).map(at);
  const below = eye.lower.slice(1, -1).map((point): [number, number] => [at(point)[0], at(point)[1] + reachPx]);
  const [outerX, outerY] = at(eye.upper[0]!);
  const [innerX, innerY] = at(eye.upper[8]!);
  return [[outerX + outward * reachPx, outerY], ...above, [innerX - outward * reachPx, innerY], ...below.reverse()];
}

/** @returns for each pixel the luma of the skin near it, looked for in cells of a coarse grid. */
function localSkin(
  lumas: Float32Array,
  covered: (pixel: number) => boolean,
  width: number,
  height: number,
  reachPx: number,
): Float32Array {
  const cell = Math.max(2, Math.round(reachPx / 5));
  const columns = Math.max(1, Math.floor(width / cell));
  const rows = Math.max(1, Math.floor(height / cell));
  const cells: (readonly [x: number, y: number, luma: number])[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = [Math.floor((column + 0.5) * cell), Math.floor((row + 0.5) * cell)];
      const pixel = y * width + x;
      if (!covered(pixel)) cells.push([x, y, lumas[pixel]!]);
    }
  }
  const skin = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = [(column + 0.5) * cell, (row + 0.5) * cell];
      let near: number[] = [];
      // Over the middle of a wide eye there is no skin near: look farther.
      for (let reach = reachPx; near.length < 12 && reach < 4 * reachPx; reach *= 1.5) {
        near = cells
          .filter((other) => (other[0] - x) ** 2 + (other[1] - y) ** 2 < reach * reach)
          .map((other) => other[2]);
      }
      near.sort((a, b) => a - b);
      skin[row * columns + column] = near[Math.floor(SKIN_PERCENTILE * near.length)] ?? 128;
    }
  }
  return Float32Array.from({ length: width * height }, (_, pixel) =>
    sampleAt(skin, columns, rows, 1, 0, (pixel % width) / cell, Math.floor(pixel / width) / cell),
  );
}
