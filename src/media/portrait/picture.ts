/** A decoded picture: `[heightPx, widthPx, 4]` interleaved sRGB with alpha. */
export interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgba: Uint8Array;
}

/** A square of a picture, possibly turned: what a network looks at. */
export interface SquareRegion {
  readonly centreX: number;
  readonly centreY: number;
  readonly sidePx: number;
  /** Clockwise, radians: the region's own x axis points this way in the picture. */
  readonly angle: number;
}

/**
 * Samples `region` into a network's input; beyond the picture's edge it reads black. Minification averages up to 4x4
 * bilinear taps a pixel, which keeps landmarks stable between large and small pictures.
 * @param out - `[side, side, 3]` interleaved, overwritten with `black` .. `white`.
 */
export function sampleRegion(
  picture: Picture,
  region: SquareRegion,
  side: number,
  out: Float32Array,
  black = 0,
  white = 1,
): void {
  const { widthPx, heightPx, rgba } = picture;
  const step = region.sidePx / side;
  const cosine = Math.cos(region.angle) * step;
  const sine = Math.sin(region.angle) * step;
  const taps = Math.max(1, Math.min(4, Math.round(step)));
  const scale = (white - black) / 255 / (taps * taps);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tapY = 0; tapY < taps; tapY++) {
        const v = y + (tapY + 0.5) / taps - side / 2;
        for (let tapX = 0; tapX < taps; tapX++) {
          const u = x + (tapX + 0.5) / taps - side / 2;
          const px = region.centreX + u * cosine - v * sine - 0.5;
          const py = region.centreY + u * sine + v * cosine - 0.5;
          const left = Math.floor(px);
          const top = Math.floor(py);
          if (left >= 0 && top >= 0 && left + 1 < widthPx && top + 1 < heightPx) {
            const right = px - left;
            const low = py - top;
            const w0 = (1 - right) * (1 - low);
            const w1 = right * (1 - low);
            const w2 = (1 - right) * low;
            const w3 = right * low;
            const at = (top * widthPx + left) * 4;
            const below = at + widthPx * 4;
            red += w0 * rgba[at]! + w1 * rgba[at + 4]! + w2 * rgba[below]! + w3 * rgba[below + 4]!;
            green += w0 * rgba[at + 1]! + w1 * rgba[at + 5]! + w2 * rgba[below + 1]! + w3 * rgba[below + 5]!;
            blue += w0 * rgba[at + 2]! + w1 * rgba[at + 6]! + w2 * rgba[below + 2]! + w3 * rgba[below + 6]!;
            continue;
          }
          for (let corner = 0; corner < 4; corner++) {
            const cx = left + (corner & 1);
            const cy = top + (corner >> 1);
            if (cx < 0 || cy < 0 || cx >= widthPx || cy >= heightPx) continue;
            const weight = (corner & 1 ? px - left : 1 - px + left) * (corner >> 1 ? py - top : 1 - py + top);
            const at = (cy * widthPx + cx) * 4;
            red += weight * rgba[at]!;
            green += weight * rgba[at + 1]!;
            blue += weight * rgba[at + 2]!;
          }
        }
      }
      const at = (y * side + x) * 3;
      out[at] = red * scale + black;
      out[at + 1] = green * scale + black;
      out[at + 2] = blue * scale + black;
    }
  }
}

/** @returns a point of the region (0..1 along both of its axes) in picture pixels. */
export function regionPoint(region: SquareRegion, u: number, v: number): [x: number, y: number] {
  const along = (u - 0.5) * region.sidePx;
  const down = (v - 0.5) * region.sidePx;
  const cosine = Math.cos(region.angle);
  const sine = Math.sin(region.angle);
  return [region.centreX + along * cosine - down * sine, region.centreY + along * sine + down * cosine];
}
