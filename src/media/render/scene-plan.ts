/** Floats per vertex: x, y (pixels of the canvas), u, v (texels), shade times alpha, alpha. */
export const VERTEX_FLOATS = 6;

/** Premultiplied RGBA, rows from the top. */
export interface Texture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint8Array;
}

/** Triangles that share a texture, drawn one after the other. */
export interface TriangleBatch {
  readonly texture: number;
  readonly firstTriangle: number;
  readonly triangleCount: number;
}

/** All of a scene that stays the same from frame to frame; only vertices move. */
export interface ScenePlan {
  readonly sizePx: number;
  readonly textures: readonly Texture[];
  /** Opaque, `sizePx` square: what lies behind everything. */
  readonly plate: Texture;
  readonly vertexCount: number;
  /** `[triangles, 3]` */
  readonly indices: Uint16Array;
  /** `[triangles]` 1 where every texel and every vertex is opaque, so that nothing shines through. */
  readonly opaque: Uint8Array;
  /** Back to front. */
  readonly batches: readonly TriangleBatch[];
}

/** What stands behind the person: the plate, nothing, or a colour. */
export type SceneBackground = 'plate' | 'nothing' | readonly [red: number, green: number, blue: number];

/** Draws scenes. The reference is plain TypeScript; the SIMD build gives the same pixels. */
export interface Rasteriser {
  load(plan: ScenePlan): RasterScene;
}

export interface RasterScene {
  /** `[vertexCount, VERTEX_FLOATS]`: written by the caller before `draw`. */
  vertices(): Float32Array;
  draw(background: SceneBackground): void;
  /** @param matteBeside - doubles the width: the person over the plate, then their alpha as grey. */
  writeRgba(target: Uint8Array, matteBeside: boolean): void;
  /** BT.601 limited range. */
  writeI420(target: Uint8Array, matteBeside: boolean): void;
  close(): void;
}

/** A grid of vertices, `(columns + 1) * (rows + 1)` of them from `first`, row by row. */
export interface VertexGrid {
  readonly first: number;
  readonly columns: number;
  readonly rows: number;
}

/** Hands out vertices and collects triangles, layer by layer from back to front. */
export class ScenePlanner {
  vertexCount = 0;
  private readonly indices: number[] = [];
  private readonly opaque: number[] = [];
  private readonly batches: TriangleBatch[] = [];

  vertices(count: number): number {
    const first = this.vertexCount;
    this.vertexCount += count;
    return first;
  }

  /** Draws `triangles` with `texture` after everything planned so far. */
  batch(texture: number, triangles: ArrayLike<number>, opaque?: (triangle: number) => boolean): void {
    const firstTriangle = this.indices.length / 3;
    const triangleCount = triangles.length / 3;
    for (let at = 0; at < triangles.length; at++) this.indices.push(triangles[at]!);
    for (let at = 0; at < triangleCount; at++) this.opaque.push(opaque?.(at) === true ? 1 : 0);
    const last = this.batches.at(-1);
    if (last?.texture === texture) {
      this.batches[this.batches.length - 1] = { ...last, triangleCount: last.triangleCount + triangleCount };
    } else if (triangleCount > 0) this.batches.push({ texture, firstTriangle, triangleCount });
  }

  grid(texture: number, columns: number, rows: number): VertexGrid {
    const first = this.vertices((columns + 1) * (rows + 1));
    const triangles: number[] = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const a = first + row * (columns + 1) + column;
        const c = a + columns + 1;
        triangles.push(a, a + 1, c, a + 1, c + 1, c);
      }
    }
    this.batch(texture, triangles);
    return { first, columns, rows };
  }

  finish(sizePx: number, textures: readonly Texture[], plate: Texture): ScenePlan {
    return {
      sizePx,
      textures,
      plate,
      vertexCount: this.vertexCount,
      indices: Uint16Array.from(this.indices),
      opaque: Uint8Array.from(this.opaque),
      batches: this.batches,
    };
  }
}
