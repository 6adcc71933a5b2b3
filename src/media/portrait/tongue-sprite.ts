import { smoothstep } from '../../base/ramp.ts';
import { seededRandom } from '../../base/random.ts';
import type { MouthTone } from './mouth-tone.ts';
import { newSprite, type Sprite } from './parts-atlas.ts';

const WIDTH_PX = 96;
const HEIGHT_PX = 64;
/** Moisture: small lights that only a detailed portrait shows. */
const GLEAMS = 26;

/** @returns the back of a tongue as the light from the lips falls on it: its root at the top, its tip at the bottom. */
export function drawTongue({ detail, tongue }: MouthTone): Sprite {
  const sprite = newSprite(WIDTH_PX, HEIGHT_PX);
  const gleam = gleams();
  for (let y = 0; y < HEIGHT_PX; y++) {
    for (let x = 0; x < WIDTH_PX; x++) {
      const u = (2 * (x + 0.5)) / WIDTH_PX - 1;
      const v = (y + 0.5) / HEIGHT_PX;
      const groove = Math.exp(-u * u * 45) * smoothstep(0.05, 0.35, v) * smoothstep(1, 0.7, v);
      const form = (0.42 + 0.58 * smoothstep(0, 0.7, v)) * (1 - 0.45 * u * u) * (1 - 0.16 * smoothstep(0.8, 1, v));
      const sheen = 0.05 * Math.exp(-(((Math.abs(u) - 0.28) / 0.2) ** 2) - ((v - 0.66) / 0.16) ** 2);
      const light = form * (1 - 0.1 * groove) + sheen + 0.09 * detail * gleam[y * WIDTH_PX + x]!;
      const to = (y * WIDTH_PX + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        // Moisture mirrors white light.
        const wet = channel === 0 ? 1 : 1 + 0.9 * (sheen + 0.1 * detail * gleam[y * WIDTH_PX + x]!);
        sprite.pixels[to + channel] = tongue[channel]! * light * wet;
      }
      const sides = 1 - smoothstep(0.62, 0.98, Math.hypot(u, 0.75 * Math.max(0, v - 0.45)));
      sprite.pixels[to + 3] = 255 * sides * smoothstep(0, 0.24, v);
    }
  }
  return sprite;
}

/** `[height, width]` 0..1: soft specks, denser where the tongue faces the light. */
function gleams(): Float32Array {
  const field = new Float32Array(WIDTH_PX * HEIGHT_PX);
  const random = seededRandom(GLEAMS, 3);
  for (let count = 0; count < GLEAMS; count++) {
    const cx = WIDTH_PX * (0.5 + 0.17 * random.normal());
    const cy = HEIGHT_PX * (0.62 + 0.13 * random.normal());
    const size = 1 + 1.6 * random.uniform();
    for (let y = 0; y < HEIGHT_PX; y++) {
      for (let x = 0; x < WIDTH_PX; x++) {
        const distance = ((x - cx) / (1.6 * size)) ** 2 + ((y - cy) / size) ** 2;
        if (distance < 6) field[y * WIDTH_PX + x]! += 0.6 * Math.exp(-distance);
      }
    }
  }
  return field.map((value) => Math.min(1, value));
}
