/** Red, green and blue, 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Distance of two colours' chroma below which a pixel is background, and above which it is the face; between, it fades. */
const KEYED = 40;
const KEPT = 90;

/** @returns the colour that six hexadecimal digits name, with or without `#` before them. */
export function readColour(text: string | null): Colour | undefined {
  const digits = /^#?([0-9a-f]{6})$/i.exec(text ?? '')?.[1];
  if (digits === undefined) return undefined;
  const value = Number.parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/**
 * Makes the background of a picture transparent. Only chroma is compared, because compression and the invisible mark change
 * the brightness of a flat background.
 * @param pixels - interleaved RGBA, changed in place.
 */
export function keyOut(pixels: Uint8ClampedArray, key: Colour): void {
  const keyBlue = blueness(...key);
  const keyRed = redness(...key);
  for (let at = 0; at < pixels.length; at += 4) {
    const [red, green, blue] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    const distance = Math.hypot(blueness(red, green, blue) - keyBlue, redness(red, green, blue) - keyRed);
    if (distance >= KEPT) continue;
    const share = Math.max(0, (distance - KEYED) / (KEPT - KEYED));
    pixels[at + 3] = Math.round(255 * share);
    // What shows of the background at an edge would be a coloured rim.
    if (share > 0)
      for (let channel = 0; channel < 3; channel++)
        pixels[at + channel] = spilt(pixels[at + channel]!, key[channel]!, share);
  }
}

function spilt(value: number, key: number, share: number): number {
  return (value - (1 - share) * key) / share;
}

/** BT.601 chroma, full range. */
function blueness(red: number, green: number, blue: number): number {
  return -0.169 * red - 0.331 * green + 0.5 * blue;
}
function redness(red: number, green: number, blue: number): number {
  return 0.5 * red - 0.419 * green - 0.081 * blue;
}
