import { smoothstep } from '../../base/ramp.ts';
import { guidedFilter } from './guided-filter.ts';
import { boxBlur, fillUnknown, halve } from './inpaint.ts';
import { FACE_OVAL } from './landmark-groups.ts';
import { ringAround } from './mesh.ts';
import { polygonMask } from './polygon.ts';
import { spareBrows } from './spare-brows.ts';
import { headPointAt, type HeadPose } from './pose.ts';

/** Bits a channel of the colour histograms; their bins are blurred, or a gradient would fall between two. */
const BITS = 4;
const BINS = 1 << BITS;
/** Crown and skin must differ by this much in what their colours say, or the two are not told apart. */
const LEAST_SEPARATION = 0.77;
const PASSES = 3;
const CROWN = 1;
const SKIN = 2;
const CHEST = 3;
/** Less crown than this share of the face is a shaved head, or one that the picture cuts off. */
const LEAST_CROWN_SHARE = 0.06;
/** Heights in head axes, cm: brows lie below the first, and below the second hair lies on shoulders. */
const BROW_CM = 3.4;
const SHOULDER_FULL_CM = -9;
const SHOULDER_NONE_CM = -13;
/** Under the chin there is neck, and hair only beside it. */
const CHIN_CM = -5;
const NECK_HALF_CM = 5.2;

/** What tells hair, with hats and scarves that move as it does, from the rest of the person. */
export interface HairMask {
  /** `[size, size]` 0..1, carried on beyond the person's edge. */
  readonly share: Float32Array;
  /** 0..1: how well colours of crown and skin are told apart. */
  readonly separation: number;
}

/**
 * Finds the hair of a portrait by its colours: those above the forehead against those of the face and of the chest.
 * @param rgba - `[size, size, 4]`; @param alpha - `[size, size]` 0..1, the person.
 * @returns null where they cannot be told apart, or there is no hair to speak of.
 */
export function findHair(
  rgba: Uint8Array,
  alpha: Float32Array,
  landmarks: Float32Array,
  pose: HeadPose,
  size: number,
): HairMask | null {
  // Half the size says as much: the edges come from the picture itself.
  const half = size >> 1;
  const small = smallPicture(rgba, size);
  const smallAlpha = halve(alpha, size, size, 1);
  const cm = pose.pxPerCm / 2;
  const oval = FACE_OVAL.map((point) => [landmarks[point * 3]! / 2, landmarks[point * 3 + 1]! / 2] as const);
  const face = polygonMask(oval, half);
  const edge = polygonMask(ringAround(oval, -1 * cm), half);
  const { across, heights } = headPlaces(half, pose);
  const foreheadCm = headPointAt(landmarks[10 * 3]!, landmarks[10 * 3 + 1]!, 0, pose)[1];
  const places = surePlaces(oval, face, smallAlpha, heights, foreheadCm, cm);
  if (places === null) return null;
  const likely = new Float32Array(face.length).fill(0.5);
  let separation = 0;
  for (let pass = 0; pass < PASSES; pass++) separation = learn(small, smallAlpha, places, heights, likely);
  if (separation < LEAST_SEPARATION) return null;
  for (let at = 0; at < face.length; at++) {
    const height = heights[at]!;
    // Inside the face only what falls over the forehead counts; lower it would be a brow, a lash or a beard.
    if (face[at] === 1) likely[at]! *= height > BROW_CM ? 1 : edge[at] === 1 ? 0 : smoothstep(-1.5, 0.5, height);
    likely[at]! *= smoothstep(SHOULDER_NONE_CM, SHOULDER_FULL_CM, height);
    const neck = smoothstep(NECK_HALF_CM + 1.5, NECK_HALF_CM, Math.abs(across[at]!));
    likely[at]! *= 1 - smoothstep(CHIN_CM + 2, CHIN_CM, height) * neck;
    // Above the forehead everything of the person is hair or worn like it.
    if (height > foreheadCm + 0.8) likely[at] = Math.max(likely[at]!, smallAlpha[at]!);
  }
  spareBrows(likely, half, landmarks, 2, cm);
  const smooth = boxBlur(likely, half, half, Math.max(1, Math.round(0.12 * cm)));
  connect(smooth, half, oval[0]!, cm);
  const radiusPx = Math.max(2, Math.round(half / 100));
  const refined = guidedFilter(small, smooth, half, half, { radiusPx, epsilon: 4e-4 });
  // At its own edge the person is hair or is not, whatever shines through: the inside decides.
  const sure = smallAlpha.map((value) => (value > 0.9 ? 1 : 0));
  const inside = refined.map((value) => smoothstep(0.25, 0.75, value));
  const beyond = fillUnknown(inside, sure, half, half, 1);
  const share = inside.map((value, at) => (sure[at] === 1 ? value : smoothstep(0.3, 0.7, beyond[at]!)));
  return { share: doubled(share, half), separation };
}

