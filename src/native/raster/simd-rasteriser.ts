import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert, AvatarError } from '../../base/errors.ts';
import {
  VERTEX_FLOATS,
  type Rasteriser,
  type RasterScene,
  type SceneBackground,
  type ScenePlan,
  type Texture,
} from '../../media/render/scene-plan.ts';
import { Arena } from './arena.ts';

/** What build/raster.wasm exports; see assembly/raster.ts. */
interface RasterExports {
  readonly memory: WebAssembly.Memory;
  drawTriangles(
    canvas: number,
    sizePx: number,
    texels: number,
    widthPx: number,
    heightPx: number,
    vertices: number,
    indices: number,
    opaque: number,
    first: number,
    count: number,
  ): void;
  fill(canvas: number, pixels: number, value: number): void;
  copy(target: number, source: number, bytes: number): void;
  besideMatte(wide: number, canvas: number, plate: number, sizePx: number): void;
  rgbaToI420(source: number, width: number, height: number, target: number): void;
}

/** The module has no data of its own, but address 0 stays unused. */
const MODULE_BYTES = 1024;
/** Rows are read two texels and two lines at a time, so a texture is followed by this much of nothing. */
const TEXTURE_SLACK_BYTES = 64;

interface Upload {
  readonly address: number;
  users: number;
}

/**
 * The SIMD build of the reference rasteriser: one module and one memory for all scenes of a thread. Scenes that name the
 * same texture share its one copy, and all scenes share the canvas.
 */
export class SimdRasteriser implements Rasteriser {
  private static shared: SimdRasteriser | undefined;
  readonly exports: RasterExports;
  readonly arena: Arena;
  private readonly uploads = new Map<Texture, Upload>();
  private canvas = { address: 0, bytes: 0 };

  private constructor(exports: RasterExports) {
    this.exports = exports;
    this.arena = new Arena(exports.memory, MODULE_BYTES);
  }

  /** @returns the one of this thread. @throws AvatarError `CODEC_FAILED` when it was not built. */
  static ofThread(): SimdRasteriser {
    if (SimdRasteriser.shared === undefined) {
      const bytes = readFileSync(builtFile(import.meta.dirname));
      const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
      SimdRasteriser.shared = new SimdRasteriser(instance.exports as RasterExports);
    }
    return SimdRasteriser.shared;
  }

  load(plan: ScenePlan): RasterScene {
    return new SimdScene(this, plan);
  }

  /** @returns the address of a texture's one copy; give it back with `release`. */
  acquire(texture: Texture): number {
    const known = this.uploads.get(texture);
    if (known !== undefined) {
      known.users++;
      return known.address;
    }
    const address = this.arena.take(texture.pixels.length + TEXTURE_SLACK_BYTES);
    this.bytesAt(address, texture.pixels.length).set(texture.pixels);
    this.uploads.set(texture, { address, users: 1 });
    return address;
  }

  release(texture: Texture): void {
    const upload = this.uploads.get(texture);
    assert(upload !== undefined, 'a texture is released once for each time it was acquired');
    upload.users--;
    if (upload.users > 0) return;
    this.uploads.delete(texture);
    this.arena.give(upload.address);
  }

  /** Scratch for one picture and what is made of it; the next scene overwrites it. */
  canvasOf(byteLength: number): number {
    if (this.canvas.bytes < byteLength) {
      if (this.canvas.bytes > 0) this.arena.give(this.canvas.address);
      this.canvas = { address: this.arena.take(byteLength), bytes: byteLength };
    }
    return this.canvas.address;
  }

  bytesAt(address: number, byteLength: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, address, byteLength);
  }
}

class SimdScene implements RasterScene {
  private readonly raster: SimdRasteriser;
  private readonly plan: ScenePlan;
  private readonly textures: readonly number[];
  private readonly plate: number;
  private readonly vertexAddress: number;
  private readonly indices: number;
  private readonly opaque: number;
  private vertexView: Float32Array;
  private output: Uint8Array = new Uint8Array(0);
  private closed = false;

