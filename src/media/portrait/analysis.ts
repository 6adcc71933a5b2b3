import type { HeadPose, RgbaImage } from '../appearance.ts';

/** What the networks found in one portrait: everything that building an appearance starts from. */
export interface PortraitAnalysis {
  /** A head-and-shoulders square, opaque. */
  readonly image: RgbaImage;
  /** `[478, 3]` pixels of `image`: x right, y down, z negative towards the viewer (as the landmark network says it). */
  readonly landmarks: Float32Array;
  /** `[heightPx, widthPx]` 0..1, refined along edges: how much of each pixel is the person. */
  readonly matte: Float32Array;
  readonly pose: HeadPose;
  /** 0..1: how surely the person wears spectacles. */
  readonly glasses: number;
}