/** What is surely hair, surely skin and surely clothes, as far as places can tell; null without enough of a crown. */
function surePlaces(
  oval: readonly (readonly [number, number])[],
  face: Uint8Array,
  alpha: Float32Array,
  heights: Float32Array,
  foreheadCm: number,
  cm: number,
): Uint8Array | null {
  const size = Math.sqrt(face.length);
  const skin = polygonMask(ringAround(oval, -1.1 * cm), size);
  const beside = polygonMask(ringAround(oval, 0.5 * cm), size);
  const around = polygonMask(ringAround(oval, 4.5 * cm), size);
  const places = new Uint8Array(face.length);
  let crownCount = 0;
  let faceCount = 0;
  for (let at = 0; at < face.length; at++) {
    if (face[at] === 1) faceCount++;
    if (alpha[at]! < 0.95) continue;
    const height = heights[at]!;
    // A fringe may hang over the brows.
    if (skin[at] === 1) places[at] = height < BROW_CM - 1.5 ? SKIN : 0;
    else if (height > foreheadCm - 0.3 && beside[at] === 0 && around[at] === 1) places[at] = CROWN;
    else if (height < SHOULDER_NONE_CM) places[at] = CHEST;
    if (places[at] === CROWN) crownCount++;
  }
  return crownCount < LEAST_CROWN_SHARE * faceCount ? null : places;
}

/**
 * One pass of learning: colours of the places, without those that the last pass took for something else.
 * @param likely - 0..1 from the last pass, overwritten. @returns how much more of the crown than of the skin is hair.
 */
function learn(
  rgba: Uint8Array,
  alpha: Float32Array,
  places: Uint8Array,
  heights: Float32Array,
  likely: Float32Array,
): number {
  const counts = [CROWN, SKIN, CHEST].map(() => new Float64Array(BINS ** 3));
  for (let at = 0; at < places.length; at++) {
    const place = places[at]!;
    if (place === 0 || (place === CROWN ? likely[at]! < 0.4 : place === SKIN && likely[at]! > 0.6)) continue;
    counts[place - 1]![binOf(rgba, at)]!++;
  }
  const [ofCrown, ofSkin, ofChest] = counts.map(normal) as [Float64Array, Float64Array, Float64Array];
  const sums = [0, 0, 0, 0];
  const totals = [0, 0, 0, 0];
  for (let at = 0; at < places.length; at++) {
    if (alpha[at]! < 0.02) continue;
    const bin = binOf(rgba, at);
    const body = smoothstep(-7, -13, heights[at]!);
    const other = Math.max(ofSkin[bin]!, 1.2 * body * ofChest[bin]!) + 2e-5;
    likely[at] = ofCrown[bin]! / (ofCrown[bin]! + other);
    const place = places[at]!;
    totals[place]!++;
    if (likely[at]! > 0.5) sums[place]!++;
  }
  return sums[CROWN]! / totals[CROWN]! - sums[SKIN]! / Math.max(1, totals[SKIN]!);
}

