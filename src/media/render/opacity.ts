import type { Texture } from './scene-plan.ts';

/** Along one side of a triangle: fine enough to meet a lock of hair. */
const PROBES = 14;

export interface KeptTriangles {
  readonly triangles: readonly number[];
  /** 1 where texture and vertices hide everything behind. */
  readonly opaque: readonly number[];
}

/** Drops triangles of which nothing shows, and marks those that need no blending. @param texels - `[v, 2]`. */
export function keepTriangles(
  triangles: Uint16Array,
  texels: Float32Array,
  alphas: Float32Array,
  texture: Texture,
): KeptTriangles {
  const kept: number[] = [];
  const opaque: number[] = [];
  for (let at = 0; at < triangles.length; at += 3) {
    const corners = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    const [least, most] = alphaRange(corners, texels, texture);
    if (most < 3) continue;
    kept.push(...corners);
    opaque.push(least > 252 && corners.every((corner) => alphas[corner] === 1) ? 1 : 0);
  }
  return { triangles: kept, opaque };
}

function alphaRange(corners: readonly number[], texels: Float32Array, texture: Texture): [number, number] {
  const [a = 0, b = 0, c = 0] = corners;
  let least = 255;
  let most = 0;
  for (let i = 0; i <= PROBES; i++) {
    for (let j = 0; j <= PROBES - i; j++) {
      const [s, t] = [i / PROBES, j / PROBES];
      const mixed = (axis: number): number =>
        texels[a * 2 + axis]! * (1 - s - t) + texels[b * 2 + axis]! * s + texels[c * 2 + axis]! * t;
      const x = Math.max(0, Math.min(texture.widthPx - 1, Math.floor(mixed(0))));
      const y = Math.max(0, Math.min(texture.heightPx - 1, Math.floor(mixed(1))));
      const alpha = texture.pixels[(y * texture.widthPx + x) * 4 + 3]!;
      least = Math.min(least, alpha);
      most = Math.max(most, alpha);
    }
  }
  return [least, most];
}
