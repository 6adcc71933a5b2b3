import type { Picture } from './picture.ts';

/** Side of the grey picture that a likeness is made of. */
const SIDE_PX = 32;
/** Samples of each direction that are averaged to one pixel of it. */
const SAMPLES = 4;
/** Width of what is looked at in distances between the eyes: the face without what is around it. */
const WIDTH_EYES = 2.6;
/** Its middle below the eyes, likewise: about the tip of the nose. */
const BELOW_EYES = 0.45;
/** Corners of the eyes in the mesh of MediaPipe. */
const RIGHT_EYE_CORNERS = [33, 133] as const;
const LEFT_EYE_CORNERS = [362, 263] as const;
/** Lowest frequencies of each direction that are kept: what saving, scaling and lighting change lies in the others. */
const FREQUENCIES = 12;
/** Without the mean, which is brightness alone. */
const BITS = FREQUENCIES * FREQUENCIES - 1;
const DIGITS = Math.ceil(BITS / 4);
const ONES = Uint8Array.from({ length: 16 }, (_, digit) => [1, 2, 4, 8].filter((bit) => digit & bit).length);
/** A mirror turns the sign of every odd frequency across. The bits of the last digit beyond the end stay as they are. */
const MIRROR_MASKS = Uint8Array.from({ length: DIGITS }, (_, digit) =>
  [0, 1, 2, 3].reduce((mask, bit) => {
    const at = 4 * digit + bit;
    return 2 * mask + (at < BITS ? ((at + 1) % FREQUENCIES) % 2 : 0);
  }, 0),
);

/**
 * A perceptual hash of a face: the signs of the lowest frequencies of what lies around the eyes (the DCT hash of Zauner,
 * "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, with more bits and zero as threshold). The
 * eyes give place, size and turn, so the same picture that is cut, framed, turned or saved again gives nearly the same.
 * @param landmarks - `[468 or more, 3]`, pixels of `picture`.
 * @returns hexadecimal.
 */
export function likenessOf(picture: Picture, landmarks: Float32Array): string {
  const spectrum = lowFrequencies(greyFace(picture, landmarks));
  let hex = '';
  for (let at = 0; at < BITS; at += 4) {
    let digit = 0;
    for (let bit = 0; bit < 4; bit++) digit = 2 * digit + Number((spectrum[at + bit] ?? 0) > 0);
    hex += digit.toString(16);
  }
  return hex;
}

/**
 * Of two likenesses, the second also taken as in a mirror.
 * @returns the share of equal bits, 0..1: about half for two different pictures.
 */
export function similarity(a: string, b: string): number {
  if (a.length !== DIGITS || b.length !== DIGITS) return 0;
  let direct = 0;
  let mirrored = 0;
  for (let at = 0; at < DIGITS; at++) {
    const different = Number.parseInt(a[at]!, 16) ^ Number.parseInt(b[at]!, 16);
    direct += ONES[different]!;
    mirrored += ONES[different ^ MIRROR_MASKS[at]!]!;
  }
  return 1 - Math.min(direct, mirrored) / BITS;
}

/** @returns the face upright, `[SIDE_PX, SIDE_PX]`; beyond the edge the picture's edge is repeated. */
export function greyFace({ widthPx, heightPx, rgba }: Picture, landmarks: Float32Array): Float32Array {
  const middle = (corners: readonly [number, number], axis: 0 | 1): number =>
    (landmarks[3 * corners[0] + axis]! + landmarks[3 * corners[1] + axis]!) / 2;
  const [rightX, rightY] = [middle(RIGHT_EYE_CORNERS, 0), middle(RIGHT_EYE_CORNERS, 1)];
  const [leftX, leftY] = [middle(LEFT_EYE_CORNERS, 0), middle(LEFT_EYE_CORNERS, 1)];
  // From one eye to the other: the unit of all that follows, and its direction.
  const [acrossX, acrossY] = [leftX - rightX, leftY - rightY];
  const grey = new Float32Array(SIDE_PX * SIDE_PX);
  const fine = SIDE_PX * SAMPLES;
  for (let y = 0; y < fine; y++) {
    const down = BELOW_EYES + WIDTH_EYES * ((y + 0.5) / fine - 0.5);
    for (let x = 0; x < fine; x++) {
      const along = WIDTH_EYES * ((x + 0.5) / fine - 0.5);
      const atX = (rightX + leftX) / 2 + along * acrossX - down * acrossY;
      const atY = (rightY + leftY) / 2 + along * acrossY + down * acrossX;
      const column = Math.min(widthPx - 1, Math.max(0, Math.floor(atX)));
      const row = Math.min(heightPx - 1, Math.max(0, Math.floor(atY)));
      const pixel = 4 * (row * widthPx + column);
      const luma = 0.299 * rgba[pixel]! + 0.587 * rgba[pixel + 1]! + 0.114 * rgba[pixel + 2]!;
      const cell = Math.floor(y / SAMPLES) * SIDE_PX + Math.floor(x / SAMPLES);
      grey[cell] = grey[cell]! + luma / SAMPLES ** 2;
    }
  }
  return grey;
}

/** @returns coefficients (row, column) of the DCT-II without (0, 0), row by row. */
function lowFrequencies(luma: Float32Array): Float64Array {
  const side = SIDE_PX;
  const cosines = Float64Array.from({ length: FREQUENCIES * side }, (_, at) =>
    Math.cos((Math.PI / side) * ((at % side) + 0.5) * Math.floor(at / side)),
  );
  // Rows first, then columns of what is left.
  const rows = new Float64Array(side * FREQUENCIES);
  for (let y = 0; y < side; y++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += luma[y * side + x]! * cosines[u * side + x]!;
      rows[y * FREQUENCIES + u] = sum;
    }
  }
  const spectrum = new Float64Array(BITS);
  for (let v = 0; v < FREQUENCIES; v++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      if (u === 0 && v === 0) continue;
      let sum = 0;
      for (let y = 0; y < side; y++) sum += rows[y * FREQUENCIES + u]! * cosines[v * side + y]!;
      spectrum[v * FREQUENCIES + u - 1] = sum;
    }
  }
  return spectrum;
}
