import { fillUnknown } from './inpaint.ts';
import { polygonMask } from './polygon.ts';
import type { HeadPose } from './pose.ts';
import { LEFT_EYE, RIGHT_EYE } from './topology.ts';

/** Landmarks leave a rim of white on lids; this much of the edge is taken from further out. */
const LID_RIM_CM = 0.05;
/** White may go on this far past the landmarks, most of all at the corners of drawn eyes. */
const WHITE_REACH_CM = 0.3;
/** A colour is white that lies this much nearer to the white than to the skin, where the two are this far apart (0..255). */
const NEARER = 0.7;
const LEAST_LIGHT = 0.8;
const LEAST_CONTRAST = 24;

/**
 * Replaces what shows inside the eyes by the skin around them, so that no white glints at the edge of a lid that moves.
 * @param colours - `[size, size, 3]`, changed in place.
 */
export function clearHoleRims(colours: Float32Array, landmarks: Float32Array, pose: HeadPose, size: number): void {
  const outlineOf = (upper: readonly number[], lower: readonly number[]): Outline =>
    [...upper, ...lower.slice(1, -1).reverse()].map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!]);
  for (const { upper, lower } of [RIGHT_EYE, LEFT_EYE]) {
    const outline = outlineOf(upper, lower);
    const mask = polygonMask(grown(outline, LID_RIM_CM * pose.pxPerCm), size);
    const reach = WHITE_REACH_CM * pose.pxPerCm;
    const bounds = boundsOf(grown(outline, reach), size);
    addWhite(mask, colours, outline, reach, bounds, size);
    fillInside(colours, mask, bounds, size);
  }
}

type Outline = readonly (readonly [number, number])[];

interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function boundsOf(outline: Outline, size: number): Bounds {
  const MARGIN_PX = 12;
  const bound = (value: number): number => Math.max(0, Math.min(size, Math.round(value)));
  return {
    left: bound(Math.min(...outline.map(([x]) => x)) - MARGIN_PX),
    right: bound(Math.max(...outline.map(([x]) => x)) + MARGIN_PX),
    top: bound(Math.min(...outline.map(([, y]) => y)) - MARGIN_PX),
    bottom: bound(Math.max(...outline.map(([, y]) => y)) + MARGIN_PX),
  };
}

/** Adds to `mask` the white of the eye that goes on past the landmarks, within `reach` pixels of them. */
function addWhite(
  mask: Uint8Array,
  colours: Float32Array,
  outline: Outline,
  reach: number,
  { left, right, top, bottom }: Bounds,
  size: number,
): void {
  const inside = polygonMask(outline, size);
  const near = polygonMask(grown(outline, reach), size);
  const skin = [0, 0, 0, 0];
  const white = [0, 0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * size + x;
      if (inside[at] !== 1 && near[at] === 1) continue;
      // Brows and lashes are not the skin, and the iris is not the white.
      const weight = (colours[at * 3]! + colours[at * 3 + 1]! + colours[at * 3 + 2]!) ** 4;
      const sum = inside[at] === 1 ? white : skin;
      for (let channel = 0; channel < 3; channel++) sum[channel]! += weight * colours[at * 3 + channel]!;
      sum[3]! += weight;
    }
  }
  if (skin[3] === 0 || white[3] === 0) return;
  const distance = (to: readonly number[], colour: (channel: number) => number): number =>
    Math.hypot(...[0, 1, 2].map((channel) => to[channel]! / to[3]! - colour(channel)));
  if (distance(skin, (channel) => white[channel]! / white[3]!) < LEAST_CONTRAST) return;
  const isWhite = (at: number): boolean => {
    const colour = (channel: number): number => colours[at * 3 + channel]!;
    // Where the white lies in shadow, lashes would pass for it.
    if (colour(0) + colour(1) + colour(2) < (LEAST_LIGHT * (white[0]! + white[1]! + white[2]!)) / white[3]!)
      return false;
    return distance(white, colour) < NEARER * distance(skin, colour);
  };
  const queue: number[] = [];
  const found: number[] = [];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) if (mask[y * size + x] === 1) queue.push(y * size + x);
  }
  const spread = [-1, 1, -size, size];
  for (let from = queue.pop(); from !== undefined; from = queue.pop()) {
    for (const step of spread) {
      const at = from + step;
      if (mask[at] !== 0 || near[at] !== 1 || !isWhite(at)) continue;
      mask[at] = 1;
      found.push(at);
      queue.push(at);
    }
  }
  // Half-white pixels at its edge go with it.
  let edge = found;
  for (let ring = 0; ring < 2; ring++) {
    const next: number[] = [];
    for (const from of edge) {
      for (const step of spread) {
        if (mask[from + step] !== 0 || near[from + step] !== 1) continue;
        mask[from + step] = 1;
        next.push(from + step);
      }
    }
    edge = next;
  }
}

/** @returns the outline moved away from its own middle line by `distance`. */
function grown(outline: Outline, distance: number): [number, number][] {
  const xs = outline.map(([x]) => x);
  const middleX = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const middleY = outline.reduce((sum, [, y]) => sum + y, 0) / xs.length;
  const halfWidth = (Math.max(...xs) - Math.min(...xs)) / 2 || 1;
  return outline.map(([x, y], index) => {
    const [px, py] = outline[(index + outline.length - 1) % outline.length]!;
    const [nx, ny] = outline[(index + 1) % outline.length]!;
    const length = Math.hypot(nx - px, ny - py) || 1;
    let [outX, outY] = [(ny - py) / length, -(nx - px) / length];
    if (outX * (x - middleX) + outY * (y - middleY) < 0) [outX, outY] = [-outX, -outY];
    const corner = Math.abs(x - middleX) / halfWidth > 0.9;
    return corner ? [x + Math.sign(x - middleX) * distance, y] : [x + outX * distance, y + outY * distance];
  });
}

function fillInside(colours: Float32Array, mask: Uint8Array, { left, right, top, bottom }: Bounds, size: number): void {
  const [width, height] = [right - left, bottom - top];
  if (width < 4 || height < 4) return;
  const values = new Float32Array(width * height * 3);
  const known = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y + top) * size + x + left;
      known[y * width + x] = 1 - mask[from]!;
      for (let channel = 0; channel < 3; channel++) {
        values[(y * width + x) * 3 + channel] = colours[from * 3 + channel]!;
      }
    }
  }
  const filled = fillUnknown(values, known, width, height, 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (known[at] === 1) continue;
      const to = ((y + top) * size + x + left) * 3;
      for (let channel = 0; channel < 3; channel++) colours[to + channel] = filled[at * 3 + channel]!;
    }
  }
}
