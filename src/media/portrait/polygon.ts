import { clamp } from '../../base/ramp.ts';

/** @returns `[size, size]` 1 inside the polygon, even-odd, by pixel centres. */
export function polygonMask(polygon: readonly (readonly [number, number])[], size: number): Uint8Array {
  const mask = new Uint8Array(size * size);
  for (let y = 0; y < size; y++) {
    const crossings: number[] = [];
    polygon.forEach(([ax, ay], index) => {
      const [bx, by] = polygon[(index + 1) % polygon.length]!;
      if (ay > y + 0.5 !== by > y + 0.5) crossings.push(ax + ((y + 0.5 - ay) / (by - ay)) * (bx - ax));
    });
    crossings.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const from = clamp(Math.ceil(crossings[pair]! - 0.5), 0, size);
      const to = clamp(Math.ceil(crossings[pair + 1]! - 0.5), 0, size);
      mask.fill(1, y * size + from, y * size + to);
    }
  }
  return mask;
}
