import { smoothstep } from '../../base/ramp.ts';
import type { Texture } from './scene-plan.ts';

/** Height of the badge over the picture's; legible at 256 pixels, small at 720. */
const HEIGHT_SHARE = 0.062;
const MARGIN_SHARE = 0.022;

export interface Badge {
  readonly texture: Texture;
  readonly left: number;
  readonly top: number;
}

type Stroke = readonly [x0: number, y0: number, x1: number, y1: number];

/** The letters A and I on a square of 1, y down. */
const STROKES: readonly Stroke[] = [
  [0.2, 0.8, 0.42, 0.2],
  [0.42, 0.2, 0.64, 0.8],
  [0.285, 0.6, 0.555, 0.6],
  [0.84, 0.2, 0.84, 0.8],
];

/** Draws the mark that says a machine made this picture, for the top right corner. */
export function drawBadge(sizePx: number): Badge {
  const height = Math.max(14, Math.round(sizePx * HEIGHT_SHARE));
  const width = Math.round(height * 1.5);
  const margin = Math.round(sizePx * MARGIN_SHARE);
  const pixels = new Uint8Array(width * height * 4);
  const radius = height * 0.28;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = Math.max(0, Math.abs(x + 0.5 - width / 2) - (width / 2 - radius));
      const dy = Math.max(0, Math.abs(y + 0.5 - height / 2) - (height / 2 - radius));
      const plate = 0.62 * (1 - smoothstep(radius - 1, radius, Math.hypot(dx, dy)));
      const u = (x + 0.5 - (width - height) / 2) / height;
      const v = (y + 0.5) / height;
      const nearest = Math.min(...STROKES.map((stroke) => distanceTo(stroke, u, v)));
      const thick = Math.max(0.055, 0.9 / height);
      const ink = 1 - smoothstep(thick - 0.5 / height, thick + 0.5 / height, nearest);
      const alpha = plate + (1 - plate) * ink * 0.95;
      const to = (y * width + x) * 4;
      // White ink on a dark plate, premultiplied.
      const level = 255 * 0.95 * ink + 18 * plate * (1 - ink);
      for (let channel = 0; channel < 3; channel++) pixels[to + channel] = Math.round(Math.min(level, alpha * 255));
      pixels[to + 3] = Math.round(alpha * 255);
    }
  }
  return { texture: { widthPx: width, heightPx: height, pixels }, left: sizePx - margin - width, top: margin };
}

function distanceTo([x0, y0, x1, y1]: Stroke, x: number, y: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const t = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}
