import { assert } from '../../base/errors.ts';
import type { PartRect, RgbaImage } from '../appearance.ts';

/** A small picture with straight alpha, `[height, width, 4]` 0..255. */
export interface Sprite {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

const ATLAS_WIDTH_PX = 512;
/** Edges repeat this far around each sprite, so that sampling and shrinking never mix two of them. */
const GUTTER_PX = 3;

export function newSprite(width: number, height: number): Sprite {
  return { width, height, pixels: new Float32Array(width * height * 4) };
}

/** A patch of one colour: what vertices then shade. */
export function solidSprite(colour: readonly [red: number, green: number, blue: number]): Sprite {
  const sprite = newSprite(8, 8);
  for (let at = 0; at < sprite.pixels.length; at++) sprite.pixels[at] = at % 4 === 3 ? 255 : colour[at % 4]!;
  return sprite;
}

/** Packs sprites onto shelves of one picture. */
export class PartsAtlas {
  private readonly placed: { readonly sprite: Sprite; readonly rect: PartRect }[] = [];
  private shelfTop = 0;
  private shelfHeight = 0;
  private cursor = 0;

  add(sprite: Sprite): PartRect {
    const width = sprite.width + 2 * GUTTER_PX;
    const height = sprite.height + 2 * GUTTER_PX;
    assert(width <= ATLAS_WIDTH_PX, 'a sprite fits the atlas');
    if (this.cursor + width > ATLAS_WIDTH_PX) {
      this.shelfTop += this.shelfHeight;
      this.shelfHeight = 0;
      this.cursor = 0;
    }
    const rect = {
      x: this.cursor + GUTTER_PX,
      y: this.shelfTop + GUTTER_PX,
      width: sprite.width,
      height: sprite.height,
    };
    this.cursor += width;
    this.shelfHeight = Math.max(this.shelfHeight, height);
    this.placed.push({ sprite, rect });
    return rect;
  }

  finish(): RgbaImage {
    const heightPx = this.shelfTop + this.shelfHeight;
    const pixels = new Uint8Array(ATLAS_WIDTH_PX * heightPx * 4);
    for (const { sprite, rect } of this.placed) {
      for (let y = -GUTTER_PX; y < sprite.height + GUTTER_PX; y++) {
        const row = Math.max(0, Math.min(sprite.height - 1, y));
        for (let x = -GUTTER_PX; x < sprite.width + GUTTER_PX; x++) {
          const column = Math.max(0, Math.min(sprite.width - 1, x));
          const from = (row * sprite.width + column) * 4;
          const to = ((rect.y + y) * ATLAS_WIDTH_PX + rect.x + x) * 4;
          for (let channel = 0; channel < 4; channel++) {
            pixels[to + channel] = Math.max(0, Math.min(255, Math.round(sprite.pixels[from + channel]!)));
          }
        }
      }
    }
    return { widthPx: ATLAS_WIDTH_PX, heightPx, pixels };
  }
}
