import type { EncodedFrame } from '../../base/media.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import type { FaceDecoderOptions } from '../../media/face-codec.ts';
import type { Rank } from './turns.ts';

/** What the render worker is asked; `rendererId` names a renderer that the asker opened. */
export type RenderRequest =
  | {
      readonly type: 'open';
      readonly rendererId: number;
      readonly avatar: Uint8Array;
      readonly decoder: FaceDecoderOptions;
      readonly bitrateBps: number;
      readonly framesPerSecond: number;
    }
  | {
      readonly type: 'render';
      readonly rendererId: number;
      readonly rank: Rank;
      readonly motion: Float32Array;
      readonly timeUs: MediaTimeUs;
      readonly keyframe: boolean;
      readonly bitrateBps: number;
      readonly framesPerSecond: number;
    }
  | { readonly type: 'close'; readonly rendererId: number }
  /** Does once what the first picture of such an avatar would otherwise wait for. */
  | { readonly type: 'prepare'; readonly avatar: Uint8Array; readonly decoder: FaceDecoderOptions };

export type RenderReply =
  | { readonly type: 'opened' }
  | {
      readonly type: 'rendered';
      readonly frame: EncodedFrame | undefined;
      readonly drawUs: number;
      readonly encodeUs: number;
    }
  | { readonly type: 'closed' }
  | { readonly type: 'prepared' };

export interface RenderWorkerData {
  /** A module that exports `openFaceCodec(): Promise<FaceCodec>`; the built-in mesh codec where none is named. */
  readonly codecUrl: string | undefined;
}
