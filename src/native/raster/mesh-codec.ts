import type { MediaTimeUs } from '../../base/timeline.ts';
import type { Appearance } from '../../media/appearance.ts';
import type { FaceCodec, FaceDecoder, FaceDecoderOptions } from '../../media/face-codec.ts';
import { FaceScene, type SceneTextures } from '../../media/render/face-scene.ts';
import type { Rasteriser, RasterScene, SceneBackground, Texture } from '../../media/render/scene-plan.ts';
import { loadTextureInPieces, sharpened } from '../../media/render/texture.ts';
import { unpackAppearance } from '../codec/appearance-file.ts';
import { avatarDigest } from '../codec/avatar-digest.ts';
import { SimdRasteriser } from './simd-rasteriser.ts';

/** Texels per pixel of the canvas: warping blurs by about half a texel, and more than this only costs cache. */
const OVERSAMPLING = 1.25;
/** What that blurring takes from the grain of skin and hair; test/interop/sequence.test.ts compares the drawn grain to the portrait's. */
const DETAIL = 0.5;
/** Avatars kept after their last session, a few megabytes each: whoever comes next begins at once. */
const KEPT_AVATARS = 2;

/** One avatar at one size, as all its sessions on this thread share it. */
interface LoadedAvatar {
  readonly appearance: Appearance;
  readonly textures: SceneTextures;
}

interface Shelf {
  readonly loaded: Promise<LoadedAvatar>;
  users: number;
}

/** The built-in face codec: a layered, textured mesh of one portrait, without GPU and without networks. */
export class MeshCodec implements FaceCodec {
  readonly name = 'mesh';
  private static readonly shelves = new Map<string, Shelf>();
  private readonly rasteriser: () => Rasteriser;

  /** @param rasteriser - the SIMD build by default. */
  constructor(rasteriser: () => Rasteriser = () => SimdRasteriser.ofThread()) {
    this.rasteriser = rasteriser;
  }

  async open(avatar: Uint8Array, options: FaceDecoderOptions, pause = nextTurn): Promise<FaceDecoder> {
    const key = `${avatarDigest(avatar)}:${options.sizePx}`;
    let shelf = MeshCodec.shelves.get(key);
    if (shelf === undefined) {
      const loaded = loadAvatar(avatar, options.sizePx, pause);
      // What cannot be loaded is not kept.
      loaded.catch(() => MeshCodec.shelves.delete(key));
      shelf = { loaded, users: 0 };
    }
    // The one used last is the last to go.
    MeshCodec.shelves.delete(key);
    MeshCodec.shelves.set(key, shelf);
    shelf.users++;
    const leave = (): void => {
      shelf.users--;
      MeshCodec.tidy();
    };
    try {
      const loaded = await shelf.loaded;
      await pause();
      return new MeshDecoder(loaded, this.rasteriser(), options, leave);
    } catch (thrown) {
      leave();
      throw thrown;
    }
  }

  /** Draws an appearance that is no file yet, and that nobody shares. */
  preview(appearance: Appearance, options: FaceDecoderOptions): FaceDecoder {
    const loaded = { appearance, textures: texturesOf(appearance, options.sizePx) };
    return new MeshDecoder(loaded, this.rasteriser(), options, () => undefined);
  }

  private static tidy(): void {
    const idle = [...MeshCodec.shelves].filter(([, { users }]) => users === 0);
    for (const [key] of idle.slice(0, -KEPT_AVATARS)) MeshCodec.shelves.delete(key);
  }
}

/** Where nobody says who goes first, whatever is there goes. */
function nextTurn(): Promise<void> {
  return new Promise((go) => setImmediate(go));
}

/** Lets the thread draw other avatars in between. */
async function loadAvatar(avatar: Uint8Array, sizePx: number, pause: () => Promise<void>): Promise<LoadedAvatar> {
  const { appearance } = await unpackAppearance(avatar);
  const pieces = texturesInPieces(appearance, sizePx);
  for (;;) {
    await pause();
    const { done, value } = pieces.next();
    if (done === true) return { appearance: withoutPixels(appearance), textures: value };
  }
}

function texturesOf(appearance: Appearance, sizePx: number): SceneTextures {
  const pieces = texturesInPieces(appearance, sizePx);
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return value;
  }
}

function* texturesInPieces({ facts, images }: Appearance, sizePx: number): Generator<void, SceneTextures> {
  const scale = Math.min(1, (OVERSAMPLING * sizePx) / facts.sizePx);
  function* load(name: 'body' | 'face' | 'hair' | 'parts'): Generator<void, Texture> {
    const image = images[name];
    return yield* loadTextureInPieces(image, Math.round(image.widthPx * scale), Math.round(image.heightPx * scale));
  }
  function* warped(name: 'body' | 'face' | 'hair'): Generator<void, Texture> {
    const texture = yield* load(name);
    yield;
    return sharpened(texture, DETAIL);
  }
  return {
    plate: yield* loadTextureInPieces(images.plate, sizePx, sizePx),
    body: yield* warped('body'),
    face: yield* warped('face'),
    hair: yield* warped('hair'),
    parts: yield* load('parts'),
  };
}

/** The textures hold all that is drawn; only the sizes of the pictures are still asked for. */
function withoutPixels(appearance: Appearance): Appearance {
  const NO_PIXELS = new Uint8Array(0);
  const { plate, body, face, hair, parts } = appearance.images;
  return {
    ...appearance,
    images: {
      plate: { ...plate, pixels: NO_PIXELS },
      body: { ...body, pixels: NO_PIXELS },
      face: { ...face, pixels: NO_PIXELS },
      hair: { ...hair, pixels: NO_PIXELS },
      parts: { ...parts, pixels: NO_PIXELS },
    },
  };
}

class MeshDecoder implements FaceDecoder {
  readonly widthPx: number;
  readonly heightPx: number;
  private readonly scene: FaceScene;
  private readonly raster: RasterScene;
  private readonly background: SceneBackground;
  private readonly matteBeside: boolean;
  private readonly leave: () => void;
  private closed = false;

  constructor(
    { appearance, textures }: LoadedAvatar,
    rasteriser: Rasteriser,
    { sizePx, background, badge, seed }: FaceDecoderOptions,
    leave: () => void,
  ) {
    this.matteBeside = background === 'matte';
    this.background =
      background === 'portrait'
        ? 'plate'
        : background === 'matte' || background === 'transparent'
          ? 'nothing'
          : background;
    this.widthPx = this.matteBeside ? sizePx * 2 : sizePx;
    this.heightPx = sizePx;
    this.scene = new FaceScene(appearance, textures, { sizePx, badge, seed });
    this.raster = rasteriser.load(this.scene.plan);
    this.leave = leave;
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
    if (this.closed) return;
    this.closed = true;
    this.raster.close();
    this.leave();
  }

  private draw(motion: Float32Array, timeUs: MediaTimeUs): void {
    this.scene.write(motion, timeUs, this.raster.vertices());
    this.raster.draw(this.background);
  }
}
