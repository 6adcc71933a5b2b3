/**
 * Divides colours by their alpha, as PNG wants them.
 * @param rgba - `[pixel, 4]` with colours multiplied by alpha; only read.
 * @returns the same pixels with straight alpha.
 */
export function straightAlpha(rgba: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3]!;
    if (alpha === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      out[at + channel] = Math.min(255, Math.round((rgba[at + channel]! * 255) / alpha));
    }
    out[at + 3] = alpha;
  }
  return out;
}
