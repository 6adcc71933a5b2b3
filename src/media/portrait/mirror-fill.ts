import { clamp, smoothstep } from '../../base/ramp.ts';
import { boxBlur } from './inpaint.ts';

/** A head uncovers no more than this share of the picture; deeper inside a smooth fill is as good and never odd. */
const FULL_SHARE = 0.09;
const END_SHARE = 0.16;
/** Nearest places jump along a ragged outline; their mean over this share of the picture bends gently instead. */
const EASE_SHARE = 1 / 40;
/** What is smaller than this is texture; what is larger is a shape, and is carried on no further than the second. */
const FINE_SHARE = 1 / 50;
const SHAPES_SHARE = 1 / 16;

/**
 * Carries the texture around an unknown region on into it, as its mirror image at the region's border: what a turning
 * head uncovers is then as sharp and as grainy as what stands beside it.
 * @param colours - `[size, size, 3]`, filled smoothly; the unknown part is overwritten.
 * @param known - `[size, size]` 0..1.
 */
export function mirrorFill(colours: Float32Array, known: Float32Array, size: number): void {
  const [offsetX, offsetY] = offsetsToKnown(known, size);
  const radius = Math.max(1, Math.round(size * EASE_SHARE));
  const easedX = boxBlur(offsetX, size, size, radius);
  const easedY = boxBlur(offsetY, size, size, radius);
  const source = colours.slice();
  const low = lowPass(colours, size);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (known[at]! >= 1) continue;
      const depth = Math.hypot(offsetX[at]!, offsetY[at]!) / size;
      const weight = (1 - known[at]!) * (1 - smoothstep(FULL_SHARE, END_SHARE, depth));
      if (weight <= 0) continue;
      // Close to the border the exact place matters; further in only that neighbours agree.
      const eased = smoothstep(0, EASE_SHARE, depth);
      const moveX = 2 * (offsetX[at]! + eased * (easedX[at]! - offsetX[at]!));
      const moveY = 2 * (offsetY[at]! + eased * (easedY[at]! - offsetY[at]!));
      let from = at;
      // A bent border may mirror into another unknown place: then go on the same way.
      for (let step = 1; step <= 2 && known[from]! < 1; step += 0.25) {
        from = within(y + step * moveY, size) * size + within(x + step * moveX, size);
      }
      if (known[from]! < 1) continue;
      // Large shapes are carried on close to the border only: a mirrored curtain would be seen as an object of its own.
      const shapes = 1 - smoothstep(0, SHAPES_SHARE, depth);
      for (let channel = 0; channel < 3; channel++) {
        const fine = source[from * 3 + channel]! - low[from * 3 + channel]!;
        const coarse = shapes * (low[from * 3 + channel]! - colours[at * 3 + channel]!);
        colours[at * 3 + channel]! += weight * (fine + coarse);
      }
    }
  }
}

function lowPass(colours: Float32Array, size: number): Float32Array {
  const low = new Float32Array(colours.length);
  const plane = new Float32Array(size * size);
  const radius = Math.max(1, Math.round(size * FINE_SHARE));
  for (let channel = 0; channel < 3; channel++) {
    for (let at = 0; at < plane.length; at++) plane[at] = colours[at * 3 + channel]!;
    const blurred = boxBlur(boxBlur(plane, size, size, radius), size, size, radius);
    for (let at = 0; at < plane.length; at++) low[at * 3 + channel] = blurred[at]!;
  }
  return low;
}

/** Beyond the picture's edge its mirror image goes on. */
function within(position: number, size: number): number {
  const inside = position < 0 ? -position : position > size - 1 ? 2 * (size - 1) - position : position;
  return Math.round(clamp(inside, 0, size - 1));
}

/** @returns how far right and down the nearest known place is, `[size, size]` each (8SSED, Danielsson 1980). */
function offsetsToKnown(known: Float32Array, size: number): [Float32Array, Float32Array] {
  const far = 4 * size;
  const right = Float32Array.from(known, (value) => (value >= 1 ? 0 : far));
  const down = right.slice();
  const take = (x: number, y: number, stepX: number, stepY: number): void => {
    if (x + stepX < 0 || x + stepX >= size || y + stepY < 0 || y + stepY >= size) return;
    const at = y * size + x;
    const from = at + stepY * size + stepX;
    const [newX, newY] = [right[from]! + stepX, down[from]! + stepY];
    if (newX * newX + newY * newY >= right[at]! ** 2 + down[at]! ** 2) return;
    right[at] = newX;
    down[at] = newY;
  };
  for (const turn of [1, -1]) {
    for (let row = 0; row < size; row++) {
      const y = turn > 0 ? row : size - 1 - row;
      for (let x = 0; x < size; x++) {
        for (const stepX of [-1, 0, 1]) take(x, y, stepX, -turn);
        take(x, y, -1, 0);
      }
      for (let x = size - 1; x >= 0; x--) take(x, y, 1, 0);
    }
  }
  return [right, down];
}