  constructor(raster: SimdRasteriser, plan: ScenePlan) {
    this.raster = raster;
    this.plan = plan;
    this.textures = plan.textures.map((texture) => raster.acquire(texture));
    this.plate = raster.acquire(plan.plate);
    this.vertexAddress = raster.arena.take(plan.vertexCount * VERTEX_FLOATS * 4);
    this.indices = raster.arena.take(plan.indices.byteLength);
    this.opaque = raster.arena.take(plan.opaque.byteLength);
    new Uint16Array(raster.exports.memory.buffer, this.indices, plan.indices.length).set(plan.indices);
    raster.bytesAt(this.opaque, plan.opaque.length).set(plan.opaque);
    this.canvasAddress();
    this.vertexView = new Float32Array(0);
  }

  vertices(): Float32Array {
    // A memory that grew for another scene left this view empty.
    if (this.vertexView.length === 0) {
      const length = this.plan.vertexCount * VERTEX_FLOATS;
      this.vertexView = new Float32Array(this.raster.exports.memory.buffer, this.vertexAddress, length);
    }
    return this.vertexView;
  }

  draw(background: SceneBackground): void {
    assert(!this.closed, 'a closed scene draws nothing');
    const { plan, raster, textures } = this;
    const { exports } = raster;
    const canvas = this.canvasAddress();
    const pixels = plan.sizePx * plan.sizePx;
    if (background === 'plate') exports.copy(canvas, this.plate, pixels * 4);
    else if (background === 'nothing') exports.fill(canvas, pixels, 0);
    else exports.fill(canvas, pixels, background[0] | (background[1] << 8) | (background[2] << 16) | (255 << 24));
    for (let batch = 0; batch < plan.batches.length; batch++) {
      const { texture, firstTriangle, triangleCount } = plan.batches[batch]!;
      const { widthPx, heightPx } = plan.textures[texture]!;
      exports.drawTriangles(
        canvas,
        plan.sizePx,
        textures[texture]!,
        widthPx,
        heightPx,
        this.vertexAddress,
        this.indices,
        this.opaque,
        firstTriangle,
        triangleCount,
      );
    }
  }

  writeRgba(target: Uint8Array, matteBeside: boolean): void {
    target.set(this.view(this.picture(matteBeside), this.widthPx(matteBeside) * this.plan.sizePx * 4));
  }

  writeI420(target: Uint8Array, matteBeside: boolean): void {
    const { sizePx } = this.plan;
    const widthPx = this.widthPx(matteBeside);
    const picture = this.picture(matteBeside);
    const planes = this.canvasAddress() + sizePx * sizePx * 12;
    this.raster.exports.rgbaToI420(picture, widthPx, sizePx, planes);
    target.set(this.view(planes, (widthPx * sizePx * 3) / 2));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    const { plan, raster } = this;
    for (const texture of [...plan.textures, plan.plate]) raster.release(texture);
    for (const address of [this.vertexAddress, this.indices, this.opaque]) raster.arena.give(address);
  }

  /** What `writeRgba` or `writeI420` gave last lies in the same place until the memory grows. */
  private view(address: number, byteLength: number): Uint8Array {
    const { output } = this;
    if (output.byteOffset !== address || output.length !== byteLength) {
      this.output = this.raster.bytesAt(address, byteLength);
    }
    return this.output;
  }

  private widthPx(matteBeside: boolean): number {
    return matteBeside ? 2 * this.plan.sizePx : this.plan.sizePx;
  }

  /** @returns the address of the picture, with the matte beside it where that is wanted. */
  private picture(matteBeside: boolean): number {
    const canvas = this.canvasAddress();
    if (!matteBeside) return canvas;
    const { sizePx } = this.plan;
    const wide = canvas + sizePx * sizePx * 4;
    this.raster.exports.besideMatte(wide, canvas, this.plate, sizePx);
    return wide;
  }

  /** The picture, then the same beside its matte, then the planes of either. */
  private canvasAddress(): number {
    return this.raster.canvasOf(this.plan.sizePx * this.plan.sizePx * (4 + 8 + 3));
  }
}

/** Sources and compiled files lie at different depths below build/. */
function builtFile(folder: string): string {
  const file = join(folder, 'build/raster.wasm');
  if (existsSync(file)) return file;
  const parent = dirname(folder);
  if (parent === folder) throw new AvatarError('CODEC_FAILED', 'Cannot find build/raster.wasm: run "npm run build"');
  return builtFile(parent);
}
