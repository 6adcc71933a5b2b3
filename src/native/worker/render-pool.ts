import type { Closable } from '../../base/lifecycle.ts';
import type { EncodedFrame } from '../../base/media.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import type { FaceDecoderOptions } from '../../media/face-codec.ts';

/** Threads that draw and encode, and the renderers that live on them. */
export interface RenderPool extends Closable {
  /**
   * Opens a decoder and an encoder on the thread that has the fewest.
   * @throws AvatarError what the codec says of the avatar, or `WORKER_CRASHED`.
   */
  open(options: RendererOptions): Promise<Renderer>;
  close(): Promise<void>;
}

export interface RendererOptions {
  /** An `.avatar` file; shared when it lies in a `SharedArrayBuffer`, copied otherwise. */
  readonly avatar: Uint8Array;
  readonly decoder: FaceDecoderOptions;
  readonly bitrateBps: number;
  readonly framesPerSecond: number;
}

/** One session's pen: draws a motion frame and encodes it. */
export interface Renderer extends Closable {
  /** One at a time is fastest; more are done in order. @throws AvatarError `CODEC_FAILED` or `WORKER_CRASHED`. */
  render(order: RenderOrder): Promise<Rendered>;
  close(): Promise<void>;
}

export interface RenderOrder {
  /** `[MOTION_DIMS]`, copied. */
  readonly motion: Float32Array;
  readonly timeUs: MediaTimeUs;
  readonly keyframe: boolean;
  readonly bitrateBps: number;
  readonly framesPerSecond: number;
}

export interface Rendered {
  /** `undefined` when the encoder dropped it. */
  readonly frame: EncodedFrame | undefined;
  readonly drawUs: number;
  readonly encodeUs: number;
}
