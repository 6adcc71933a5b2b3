import type { CanonicalFace } from './canonical-face.ts';
import type { Picture } from './picture.ts';

/** A face as its canonical triangles show it: free of pose, place and size. */
export interface FaceTexture {
  /** `[sample, 3]` RGB 0..255 at fixed places of the canonical face. */
  readonly colours: Float32Array;
  /** `[sample]` 1 where the triangle faces the viewer. */
  readonly visible: Uint8Array;
}

export interface Likeness {
  /** Correlation of luma over what both show, -1..1; 1 is the same face in the same light. */
  readonly correlation: number;
  /** Mean absolute difference of colour, 0..255. */
  readonly difference: number;
}

/** Barycentric places in each triangle. */
const PLACES = [
  [1 / 3, 1 / 3],
  [0.6, 0.2],
  [0.2, 0.6],
  [0.2, 0.2],
] as const;

/**
 * Reads the colours of a face through its landmarks.
 * @param points - `[478, 3]` pixels of `picture`.
 */
export function faceTexture(picture: Picture, points: Float32Array, { triangles }: CanonicalFace): FaceTexture {
  const count = (triangles.length / 3) * PLACES.length;
  const colours = new Float32Array(3 * count);
  const visible = new Uint8Array(count);
  let sample = 0;
  for (let corner = 0; corner < triangles.length; corner += 3) {
    const [a, b, c] = [3 * triangles[corner]!, 3 * triangles[corner + 1]!, 3 * triangles[corner + 2]!];
    const [ax, ay, bx, by] = [points[a]!, points[a + 1]!, points[b]!, points[b + 1]!];
    const [cx, cy] = [points[c]!, points[c + 1]!];
    // The canonical mesh winds counterclockwise with y up, which is a negative area with y down.
    const facing = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay) < 0;
    for (const [u, v] of PLACES) {
      const x = ax + u * (bx - ax) + v * (cx - ax);
      const y = ay + u * (by - ay) + v * (cy - ay);
      visible[sample] = facing && readColour(picture, x, y, colours, 3 * sample) ? 1 : 0;
      sample++;
    }
  }
  return { colours, visible };
}

/** @returns how alike two textures of the same topology are. */
export function likeness(a: FaceTexture, b: FaceTexture): Likeness {
  const lumaA: number[] = [];
  const lumaB: number[] = [];
  let difference = 0;
  for (let sample = 0; sample < a.visible.length; sample++) {
    if (a.visible[sample] === 0 || b.visible[sample] === 0) continue;
    const at = 3 * sample;
    lumaA.push(lumaOf(a.colours, at));
    lumaB.push(lumaOf(b.colours, at));
    for (let channel = 0; channel < 3; channel++) {
      difference += Math.abs(a.colours[at + channel]! - b.colours[at + channel]!) / 3;
    }
  }
  if (lumaA.length === 0) return { correlation: 0, difference: 255 };
  return { correlation: correlation(lumaA, lumaB), difference: difference / lumaA.length };
}

/** @returns Pearson's correlation; 0 where one side does not vary. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [cross, squareA, squareB] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    const [fromA, fromB] = [a[at]! - meanA, b[at]! - meanB];
    cross += fromA * fromB;
    squareA += fromA * fromA;
    squareB += fromB * fromB;
  }
  const scale = Math.sqrt(squareA * squareB);
  return scale === 0 ? 0 : cross / scale;
}

function lumaOf(colours: Float32Array, at: number): number {
  return 0.299 * colours[at]! + 0.587 * colours[at + 1]! + 0.114 * colours[at + 2]!;
}

function readColour(
  { widthPx, heightPx, rgba }: Picture,
  x: number,
  y: number,
  out: Float32Array,
  to: number,
): boolean {
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  if (left < 0 || top < 0 || left >= widthPx - 1 || top >= heightPx - 1) return false;
  const fx = x - 0.5 - left;
  const fy = y - 0.5 - top;
  const at = (top * widthPx + left) * 4;
  const below = at + widthPx * 4;
  for (let channel = 0; channel < 3; channel++) {
    const upper = rgba[at + channel]! * (1 - fx) + rgba[at + 4 + channel]! * fx;
    const lower = rgba[below + channel]! * (1 - fx) + rgba[below + 4 + channel]! * fx;
    out[to + channel] = upper * (1 - fy) + lower * fy;
  }
  return true;
}
