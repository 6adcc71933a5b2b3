import type { MediaTimeUs } from '../../base/timeline.ts';
import type { FaceCodec, FaceDecoder, FaceDecoderOptions } from '../../media/face-codec.ts';
import { FaceScene } from '../../media/render/face-scene.ts';
import type { RasterScene, SceneBackground } from '../../media/render/scene-plan.ts';
import { loadTexture } from '../../media/render/texture.ts';
import type { Appearance } from '../../media/appearance.ts';
import { ReferenceRasteriser } from '../../media/render/reference-rasteriser.ts';
import { unpackAppearance } from '../codec/appearance-file.ts';

/** Texels per pixel of the canvas: warping blurs by about half a texel, and more than this only costs cache. */
const OVERSAMPLING = 1.25;

/** The built-in face codec: a layered, textured mesh of one portrait, without GPU and without networks. */
export class MeshCodec implements FaceCodec {
  readonly name = 'mesh';

  async open(avatar: Uint8Array, options: FaceDecoderOptions): Promise<FaceDecoder> {
    const { appearance } = await unpackAppearance(avatar);
    return new MeshDecoder(appearance, options);
  }
}

class MeshDecoder implements FaceDecoder {
  readonly widthPx: number;
  readonly heightPx: number;
  private readonly scene: FaceScene;
  private readonly raster: RasterScene;
  private readonly background: SceneBackground;
  private readonly matteBeside: boolean;

  constructor(appearance: Appearance, { sizePx, background, badge, seed }: FaceDecoderOptions) {
    this.matteBeside = background === 'matte';
    this.background = background === 'portrait' ? 'plate' : background === 'matte' ? 'nothing' : background;
    this.widthPx = this.matteBeside ? sizePx * 2 : sizePx;
    this.heightPx = sizePx;
    const { facts, images } = appearance;
    const scale = Math.min(1, (OVERSAMPLING * sizePx) / facts.sizePx);
    const load = (name: 'body' | 'face' | 'parts'): ReturnType<typeof loadTexture> => {
      const image = images[name];
      return loadTexture(image, Math.round(image.widthPx * scale), Math.round(image.heightPx * scale));
    };
    const textures = {
      plate: loadTexture(images.plate, sizePx, sizePx),
      body: load('body'),
      face: load('face'),
      parts: load('parts'),
    };
    this.scene = new FaceScene(appearance, textures, { sizePx, badge, seed });
    this.raster = new ReferenceRasteriser().load(this.scene.plan);
  }

  drawI420(motion: Float32Array, timeUs: MediaTimeUs, target: Uint8Array): void {
    this.draw(motion, timeUs);
    this.raster.writeI420(target, this.matteBeside);
  }

  drawRgba(motion: Float32Array, timeUs: MediaTimeUs, target: Uint8Array): void {
    this.draw(motion, timeUs);
    this.raster.writeRgba(target, this.matteBeside);
  }

  close(): void {
    this.raster.close();
  }

  private draw(motion: Float32Array, timeUs: MediaTimeUs): void {
    this.scene.write(motion, timeUs, this.raster.vertices());
    this.raster.draw(this.background);
  }
}
