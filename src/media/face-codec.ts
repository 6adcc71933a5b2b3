import type { MediaTimeUs } from '../base/timeline.ts';

/**
 * The port between the motion generator and whatever draws a face. The built-in mesh codec is one implementation; a
 * neural bundle (portrait encoder and frame decoder as ONNX graphs) can be another without touching a caller.
 */
export interface FaceCodec {
  readonly name: string;
  /**
   * Opens what was enrolled.
   * @param avatar - the bytes of an `.avatar` file; kept by reference and only read, so sessions can share them.
   * @param pause - waited for between pieces of work that take more than some milliseconds, so that other avatars of the
   *   thread are drawn in time.
   * @throws AvatarError `AVATAR_CORRUPT`, `AVATAR_FOREIGN` or `AVATAR_VERSION`.
   */
  open(avatar: Uint8Array, options: FaceDecoderOptions, pause?: () => Promise<void>): Promise<FaceDecoder>;
}

export interface FaceDecoderOptions {
  /** Side of the square picture in pixels. */
  readonly sizePx: 256 | 512 | 720;
  /**
   * `portrait` keeps the enrolled background; a colour replaces it; `matte` draws the alpha beside the picture;
   * `transparent` leaves the background out: `drawRgba` then gives colours multiplied by alpha.
   */
  readonly background: 'portrait' | 'matte' | 'transparent' | RgbColour;
  /** Whether the AI badge is burnt in; only the operator's setting may say no. */
  readonly badge: boolean;
  /** The operator's key of the invisible mark that every picture carries; without one there is no mark. */
  readonly watermarkKey?: string | undefined;
  /** Seed of what the codec itself varies (breathing phase, film grain). */
  readonly seed: number;
}

/** 0..255 each. */
export type RgbColour = readonly [red: number, green: number, blue: number];

/** Draws one avatar. Not re-entrant: one decoder serves one session, on one thread. */
export interface FaceDecoder {
  /** Width of the picture: `sizePx`, or twice that with the matte beside it. */
  readonly widthPx: number;
  readonly heightPx: number;
  /**
   * @param motion - `[MOTION_DIMS]`, only read.
   * @param timeUs - moves what motion does not carry: breathing and grain.
   * @param target - planar I420 (BT.601 limited range), `widthPx * heightPx * 3 / 2` bytes, overwritten.
   */
  drawI420(motion: Float32Array, timeUs: MediaTimeUs, target: Uint8Array): void;
  /** As `drawI420`, into interleaved RGBA, `widthPx * heightPx * 4` bytes. */
  drawRgba(motion: Float32Array, timeUs: MediaTimeUs, target: Uint8Array): void;
  close(): void;
}
