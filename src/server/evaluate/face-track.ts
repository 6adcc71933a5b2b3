import { anglesOf } from '../../base/rotation.ts';
import * as groups from '../../media/portrait/landmark-groups.ts';
import type { Picture } from '../../media/portrait/picture.ts';
import { readVideoFrames } from '../../native/codec/video-frames.ts';
import type { FaceMeasurer, MeasuredFace } from '../../native/model/face-measure.ts';

/**
 * What is read of a talking face in each frame: the head's angles in degrees, where the bridge of its nose stands in the
 * picture and the rest of the lengths in centimetres of the canonical face, gaps of lips and lids as shares of their width.
 */
export const READINGS = [
  'yawDeg',
  'pitchDeg',
  'rollDeg',
  'bridgeAcrossCm',
  'bridgeDownCm',
  'scalePxPerCm',
  'lipGap',
  'mouthAreaCm2',
  'chinDropCm',
  'mouthWidthCm',
  'cornerLiftCm',
  'cornerSkewCm',
  'browLiftCm',
  'innerBrowLiftCm',
  'lidGap',
  'irisAcrossCm',
  'irisUpCm',
] as const;

export type Reading = (typeof READINGS)[number];
export type Readings = Readonly<Record<Reading, number>>;

/** One frame of a film in which a face was found. */
export interface FaceMoment {
  readonly frame: number;
  readonly readings: Readings;
  /** `[points, 2]`: the contours of the lips, in spans between the outer corners of the eyes. */
  readonly lips: Float32Array;
  /** From the centre of each brow to that of its eye, over the distance between the eyes; left of the picture first. */
  readonly browToEye: readonly [number, number];
}

export interface FaceTrack {
  readonly framesPerSecond: number;
  /** Frames of the film, with and without a face. */
  readonly frameCount: number;
  readonly moments: readonly FaceMoment[];
}

export interface TrackOptions {
  readonly limitS?: number;
  readonly signal?: AbortSignal;
  readonly onFrame?: (frames: number) => void;
}

/** What finds a face in one picture after the other: a `FaceMeasurer`. */
export type FaceReader = Pick<FaceMeasurer, 'measure' | 'forget'>;

/** Expressions change slowly enough for this, and published figures are of this rate. */
export const TRACK_FRAMES_PER_SECOND = 25;
const SIDE_PX = 512;
const BRIDGE = 168;
const OUTER_EYE_CORNERS = [33, 263] as const;
const LIPS = [
  ...new Set([
    ...groups.LIP_OUTER_UPPER,
    ...groups.LIP_OUTER_LOWER,
    ...groups.LIP_INNER_UPPER,
    ...groups.LIP_INNER_LOWER,
  ]),
];
const RIGHT_EYE = [...new Set([...groups.RIGHT_EYE_UPPER, ...groups.RIGHT_EYE_LOWER])];
const LEFT_EYE = [...new Set([...groups.LEFT_EYE_UPPER, ...groups.LEFT_EYE_LOWER])];

/**
 * Reads the face in every frame of a film; of a film that is not square, in the middle.
 * @param measurer - forgets the film before.
 * @throws AvatarError `MOTION_UNREADABLE` when there are no pictures in it.
 */
export async function trackFace(path: string, measurer: FaceMeasurer, options: TrackOptions = {}): Promise<FaceTrack> {
  const { onFrame, ...rest } = options;
  const frames = { framesPerSecond: TRACK_FRAMES_PER_SECOND, sidePx: SIDE_PX, fit: 'middle', ...rest } as const;
  return trackPictures(readVideoFrames(path, frames), measurer, onFrame);
}

/**
 * Reads the face in every picture of a sequence of `TRACK_FRAMES_PER_SECOND`.
 * @param measurer - forgets the sequence before.
 */
export async function trackPictures(
  pictures: AsyncIterable<Picture> | Iterable<Picture>,
  measurer: FaceReader,
  onFrame?: (frames: number) => void,
): Promise<FaceTrack> {
  const moments: FaceMoment[] = [];
  let frameCount = 0;
  measurer.forget();
  for await (const picture of pictures) {
    const face = await measurer.measure(picture, { looks: 1 });
    if (face !== undefined) moments.push(momentOf(face, frameCount));
    frameCount++;
    onFrame?.(frameCount);
  }
  return { framesPerSecond: TRACK_FRAMES_PER_SECOND, frameCount, moments };
}

/** @returns one reading of every frame; NaN where no face was found. */
export function seriesOf({ frameCount, moments }: FaceTrack, reading: Reading): Float32Array {
  const series = new Float32Array(frameCount).fill(NaN);
  for (const { frame, readings } of moments) series[frame] = readings[reading];
  return series;
}

function momentOf({ landmarks, reading }: MeasuredFace, frame: number): FaceMoment {
  const { yawDeg, pitchDeg, rollDeg } = anglesOf(reading.pose.rotation);
  const { pxPerCm } = reading.pose;
  const at = (point: number, axis: number): number => landmarks[3 * point + axis]!;
  const eyeSpanPx = Math.hypot(
    at(OUTER_EYE_CORNERS[0], 0) - at(OUTER_EYE_CORNERS[1], 0),
    at(OUTER_EYE_CORNERS[0], 1) - at(OUTER_EYE_CORNERS[1], 1),
  );
  const centre = (points: readonly number[]): [number, number] =>
    [0, 1].map((axis) => points.reduce((sum, point) => sum + at(point, axis), 0) / points.length) as [number, number];
  const [rightEye, leftEye] = [centre(RIGHT_EYE), centre(LEFT_EYE)];
  const apart = (a: readonly [number, number], b: readonly [number, number]): number =>
    Math.hypot(a[0] - b[0], a[1] - b[1]);
  const eyesPx = apart(rightEye, leftEye);
  return {
    frame,
    readings: {
      yawDeg,
      pitchDeg,
      rollDeg,
      bridgeAcrossCm: at(BRIDGE, 0) / pxPerCm,
      bridgeDownCm: at(BRIDGE, 1) / pxPerCm,
      scalePxPerCm: pxPerCm,
      lipGap: reading.lipGapRatio,
      mouthAreaCm2: reading.mouthAreaCm2,
      chinDropCm: reading.chinDropCm,
      mouthWidthCm: reading.mouthWidthCm,
      cornerLiftCm: reading.cornerLiftCm,
      cornerSkewCm: reading.cornerSkewCm,
      browLiftCm: reading.browLiftCm,
      innerBrowLiftCm: reading.innerBrowLiftCm,
      lidGap: (reading.lidGapLeft + reading.lidGapRight) / 2,
      irisAcrossCm: reading.irisAcrossCm,
      irisUpCm: reading.irisUpCm,
    },
    lips: Float32Array.from(LIPS.flatMap((point) => [at(point, 0) / eyeSpanPx, at(point, 1) / eyeSpanPx])),
    browToEye: [apart(centre(groups.RIGHT_BROW), rightEye) / eyesPx, apart(centre(groups.LEFT_BROW), leftEye) / eyesPx],
  };
}
