import type { CanonicalFace } from './canonical-face.ts';
import type { HeadPose } from './pose.ts';

/**
 * What enrolment knows about one portrait before anything is built from it: a square head-and-shoulders crop, the
 * landmarks, the head's pose and the person matte. All pixel coordinates are of the crop, with (0, 0) at the outer
 * corner of the top left pixel (the centre of that pixel is (0.5, 0.5)).
 */
export interface PortraitAnalysis {
  /** Side of the crop in pixels: 512..832, a multiple of 8. */
  readonly sizePx: number;
  /** `[sizePx, sizePx, 4]` interleaved sRGB, alpha 255. */
  readonly rgba: Uint8Array;
  /** `[sizePx, sizePx]` person matte, 0 background .. 255 person, refined to the picture's edges. */
  readonly matte: Uint8Array;
  /** `[478, 3]`: x right, y down, z away from the viewer, all in pixels; 468..472 and 473..477 are the irises. */
  readonly landmarks: Float32Array;
  readonly pose: HeadPose;
  /** The canonical face that the pose refers to. */
  readonly canonical: CanonicalFace;
  readonly quality: PortraitQuality;
  readonly source: PortraitSource;
  readonly warnings: readonly PortraitWarning[];
}

export interface PortraitQuality {
  /** Face detector, 0..1. */
  readonly detectorScore: number;
  /** The landmark net's own opinion that this is a face, 0..1. */
  readonly faceFlag: number;
  /** Width of the face in pixels of the source picture. */
  readonly faceWidthPx: number;
  /** How far landmarks move when the crop is jittered, in % of the distance between the eyes. */
  readonly jitterPercent: number;
  /** Mean luma of the face, 0..255. */
  readonly faceLuma: number;
  readonly faceCount: number;
}

export interface PortraitSource {
  readonly widthPx: number;
  readonly heightPx: number;
  /** `jpeg`, `png`, `webp` or `avif`. */
  readonly format: string;
  /** SHA-256 of the file as it was given, hexadecimal. */
  readonly sha256: string;
  /** Clockwise quarter turns that brought the face upright, after EXIF. */
  readonly quarterTurns: 0 | 1 | 2 | 3;
  /** The crop in the upright source picture; it may reach over the picture's edge, where pixels are extended. */
  readonly cropLeftPx: number;
  readonly cropTopPx: number;
  readonly cropSidePx: number;
}

/** Something that enrolment accepts but the operator should know. */
export interface PortraitWarning {
  readonly code: PortraitWarningCode;
  /** What was found and what to do. */
  readonly message: string;
}

export type PortraitWarningCode =
  | 'CROPPED_HEAD'
  | 'EYES_CLOSED'
  | 'LOW_CONTRAST'
  | 'MOUTH_OPEN'
  | 'PARTLY_COVERED'
  | 'SEVERAL_FACES'
  | 'SMALL_FACE'
  | 'TURNED_FACE'
  | 'TURNED_PICTURE';
