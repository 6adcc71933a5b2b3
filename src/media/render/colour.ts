/**
 * BT.601 limited range, 8-bit integers (ITU-R BT.601-7; the rounding that libyuv uses). Chroma is the mean of 2 x 2.
 * @param target - planar Y, U, V: `width * height * 3 / 2` bytes.
 */
export function rgbaToI420(rgba: Uint8Array, width: number, height: number, target: Uint8Array): void {
  const uStart = width * height;
  const vStart = uStart + uStart / 4;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let corner = 0; corner < 4; corner++) {
        const at = (y + (corner >> 1)) * width + x + (corner & 1);
        const r = rgba[at * 4]!;
        const g = rgba[at * 4 + 1]!;
        const b = rgba[at * 4 + 2]!;
        target[at] = (66 * r + 129 * g + 25 * b + 4224) >> 8;
        red += r;
        green += g;
        blue += b;
      }
      const chroma = (y >> 1) * (width >> 1) + (x >> 1);
      target[uStart + chroma] = (-38 * red - 74 * green + 112 * blue + 131584) >> 10;
      target[vStart + chroma] = (112 * red - 94 * green - 18 * blue + 131584) >> 10;
    }
  }
}
