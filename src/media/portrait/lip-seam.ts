import { mix, smoothstep } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { sampleAt } from './inpaint.ts';
import { LIP_INNER_LOWER, LIP_INNER_UPPER, LIP_OUTER_UPPER } from './landmark-groups.ts';
import type { MouthTone } from './mouth-tone.ts';
import { newSprite, type Sprite } from './parts-atlas.ts';

/** Half the breadth of the strip along which closed lips meet, cm; its middle part hides what is under it. */
export const SEAM_HALF_CM = 0.22;
const SOLID_SHARE = 0.5;
/** Of a portrait whose lips are apart no seam is known: a soft shadow, so dark. */
const SHADOW_STRENGTH = 0.4;
const SHADOW_TONE = 0.7;
const SHADOW_SHARE = 0.42;

const ENDS = [LIP_OUTER_UPPER[0], LIP_OUTER_UPPER[10]] as const;

/**
 * The line along which closed lips meet, unrolled from the person's right corner to their left: the portrait's own
 * pixels where its lips are closed, else a soft shadow. The lips under it are clean (see `clearHoleRims`), so that a
 * mouth which opens does not carry half of a closed one along each lip.
 * @param own - 0 a shadow .. 1 the portrait's pixels.
 */
export function drawSeam(analysis: PortraitAnalysis, tone: MouthTone, own: number): Sprite {
  const { landmarks, pose, rgba, sizePx } = analysis;
  const line = seamLine(landmarks);
  const [first = [0, 0], last = [0, 0]] = [line[0], line.at(-1)];
  const length = Math.hypot(last[0] - first[0], last[1] - first[1]) || 1;
  const [alongX, alongY] = [(last[0] - first[0]) / length, (last[1] - first[1]) / length];
  const segments = line.length - 1;
  const width = segments * Math.max(2, Math.round(length / segments));
  const height = Math.max(6, Math.round(2 * SEAM_HALF_CM * pose.pxPerCm));
  const sprite = newSprite(width, height);
  for (let x = 0; x < width; x++) {
    const along = ((x + 0.5) / width) * segments;
    const segment = Math.min(segments - 1, Math.floor(along));
    const [fromX, fromY] = line[segment]!;
    const [toX, toY] = line[segment + 1]!;
    const end = smoothstep(0, 0.9, Math.min(along, segments - along));
    for (let y = 0; y < height; y++) {
      const across = ((y + 0.5) / height) * 2 - 1;
      const down = across * SEAM_HALF_CM * pose.pxPerCm;
      const px = mix(fromX, toX, along - segment) - alongY * down;
      const py = mix(fromY, toY, along - segment) + alongX * down;
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const colour = sampleAt(rgba, sizePx, sizePx, 4, channel, px, py);
        sprite.pixels[to + channel] = mix(tone.cavity[channel]! * SHADOW_TONE, colour, own);
      }
      const shadow = SHADOW_STRENGTH * Math.exp(-((across / SHADOW_SHARE) ** 2));
      sprite.pixels[to + 3] = 255 * end * mix(shadow, smoothstep(1, SOLID_SHARE, Math.abs(across)), own);
    }
  }
  return sprite;
}

/** The line ends this far past the outer corners, as a share of the way to them from the inner ones. */
export const SEAM_PAST = 0.5;

/** `[13]` places in the picture from corner to corner: between the inner edges, and past the outer corners at the ends. */
export function seamLine(landmarks: Float32Array): (readonly [number, number])[] {
  const at = (point: number): readonly [number, number] => [landmarks[point * 3]!, landmarks[point * 3 + 1]!];
  const middle = LIP_INNER_UPPER.map((upper, index) => {
    const [ax, ay] = at(upper);
    const [bx, by] = at(LIP_INNER_LOWER[index]!);
    return [(ax + bx) / 2, (ay + by) / 2] as const;
  });
  const past = (end: number, [x, y]: readonly [number, number]): readonly [number, number] => {
    const [ex, ey] = at(end);
    return [ex + SEAM_PAST * (ex - x), ey + SEAM_PAST * (ey - y)];
  };
  return [past(ENDS[0], middle[0]!), ...middle, past(ENDS[1], middle[10]!)];
}
