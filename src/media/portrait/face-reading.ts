import { anglesOf, inverse, multiply, type HeadAngles } from '../../base/rotation.ts';
import type { CanonicalFace } from './canonical-face.ts';
import {
  CHIN,
  LEFT_EYE_LOWER,
  LEFT_EYE_UPPER,
  LEFT_IRIS,
  LIP_INNER_LOWER,
  LIP_INNER_UPPER,
  RIGHT_EYE_LOWER,
  RIGHT_EYE_UPPER,
  RIGHT_IRIS,
} from './landmark-groups.ts';
import { fitHeadPose, toHeadSpace, type HeadPose } from './pose.ts';

/** What landmarks say about a drawn or filmed face, free of where the head stands. Lengths are canonical centimetres. */
export interface FaceReading {
  readonly pose: HeadPose;
  /** Gap between the lids over the width of the eye. */
  readonly lidGapRight: number;
  readonly lidGapLeft: number;
  /** Gap between the inner lips, the mean of their middle third, over the width of the mouth. */
  readonly lipGapRatio: number;
  /** Area between the inner lips, cm². */
  readonly mouthAreaCm2: number;
  /** From the bridge of the nose down to the chin. */
  readonly chinDropCm: number;
  /** Between the outer corners of the lips. */
  readonly mouthWidthCm: number;
  /** How far the corners of the mouth stand above its middle. */
  readonly cornerLiftCm: number;
  /** How much higher the corner at the left of the picture stands than the other. */
  readonly cornerSkewCm: number;
  /** How far the brows stand above the corners of the eyes, and their inner ends above the inner corners. */
  readonly browLiftCm: number;
  readonly innerBrowLiftCm: number;
  /** Where the irises stand, their mean from the tip of the nose: right of the picture, and up. */
  readonly irisAcrossCm: number;
  readonly irisUpCm: number;
}

/** What changed between two readings of one face, in the words of the motion frame. */
export interface FaceChange extends HeadAngles {
  /** Ratio of distances to the camera: above 1 is farther away. */
  readonly distance: number;
  readonly gazeYawDeg: number;
  readonly gazePitchDeg: number;
  /** Lid gaps relative to the reference. */
  readonly lidGapRight: number;
  readonly lidGapLeft: number;
}

/** Radius of the eyeball in canonical centimetres (an adult's is 1.2). */
const EYEBALL_RADIUS_CM = 1.2;
const NOSE_TOP = 168;
const NOSE_END = [1, 2, 4, 94] as const;
/** The upper edges of both brows, from the middle of the face outwards. */
const INNER_BROWS = [107, 336] as const;
const BROWS = [105, 334, 66, 296, ...INNER_BROWS] as const;
const INNER_EYE_CORNERS = [133, 362] as const;
const EYE_CORNERS = [...INNER_EYE_CORNERS, 33, 263] as const;

/** @param landmarks - `[478, 3]` pixels. */
export function readFace(landmarks: Float32Array, canonical: CanonicalFace): FaceReading {
  const pose = fitHeadPose(landmarks, canonical);
  const head = toHeadSpace(landmarks, pose);
  const at = (point: number, axis: number): number => head[3 * point + axis]!;
  const apart = (a: number, b: number): number => Math.hypot(at(a, 0) - at(b, 0), at(a, 1) - at(b, 1));
  const lidGap = (upper: readonly number[], lower: readonly number[]): number =>
    meanOf([3, 4, 5], (k) => at(upper[k]!, 1) - at(lower[k]!, 1)) / apart(upper[0]!, upper[8]!);
  const lipGap = (k: number): number => Math.max(0, at(LIP_INNER_UPPER[k]!, 1) - at(LIP_INNER_LOWER[k]!, 1));
  // The net takes all of the upper face along when irises move, eye corners most; the tip of the nose stays.
  const irisOffset = (axis: number): number =>
    meanOf([RIGHT_IRIS[0], LEFT_IRIS[0]], (iris) => at(iris, axis)) - meanOf(NOSE_END, (point) => at(point, axis));
  const height = (points: readonly number[]): number => meanOf(points, (point) => at(point, 1));
  return {
    pose,
    lidGapRight: lidGap(RIGHT_EYE_UPPER, RIGHT_EYE_LOWER),
    lidGapLeft: lidGap(LEFT_EYE_UPPER, LEFT_EYE_LOWER),
    lipGapRatio: meanOf([4, 5, 6], lipGap) / apart(61, 291),
    mouthAreaCm2: mouthArea(at, lipGap),
    chinDropCm: at(NOSE_TOP, 1) - at(CHIN, 1),
    mouthWidthCm: apart(61, 291),
    cornerLiftCm: (at(61, 1) + at(291, 1)) / 2 - (at(0, 1) + at(17, 1)) / 2,
    cornerSkewCm: at(61, 1) - at(291, 1),
    browLiftCm: height(BROWS) - height(EYE_CORNERS),
    innerBrowLiftCm: height(INNER_BROWS) - height(INNER_EYE_CORNERS),
    irisAcrossCm: irisOffset(0),
    irisUpCm: irisOffset(1),
  };
}

/** @returns how `now` differs from `reference`, both of the same face. */
export function faceChange(now: FaceReading, reference: FaceReading): FaceChange {
  const turned = multiply(now.pose.rotation, inverse(reference.pose.rotation));
  return {
    ...anglesOf(turned),
    distance: reference.pose.pxPerCm / now.pose.pxPerCm,
    gazeYawDeg: eyeAngle(now.irisAcrossCm - reference.irisAcrossCm),
    gazePitchDeg: eyeAngle(now.irisUpCm - reference.irisUpCm),
    lidGapRight: now.lidGapRight / reference.lidGapRight,
    lidGapLeft: now.lidGapLeft / reference.lidGapLeft,
  };
}

function eyeAngle(offsetCm: number): number {
  return (Math.asin(Math.max(-1, Math.min(1, offsetCm / EYEBALL_RADIUS_CM))) * 180) / Math.PI;
}

/** By trapezoids between neighbouring pairs of inner lip points. */
function mouthArea(at: (point: number, axis: number) => number, gap: (k: number) => number): number {
  let area = 0;
  for (let k = 1; k < LIP_INNER_UPPER.length; k++) {
    const width = at(LIP_INNER_UPPER[k]!, 0) - at(LIP_INNER_UPPER[k - 1]!, 0);
    area += (Math.max(0, width) * (gap(k) + gap(k - 1))) / 2;
  }
  return area;
}

function meanOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0) / items.length;
}
