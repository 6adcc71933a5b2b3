import type { LumaAndBlue } from '../../src/media/render/watermark-detector.ts';

/** @returns a grey I420 picture with this luma, `[sidePx * sidePx]`. */
export function greyI420(luma: Uint8Array): Uint8Array {
  const i420 = new Uint8Array(luma.length * 1.5).fill(128);
  i420.set(luma);
  return i420;
}

/** @returns the left square of an I420 picture as the detector takes it: Cb in as many samples as the luma. */
export function lumaAndBlue(i420: Uint8Array, sidePx: number, rowPx = sidePx): LumaAndBlue {
  const luma = new Uint8Array(sidePx * sidePx);
  const cb = new Uint8Array(sidePx * sidePx);
  for (let y = 0; y < sidePx; y++) {
    luma.set(i420.subarray(y * rowPx, y * rowPx + sidePx), y * sidePx);
    const row = sidePx * rowPx + ((y >> 1) * rowPx) / 2;
    for (let x = 0; x < sidePx; x++) cb[y * sidePx + x] = i420[row + (x >> 1)]!;
  }
  return { luma, cb };
}
