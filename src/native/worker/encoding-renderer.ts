import type { Closable } from '../../base/lifecycle.ts';
import { mediaTimeUs } from '../../base/timeline.ts';
import type { FaceCodec, FaceDecoder, FaceDecoderOptions } from '../../media/face-codec.ts';
import { restMotion } from '../../media/motion-space.ts';
import { marked } from '../../media/render/marked-decoder.ts';
import { Vp8Encoder } from '../codec/vp8/vp8-encoder.ts';
import type { Rendered, RendererOptions, RenderOrder } from './render-pool.ts';

/** Until code that no one has run yet is compiled well. */
const WARM_PICTURES = 6;

/** Draws and encodes on the thread it is on; one picture buffer serves all frames. */
export class EncodingRenderer implements Closable {
  readonly #decoder: FaceDecoder;
  readonly #encoder: Vp8Encoder;
  readonly #picture: Uint8Array;
  #bitrateBps: number;
  #framesPerSecond: number;

  private constructor(decoder: FaceDecoder, encoder: Vp8Encoder, options: RendererOptions) {
    this.#decoder = decoder;
    this.#encoder = encoder;
    this.#picture = new Uint8Array((decoder.widthPx * decoder.heightPx * 3) / 2);
    this.#bitrateBps = options.bitrateBps;
    this.#framesPerSecond = options.framesPerSecond;
  }

  /**
   * @param pause - waited for between pieces of the work.
   * @throws AvatarError what the codec says of the avatar, or `CODEC_FAILED`.
   */
  static async open(codec: FaceCodec, options: RendererOptions, pause: () => Promise<void>): Promise<EncodingRenderer> {
    const bare = await codec.open(options.avatar, options.decoder, pause);
    await pause();
    const decoder = marked(bare, options.decoder.watermarkKey);
    try {
      const { bitrateBps, framesPerSecond } = options;
      const { widthPx, heightPx } = decoder;
      return new EncodingRenderer(
        decoder,
        Vp8Encoder.open({ widthPx, heightPx, bitrateBps, framesPerSecond }),
        options,
      );
    } catch (thrown) {
      decoder.close();
      throw thrown;
    }
  }

  /** Draws and encodes for nobody. @throws AvatarError as `open` and `render`. */
  static async prepare(
    codec: FaceCodec,
    avatar: Uint8Array,
    decoder: FaceDecoderOptions,
    pause: () => Promise<void>,
  ): Promise<void> {
    const settings = { bitrateBps: 1_000_000, framesPerSecond: 25 };
    const renderer = await EncodingRenderer.open(codec, { avatar, decoder, ...settings }, pause);
    try {
      const motion = restMotion();
      for (let index = 0; index < WARM_PICTURES; index++) {
        await pause();
        renderer.render({ motion, timeUs: mediaTimeUs(index * 40_000), keyframe: index === 0, ...settings });
      }
    } finally {
      renderer.close();
    }
  }

  /** @throws AvatarError `CODEC_FAILED`. */
  render(order: RenderOrder): Rendered {
    this.#follow(order);
    const startMs = performance.now();
    this.#decoder.drawI420(order.motion, order.timeUs, this.#picture);
    const drawnMs = performance.now();
    const frame = this.#encoder.encode(this.#picture, order.timeUs, order.keyframe);
    const encodedMs = performance.now();
    return { frame, drawUs: (drawnMs - startMs) * 1000, encodeUs: (encodedMs - drawnMs) * 1000 };
  }

  close(): void {
    this.#encoder.close();
    this.#decoder.close();
  }

  #follow({ bitrateBps, framesPerSecond }: RenderOrder): void {
    if (framesPerSecond !== this.#framesPerSecond) {
      this.#framesPerSecond = framesPerSecond;
      this.#encoder.setFrameRate(framesPerSecond);
    }
    if (bitrateBps !== this.#bitrateBps) {
      this.#bitrateBps = bitrateBps;
      this.#encoder.setBitrate(bitrateBps);
    }
  }
}
