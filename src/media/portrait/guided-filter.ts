import { boxBlur } from './inpaint.ts';

/**
 * Refines a coarse matte so that it follows the edges of a colour picture (He, Sun, Tang: Guided Image Filtering,
 * 2013; coefficients at reduced size as in Fast Guided Filter, 2015).
 */
export interface GuidedFilterOptions {
  /** Window radius in pixels of the reduced picture. */
  readonly radiusPx: number;
  /** Colour variance (of 0..1 squared) below which a window counts as flat. */
  readonly epsilon: number;
}

/**
 * @param rgba - `[side, side, 4]`, the guide.
 * @param matte - `[side, side]`, 0..1.
 * @param reduced - side of the picture on which coefficients are computed; divides `side`.
 * @returns `[side, side]`, 0..1, new.
 */
export function guidedFilter(
  rgba: Uint8Array,
  matte: Float32Array,
  side: number,
  reduced: number,
  { radiusPx, epsilon }: GuidedFilterOptions,
): Float32Array {
  const guide = [0, 1, 2].map((channel) => reduceChannel(rgba, channel, side, reduced)) as Planes;
  const target = reducePlane(matte, side, reduced);
  const mean = (plane: Float32Array): Float32Array => boxBlur(plane, reduced, reduced, radiusPx);
  const meanGuide = guide.map(mean) as Planes;
  const meanTarget = mean(target);
  const product = (a: Float32Array, b: Float32Array): Float32Array => mean(multiply(a, b));
  const crossTarget = guide.map((plane) => product(plane, target)) as Planes;
  const [r, g, b] = guide;
  const moments = [product(r, r), product(r, g), product(r, b), product(g, g), product(g, b), product(b, b)] as const;
  const count = reduced * reduced;
  const slopes = [new Float32Array(count), new Float32Array(count), new Float32Array(count)] as Planes;
  const offset = new Float32Array(count);
  const [meanR, meanG, meanB] = meanGuide;
  const [momentRR, momentRG, momentRB, momentGG, momentGB, momentBB] = moments;
  for (let at = 0; at < count; at++) {
    const [mr, mg, mb, mt] = [meanR[at]!, meanG[at]!, meanB[at]!, meanTarget[at]!];
    const rr = momentRR[at]! - mr * mr + epsilon;
    const rg = momentRG[at]! - mr * mg;
    const rb = momentRB[at]! - mr * mb;
    const gg = momentGG[at]! - mg * mg + epsilon;
    const gb = momentGB[at]! - mg * mb;
    const bb = momentBB[at]! - mb * mb + epsilon;
    const cr = crossTarget[0][at]! - mr * mt;
    const cg = crossTarget[1][at]! - mg * mt;
    const cb = crossTarget[2][at]! - mb * mt;
    // The inverse of a symmetric 3x3 by its adjugate.
    const [irr, irg, irb] = [gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg];
    const [igg, igb, ibb] = [rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg];
    const determinant = rr * irr + rg * irg + rb * irb;
    const sr = (irr * cr + irg * cg + irb * cb) / determinant;
    const sg = (irg * cr + igg * cg + igb * cb) / determinant;
    const sb = (irb * cr + igb * cg + ibb * cb) / determinant;
    slopes[0][at] = sr;
    slopes[1][at] = sg;
    slopes[2][at] = sb;
    offset[at] = mt - sr * mr - sg * mg - sb * mb;
  }
  return applyCoefficients(rgba, side, reduced, slopes.map(mean) as Planes, mean(offset));
}

type Planes = [Float32Array, Float32Array, Float32Array];

function applyCoefficients(
  rgba: Uint8Array,
  side: number,
  reduced: number,
  [slopeR, slopeG, slopeB]: Planes,
  offset: Float32Array,
): Float32Array {
  const refined = new Float32Array(side * side);
  const ratio = reduced / side;
  for (let y = 0; y < side; y++) {
    const v = Math.max(0, Math.min(reduced - 1, (y + 0.5) * ratio - 0.5));
    const top = Math.min(reduced - 2, Math.floor(v));
    const fy = v - top;
    for (let x = 0; x < side; x++) {
      const u = Math.max(0, Math.min(reduced - 1, (x + 0.5) * ratio - 0.5));
      const left = Math.min(reduced - 2, Math.floor(u));
      const fx = u - left;
      const a = top * reduced + left;
      const wa = (1 - fx) * (1 - fy);
      const wb = fx * (1 - fy);
      const wc = (1 - fx) * fy;
      const wd = fx * fy;
      const [b, c, d] = [a + 1, a + reduced, a + reduced + 1];
      const at = (y * side + x) * 4;
      const sr = wa * slopeR[a]! + wb * slopeR[b]! + wc * slopeR[c]! + wd * slopeR[d]!;
      const sg = wa * slopeG[a]! + wb * slopeG[b]! + wc * slopeG[c]! + wd * slopeG[d]!;
      const sb = wa * slopeB[a]! + wb * slopeB[b]! + wc * slopeB[c]! + wd * slopeB[d]!;
      const so = wa * offset[a]! + wb * offset[b]! + wc * offset[c]! + wd * offset[d]!;
      const value = (sr * rgba[at]! + sg * rgba[at + 1]! + sb * rgba[at + 2]!) / 255 + so;
      refined[y * side + x] = value < 0 ? 0 : value > 1 ? 1 : value;
    }
  }
  return refined;
}

/** @returns one channel of the guide, 0..1, averaged down to `[reduced, reduced]`. */
function reduceChannel(rgba: Uint8Array, channel: number, side: number, reduced: number): Float32Array {
  const factor = side / reduced;
  const out = new Float32Array(reduced * reduced);
  const scale = 1 / (255 * factor * factor);
  for (let y = 0; y < side; y++) {
    const row = Math.floor(y / factor) * reduced;
    for (let x = 0; x < side; x++) out[row + Math.floor(x / factor)]! += scale * rgba[4 * (y * side + x) + channel]!;
  }
  return out;
}

function reducePlane(plane: Float32Array, side: number, reduced: number): Float32Array {
  const factor = side / reduced;
  if (factor === 1) return plane;
  const out = new Float32Array(reduced * reduced);
  const scale = 1 / (factor * factor);
  for (let y = 0; y < side; y++) {
    const row = Math.floor(y / factor) * reduced;
    for (let x = 0; x < side; x++) out[row + Math.floor(x / factor)]! += scale * plane[y * side + x]!;
  }
  return out;
}

function multiply(a: Float32Array, b: Float32Array): Float32Array {
  const out = new Float32Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = a[at]! * b[at]!;
  return out;
}
