import type { RgbaImage } from '../appearance.ts';
import type { Texture } from './scene-plan.ts';

/**
 * Premultiplies an image and brings it to another size by averaging areas (or between pixels, to enlarge).
 * @returns a new texture.
 */
export function loadTexture(image: RgbaImage, widthPx: number, heightPx: number): Texture {
  const rows = resampled(premultiplied(image), image.widthPx, image.heightPx, widthPx);
  const turned = resampled(transposed(rows, widthPx, image.heightPx), image.heightPx, widthPx, heightPx);
  const floats = transposed(turned, heightPx, widthPx);
  const pixels = new Uint8Array(floats.length);
  for (let at = 0; at < floats.length; at++) pixels[at] = Math.min(255, floats[at]! + 0.5);
  return { widthPx, heightPx, pixels };
}

function premultiplied({ pixels }: RgbaImage): Float32Array {
  const out = new Float32Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3]! / 255;
    out[at] = pixels[at]! * alpha;
    out[at + 1] = pixels[at + 1]! * alpha;
    out[at + 2] = pixels[at + 2]! * alpha;
    out[at + 3] = pixels[at + 3]!;
  }
  return out;
}

/** Resamples each row of RGBA pixels. */
function resampled(from: Float32Array, width: number, height: number, target: number): Float32Array {
  if (width === target) return from;
  const out = new Float32Array(target * height * 4);
  const step = width / target;
  for (let x = 0; x < target; x++) {
    // A box of one target pixel, at least one source pixel wide, with parts of pixels at both ends.
    const middle = (x + 0.5) * step;
    const reach = Math.max(step, 1) / 2;
    const first = Math.max(0, Math.floor(middle - reach));
    const last = Math.min(width - 1, Math.ceil(middle + reach) - 1);
    let total = 0;
    for (let column = first; column <= last; column++) {
      total += Math.min(column + 1, middle + reach) - Math.max(column, middle - reach);
    }
    for (let column = first; column <= last; column++) {
      const weight = (Math.min(column + 1, middle + reach) - Math.max(column, middle - reach)) / total;
      for (let y = 0; y < height; y++) {
        const to = (y * target + x) * 4;
        const at = (y * width + column) * 4;
        out[to]! += from[at]! * weight;
        out[to + 1]! += from[at + 1]! * weight;
        out[to + 2]! += from[at + 2]! * weight;
        out[to + 3]! += from[at + 3]! * weight;
      }
    }
  }
  return out;
}

function transposed(from: Float32Array, width: number, height: number): Float32Array {
  const out = new Float32Array(from.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 4; channel++) {
        out[(x * height + y) * 4 + channel] = from[(y * width + x) * 4 + channel]!;
      }
    }
  }
  return out;
}
