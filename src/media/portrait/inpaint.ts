/**
 * Fills what is unknown from what is known around it, by push-pull over a pyramid (Gortler et al. 1996).
 * @param values - `[height, width, channels]`, only read where `known` is above 0.
 * @param known - `[height, width]` 0..1.
 * @returns a new array; known pixels keep their values in proportion.
 */
export function fillUnknown(
  values: Float32Array,
  known: Float32Array,
  width: number,
  height: number,
  channels: number,
): Float32Array {
  const sums = new Float32Array(values.length);
  for (let pixel = 0; pixel < known.length; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      sums[pixel * channels + channel] = values[pixel * channels + channel]! * known[pixel]!;
    }
  }
  pushPull(sums, known.slice(), width, height, channels);
  return sums;
}

/** Turns weighted sums into whole values, in place. */
function pushPull(sums: Float32Array, weights: Float32Array, width: number, height: number, channels: number): void {
  if (width <= 2 || height <= 2) {
    fillFlat(sums, weights, channels);
    return;
  }
  const halfWidth = (width + 1) >> 1;
  const halfHeight = (height + 1) >> 1;
  const halfSums = new Float32Array(halfWidth * halfHeight * channels);
  const halfWeights = new Float32Array(halfWidth * halfHeight);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * width + x;
      const weight = weights[from]!;
      if (weight === 0) continue;
      const to = (y >> 1) * halfWidth + (x >> 1);
      halfWeights[to]! += weight;
      for (let channel = 0; channel < channels; channel++) {
        halfSums[to * channels + channel]! += sums[from * channels + channel]!;
      }
    }
  }
  for (let at = 0; at < halfWeights.length; at++) {
    const weight = halfWeights[at]!;
    if (weight <= 1) continue;
    for (let channel = 0; channel < channels; channel++) halfSums[at * channels + channel]! /= weight;
    halfWeights[at] = 1;
  }
  pushPull(halfSums, halfWeights, halfWidth, halfHeight, channels);
  for (let y = 0; y < height; y++) {
    const v = Math.max(0, Math.min(halfHeight - 1, (y + 0.5) / 2 - 0.5));
    const y0 = Math.floor(v);
    const y1 = Math.min(halfHeight - 1, y0 + 1);
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const missing = 1 - weights[at]!;
      if (missing <= 0) continue;
      const u = Math.max(0, Math.min(halfWidth - 1, (x + 0.5) / 2 - 0.5));
      const x0 = Math.floor(u);
      const x1 = Math.min(halfWidth - 1, x0 + 1);
      for (let channel = 0; channel < channels; channel++) {
        const top = halfSums[(y0 * halfWidth + x0) * channels + channel]! * (1 - u + x0);
        const topRight = halfSums[(y0 * halfWidth + x1) * channels + channel]! * (u - x0);
        const low = halfSums[(y1 * halfWidth + x0) * channels + channel]! * (1 - u + x0);
        const lowRight = halfSums[(y1 * halfWidth + x1) * channels + channel]! * (u - x0);
        sums[at * channels + channel]! += missing * ((top + topRight) * (1 - v + y0) + (low + lowRight) * (v - y0));
      }
    }
  }
}

function fillFlat(sums: Float32Array, weights: Float32Array, channels: number): void {
  let total = 0;
  const mean = new Float64Array(channels);
  for (let at = 0; at < weights.length; at++) {
    total += weights[at]!;
    for (let channel = 0; channel < channels; channel++) mean[channel]! += sums[at * channels + channel]!;
  }
  for (let at = 0; at < weights.length; at++) {
    const missing = 1 - weights[at]!;
    for (let channel = 0; channel < channels; channel++) {
      sums[at * channels + channel]! += (missing * mean[channel]!) / Math.max(total, 1e-6);
    }
  }
}

/** @returns `values` halved by averaging; odd edges repeat. */
export function halve(values: Float32Array, width: number, height: number, channels: number): Float32Array {
  const [w, h] = [width >> 1, height >> 1];
  const half = new Float32Array(w * h * channels);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const at = (2 * y * width + 2 * x) * channels + channel;
        const below = at + width * channels;
        half[(y * w + x) * channels + channel] =
          (values[at]! + values[at + channels]! + values[below]! + values[below + channels]!) / 4;
      }
    }
  }
  return half;
}

/** @returns one value of an image between its pixels, edges repeated. */
export function sampleAt(
  values: ArrayLike<number>,
  width: number,
  height: number,
  channels: number,
  channel: number,
  x: number,
  y: number,
): number {
  const u = Math.max(0, Math.min(width - 1.001, x - 0.5));
  const v = Math.max(0, Math.min(height - 1.001, y - 0.5));
  const [x0, y0] = [Math.floor(u), Math.floor(v)];
  const at = (y0 * width + x0) * channels + channel;
  const below = at + (y0 + 1 < height ? width * channels : 0);
  const right = x0 + 1 < width ? channels : 0;
  const top = values[at]! * (1 - u + x0) + values[at + right]! * (u - x0);
  const low = values[below]! * (1 - u + x0) + values[below + right]! * (u - x0);
  return top * (1 - v + y0) + low * (v - y0);
}

/** @returns the mean over squares of `2 * radius + 1`, edges shrinking the square. */
export function boxBlur(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const rows = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, width); x++) sum += values[start + x]!;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += values[start + x + radius]!;
      if (x - radius > 0) sum -= values[start + x - radius - 1]!;
      rows[start + x] = sum / (Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1);
    }
  }
  // Down the columns all at once: memory is read in its own order.
  const out = new Float32Array(values.length);
  const sums = new Float64Array(width);
  for (let y = 0; y < Math.min(radius, height); y++) {
    for (let x = 0, at = y * width; x < width; x++, at++) sums[x]! += rows[at]!;
  }
  for (let y = 0; y < height; y++) {
    if (y + radius < height) {
      for (let x = 0, at = (y + radius) * width; x < width; x++, at++) sums[x]! += rows[at]!;
    }
    if (y - radius > 0) {
      for (let x = 0, at = (y - radius - 1) * width; x < width; x++, at++) sums[x]! -= rows[at]!;
    }
    const count = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    for (let x = 0, at = y * width; x < width; x++, at++) out[at] = sums[x]! / count;
  }
  return out;
}
