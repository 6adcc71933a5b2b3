import { smoothstep } from '../../base/ramp.ts';

/** How the person's mesh behaves at the edges of the picture that it was cut from. */
export interface PictureEdges {
  readonly sizePx: number;
  /** How much of a pixel is the person, 0..1, edges repeated. */
  readonly presence: (x: number, y: number) => number;
  /** The lowest row that hair above the face may be stretched from, px; 0 where the person does not reach the top. */
  readonly stretchPx: number;
}

/** @param outline - of the face in the picture, px. */
export function pictureEdges(
  sizePx: number,
  outline: readonly (readonly [number, number])[],
  pxPerCm: number,
  presence: (x: number, y: number) => number,
): PictureEdges {
  const faceTop = Math.min(...outline.map(([, y]) => y)) - 0.3 * pxPerCm;
  let reaching = 0;
  for (let x = 0; x <= sizePx; x += sizePx / 64) reaching = Math.max(reaching, presence(x, 1));
  // A forehead at the very edge leaves nothing to stretch.
  const cut = reaching > 0.6 && faceTop > sizePx / 24;
  return { sizePx, presence, stretchPx: cut ? faceTop : 0 };
}

/**
 * Beyond the picture's edge its mirror image goes on: hair stays hair, for a cell above the picture. Where the person
 * does not reach the upper edge, the mirror would show a second crown.
 */
export function texelAt(
  x: number,
  y: number,
  { sizePx, presence }: PictureEdges,
): { readonly texelX: number; readonly texelY: number; readonly alpha: number } {
  const beyond = x < 0 || y < 0 || x > sizePx || y > sizePx;
  const present = beyond ? smoothstep(0.5, 0.95, presence(x, y)) : 1;
  const texelY = y < 0 && present < 1 ? 0 : reflected(y, sizePx);
  return { texelX: reflected(x, sizePx), texelY, alpha: y < 0 ? 0 : present };
}

/**
 * The sides of the picture are pinned where the torso is. Hair that the upper edge cuts off is
 * held there when the head goes down, or its cut would come into sight: such a point has 1 and how much it is held.
 * @returns as `AppearanceArrays.vertexFreedoms`.
 */
export function freedomAt(x: number, y: number, headWeight: number, { sizePx, stretchPx }: PictureEdges): number {
  if (y < stretchPx) return 1 + smoothstep(stretchPx, 0, y);
  return headWeight + (1 - headWeight) * smoothstep(0, 0.08, Math.min(x, sizePx - x) / sizePx);
}

function reflected(position: number, size: number): number {
  return position < 0 ? -position : position > size ? 2 * size - position : position;
}
