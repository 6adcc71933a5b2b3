import type { Texture } from './scene-plan.ts';

/** Side of the blocks that alpha is summed up in: judging a block more than a triangle touches only costs a little. */
const BLOCK_PX = 4;

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
  const blocks = alphaBlocks(texture);
  const kept: number[] = [];
  const opaque: number[] = [];
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    const span = (axis: number, count: number): readonly [number, number] => {
      const values = [texels[a * 2 + axis]!, texels[b * 2 + axis]!, texels[c * 2 + axis]!];
      const toBlock = (texel: number): number => Math.max(0, Math.min(count - 1, Math.floor(texel / BLOCK_PX)));
      // Sampling reaches half a texel beyond.
      return [toBlock(Math.min(...values) - 1), toBlock(Math.max(...values) + 1)];
    };
    const [left, right] = span(0, blocks.columns);
    const [top, bottom] = span(1, blocks.rows);
    let least = 255;
    let most = 0;
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        least = Math.min(least, blocks.least[row * blocks.columns + column]!);
        most = Math.max(most, blocks.most[row * blocks.columns + column]!);
      }
    }
    if (most < 3) continue;
    kept.push(a, b, c);
    opaque.push(least > 252 && alphas[a] === 1 && alphas[b] === 1 && alphas[c] === 1 ? 1 : 0);
  }
  return { triangles: kept, opaque };
}

interface AlphaBlocks {
  readonly columns: number;
  readonly rows: number;
  readonly least: Uint8Array;
  readonly most: Uint8Array;
}

function alphaBlocks({ widthPx, heightPx, pixels }: Texture): AlphaBlocks {
  const columns = Math.ceil(widthPx / BLOCK_PX);
  const rows = Math.ceil(heightPx / BLOCK_PX);
  const least = new Uint8Array(columns * rows).fill(255);
  const most = new Uint8Array(columns * rows);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const alpha = pixels[(y * widthPx + x) * 4 + 3]!;
      const block = Math.floor(y / BLOCK_PX) * columns + Math.floor(x / BLOCK_PX);
      if (alpha < least[block]!) least[block] = alpha;
      if (alpha > most[block]!) most[block] = alpha;
    }
  }
  return { columns, rows, least, most };
}