/** Keeps only what hangs together with the crown, above the `forehead`. */
function connect(values: Float32Array, size: number, forehead: readonly [number, number], cm: number): void {
  const reached = new Uint8Array(values.length);
  const stack = new Int32Array(values.length);
  let depth = 0;
  const visit = (at: number): void => {
    if (reached[at] === 1 || values[at]! < 0.4) return;
    reached[at] = 1;
    stack[depth++] = at;
  };
  const [middle, top] = [Math.round(forehead[0]), Math.round(forehead[1])];
  const reach = Math.round(4 * cm);
  for (let y = Math.max(0, top - reach); y < Math.min(size, top); y++) {
    for (let x = Math.max(0, middle - reach); x < Math.min(size, middle + reach); x++) visit(y * size + x);
  }
  while (depth > 0) {
    const at = stack[--depth]!;
    const x = at % size;
    if (x > 0) visit(at - 1);
    if (x + 1 < size) visit(at + 1);
    if (at >= size) visit(at - size);
    if (at + size < values.length) visit(at + size);
  }
  const near = boxBlur(Float32Array.from(reached), size, size, Math.max(1, Math.round(0.15 * cm)));
  for (let at = 0; at < values.length; at++) if (near[at]! === 0) values[at] = 0;
}

/** Each pixel of a picture of half the size in head axes, cm: across the middle of the face, and above it. */
function headPlaces(half: number, pose: HeadPose): { readonly across: Float32Array; readonly heights: Float32Array } {
  const origin = headPointAt(1, 1, 0, pose);
  const right = headPointAt(3, 1, 0, pose);
  const down = headPointAt(1, 3, 0, pose);
  const place = (axis: 0 | 1): Float32Array => {
    const out = new Float32Array(half * half);
    const [alongX, alongY] = [right[axis] - origin[axis], down[axis] - origin[axis]];
    for (let y = 0, at = 0; y < half; y++) {
      for (let x = 0; x < half; x++, at++) out[at] = origin[axis] + alongX * x + alongY * y;
    }
    return out;
  };
  return { across: place(0), heights: place(1) };
}

/** Every second pixel of every second row: colours are counted, not looked at. */
function smallPicture(rgba: Uint8Array, size: number): Uint8Array {
  const half = size >> 1;
  const small = new Uint8Array(half * half * 4);
  for (let y = 0, to = 0; y < half; y++) {
    for (let x = 0; x < half; x++, to += 4) {
      const from = (2 * y * size + 2 * x) * 4;
      for (let channel = 0; channel < 3; channel++) small[to + channel] = rgba[from + channel]!;
    }
  }
  return small;
}

/** @returns `[2 * half, 2 * half]`, between the pixels of `values`. */
function doubled(values: Float32Array, half: number): Float32Array {
  const size = 2 * half;
  const out = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const near = (y >> 1) * half;
    const far = Math.max(0, Math.min(half - 1, (y >> 1) + (y & 1 ? 1 : -1))) * half;
    for (let x = 0; x < size; x++) {
      const column = x >> 1;
      const beside = Math.max(0, Math.min(half - 1, column + (x & 1 ? 1 : -1)));
      const here = 0.75 * values[near + column]! + 0.25 * values[near + beside]!;
      const there = 0.75 * values[far + column]! + 0.25 * values[far + beside]!;
      out[y * size + x] = 0.75 * here + 0.25 * there;
    }
  }
  return out;
}

function binOf(rgba: Uint8Array, pixel: number): number {
  const at = pixel * 4;
  const shift = 8 - BITS;
  return ((rgba[at]! >> shift) << (2 * BITS)) | ((rgba[at + 1]! >> shift) << BITS) | (rgba[at + 2]! >> shift);
}

/** Blurs a histogram by one bin each way and scales it to a sum of 1. */
function normal(counts: Float64Array): Float64Array {
  let values = counts;
  for (const step of [1, BINS, BINS * BINS]) {
    const blurred = new Float64Array(values.length);
    for (let at = 0; at < values.length; at++) {
      const place = Math.floor(at / step) % BINS;
      const before = place > 0 ? values[at - step]! : values[at]!;
      const after = place + 1 < BINS ? values[at + step]! : values[at]!;
      blurred[at] = 0.25 * before + 0.5 * values[at]! + 0.25 * after;
    }
    values = blurred;
  }
  const total = values.reduce((sum, value) => sum + value, 0);
  return total === 0 ? values : values.map((value) => value / total);
}
