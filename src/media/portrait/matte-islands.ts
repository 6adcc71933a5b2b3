import { eyeDistancePx } from './landmark-stability.ts';

/** Below this a pixel of the coarse matte does not connect what lies on its two sides. */
const CONNECTED = 90;

/**
 * Removes from a matte what does not hang together with the face: other people, pictures on the wall.
 * @param matte - `[side, side]`, 0..255; changed in place.
 * @param landmarks - `[478, 3]` of the face that stays.
 */
export function keepPersonOf(matte: Uint8Array, side: number, landmarks: Float32Array): void {
  const reached = floodFill(matte, side, seedsOf(landmarks, side));
  // Soft edges lie below the threshold; they stay where what is reached is near.
  const reach = Math.max(2, Math.round(eyeDistancePx(landmarks) / 6));
  const near = dilate(reached, side, reach);
  for (let at = 0; at < matte.length; at++) if (near[at] === 0) matte[at] = 0;
}

/** The points of the face that a person's matte covers for sure: nose, cheeks, forehead, chin. */
const SEED_POINTS = [1, 4, 6, 9, 10, 50, 152, 280] as const;

function seedsOf(landmarks: Float32Array, side: number): number[] {
  return SEED_POINTS.map((point) => {
    const x = Math.max(0, Math.min(side - 1, Math.floor(landmarks[3 * point]!)));
    const y = Math.max(0, Math.min(side - 1, Math.floor(landmarks[3 * point + 1]!)));
    return y * side + x;
  });
}

function floodFill(matte: Uint8Array, side: number, seeds: readonly number[]): Uint8Array {
  const reached = new Uint8Array(matte.length);
  const stack = new Int32Array(matte.length);
  let depth = 0;
  const visit = (at: number): void => {
    if (reached[at] === 0 && matte[at]! >= CONNECTED) {
      reached[at] = 1;
      stack[depth++] = at;
    }
  };
  seeds.forEach(visit);
  while (depth > 0) {
    const at = stack[--depth]!;
    const x = at % side;
    if (x > 0) visit(at - 1);
    if (x < side - 1) visit(at + 1);
    if (at >= side) visit(at - side);
    if (at < matte.length - side) visit(at + side);
  }
  return reached;
}

/** Grows by a square of `2 * reach + 1` pixels, one axis after the other. */
function dilate(mask: Uint8Array, side: number, reach: number): Uint8Array {
  const across = spread(mask, side, reach, 1, side);
  return spread(across, side, reach, side, 1);
}

function spread(mask: Uint8Array, side: number, reach: number, step: number, lineStep: number): Uint8Array {
  const out = new Uint8Array(mask.length);
  for (let line = 0; line < side; line++) {
    let last = -reach - 1;
    for (let k = 0; k < side + reach; k++) {
      if (k < side && mask[line * lineStep + k * step] === 1) last = k;
      const to = k - reach;
      if (to >= 0 && last >= to - reach) out[line * lineStep + to * step] = 1;
    }
  }
  return out;
}
