import { drawTriangle } from './reference-triangle.ts';
import { rgbaToI420 } from './colour.ts';
import {
  VERTEX_FLOATS,
  type Rasteriser,
  type RasterScene,
  type SceneBackground,
  type ScenePlan,
} from './scene-plan.ts';

/** Plain TypeScript: slow, readable, and what the SIMD build is tested against. */
export class ReferenceRasteriser implements Rasteriser {
  load(plan: ScenePlan): RasterScene {
    return new ReferenceScene(plan);
  }
}

class ReferenceScene implements RasterScene {
  private readonly plan: ScenePlan;
  private readonly vertexFloats: Float32Array;
  private readonly canvas: Uint8Array;
  private readonly wide: Uint8Array;

  constructor(plan: ScenePlan) {
    this.plan = plan;
    this.vertexFloats = new Float32Array(plan.vertexCount * VERTEX_FLOATS);
    this.canvas = new Uint8Array(plan.sizePx * plan.sizePx * 4);
    this.wide = new Uint8Array(this.canvas.length * 2);
  }

  vertices(): Float32Array {
    return this.vertexFloats;
  }

  draw(background: SceneBackground): void {
    const { plan, canvas } = this;
    if (background === 'plate') canvas.set(plan.plate.pixels);
    else if (background === 'nothing') canvas.fill(0);
    else {
      const [red, green, blue] = background;
      for (let at = 0; at < canvas.length; at += 4) {
        canvas[at] = red;
        canvas[at + 1] = green;
        canvas[at + 2] = blue;
        canvas[at + 3] = 255;
      }
    }
    for (const batch of plan.batches) {
      const texture = plan.textures[batch.texture]!;
      for (let triangle = batch.firstTriangle; triangle < batch.firstTriangle + batch.triangleCount; triangle++) {
        drawTriangle(
          canvas,
          plan.sizePx,
          texture,
          this.vertexFloats,
          plan.indices,
          triangle * 3,
          plan.opaque[triangle]!,
        );
      }
    }
  }

  writeRgba(target: Uint8Array, matteBeside: boolean): void {
    target.set(matteBeside ? this.besideMatte() : this.canvas);
  }

  writeI420(target: Uint8Array, matteBeside: boolean): void {
    const { sizePx } = this.plan;
    const source = matteBeside ? this.besideMatte() : this.canvas;
    rgbaToI420(source, matteBeside ? sizePx * 2 : sizePx, sizePx, target);
  }

  close(): void {
    // Nothing beyond the garbage collector's reach.
  }

  private besideMatte(): Uint8Array {
    const { canvas, wide, plan } = this;
    const plate = plan.plate.pixels;
    const row = plan.sizePx * 4;
    for (let at = 0; at < canvas.length; at += 4) {
      const to = Math.floor(at / row) * row * 2 + (at % row);
      const alpha = canvas[at + 3]!;
      const inverse = 255 - alpha + ((255 - alpha) >> 7);
      for (let channel = 0; channel < 3; channel++) {
        wide[to + channel] = Math.min(255, canvas[at + channel]! + ((plate[at + channel]! * inverse + 128) >> 8));
        wide[to + row + channel] = alpha;
      }
      wide[to + 3] = 255;
      wide[to + row + 3] = 255;
    }
    return wide;
  }
}
