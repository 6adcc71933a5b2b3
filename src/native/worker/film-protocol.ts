import type { EncodedFrame } from '../../base/media.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import type { FaceDecoderOptions } from '../../media/face-codec.ts';
import type { Vp8EncoderOptions } from '../codec/vp8/vp8-encoder.ts';

/** Draws pictures of one avatar. `pixels` comes along and goes home full. */
export type DrawingRequest =
  | { readonly type: 'open'; readonly avatar: Uint8Array; readonly decoder: FaceDecoderOptions }
  | {
      readonly type: 'draw';
      readonly motion: Float32Array;
      readonly timeUs: MediaTimeUs;
      readonly pixelFormat: PixelFormat;
      readonly pixels: ArrayBuffer;
    };

export type PixelFormat = 'i420' | 'rgba';

export type DrawingReply =
  | { readonly type: 'opened'; readonly widthPx: number; readonly heightPx: number }
  | { readonly type: 'drawn'; readonly pixels: ArrayBuffer; readonly drawUs: number };

/** Encodes pictures of one film, in the order in which they are asked for. */
export type EncodingRequest =
  | { readonly type: 'open'; readonly encoder: Vp8EncoderOptions }
  | { readonly type: 'encode'; readonly pixels: ArrayBuffer; readonly timeUs: MediaTimeUs; readonly keyframe: boolean };

export type EncodingReply =
  | { readonly type: 'opened' }
  | {
      readonly type: 'encoded';
      readonly frame: EncodedFrame | undefined;
      readonly pixels: ArrayBuffer;
      readonly encodeUs: number;
    };
