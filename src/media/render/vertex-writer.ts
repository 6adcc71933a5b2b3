import type { PartRect } from '../appearance.ts';
import { VERTEX_FLOATS } from './scene-plan.ts';

/** Writes vertices of one frame: places in pixels of the picture become pixels of the canvas, and likewise for texels. */
export class VertexWriter {
  vertices: Float32Array = new Float32Array(0);
  private readonly canvasScale: number;
  private readonly partsScale: readonly [x: number, y: number];

  /** @param partsScale - texels of the loaded `parts` texture per pixel of the enrolled one. */
  constructor(canvasScale: number, partsScale: readonly [number, number]) {
    this.canvasScale = canvasScale;
    this.partsScale = partsScale;
  }

  /** @param u - texels of the loaded texture. */
  put(vertex: number, x: number, y: number, u: number, v: number, shade: number, alpha: number): void {
    const { vertices, canvasScale } = this;
    const at = vertex * VERTEX_FLOATS;
    vertices[at] = x * canvasScale;
    vertices[at + 1] = y * canvasScale;
    vertices[at + 2] = u;
    vertices[at + 3] = v;
    vertices[at + 4] = shade * alpha;
    vertices[at + 5] = alpha;
  }

  /** As `put`; `u` and `v` run 0..1 over a part. */
  putPart(
    vertex: number,
    x: number,
    y: number,
    part: PartRect,
    u: number,
    v: number,
    shade: number,
    alpha: number,
  ): void {
    const tu = (part.x + u * part.width) * this.partsScale[0];
    const tv = (part.y + v * part.height) * this.partsScale[1];
    this.put(vertex, x, y, tu, tv, shade, alpha);
  }
}
