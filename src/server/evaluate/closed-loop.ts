import { AvatarError } from '../../base/errors.ts';
import type { FaceDecoder } from '../../media/face-codec.ts';
import { GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG } from '../../media/motion-space.ts';
import { faceChange, type FaceChange, type FaceReading } from '../../media/portrait/face-reading.ts';
import { DrawnFace, type MotionValues } from '../../native/model/drawn-face.ts';
import type { FaceMeasurer, MeasuredFace } from '../../native/model/face-measure.ts';

/** One value that was drawn, and what the landmark net read from the picture. */
export interface LoopPoint {
  readonly asked: number;
  readonly read: number;
}

/** What a drawn face shows of the motion it was given. */
export interface ClosedLoop {
  readonly yawDeg: readonly LoopPoint[];
  readonly pitchDeg: readonly LoopPoint[];
  readonly rollDeg: readonly LoopPoint[];
  readonly distance: readonly LoopPoint[];
  readonly gazeYawDeg: readonly LoopPoint[];
  readonly gazePitchDeg: readonly LoopPoint[];
  /** Largest gap between the lips, over the width of the mouth, in p, b and m. */
  readonly closedLipGap: number;
  /** Coefficients against gap over width, width and corner lift in canonical cm. */
  readonly jawOpening: readonly LoopPoint[];
  readonly puckerWidthCm: readonly LoopPoint[];
  readonly smileLiftCm: readonly LoopPoint[];
  readonly neutral: MeasuredFace;
}

const STEPS = [0, 0.25, 0.5, 0.75, 1] as const;
const TURNS_DEG = [-20, -10, -5, 5, 10, 20] as const;
const NODS_DEG = [-15, -10, -5, 5, 10, 15] as const;
const DISTANCES = [0.8, 0.9, 1.1, 1.25] as const;
/** p, b and m as motion has them: pressed, rolled in, and closed over a jaw that is already open. */
const CLOSURES: readonly MotionValues[] = [
  { mouthPressLeft: 0.5, mouthPressRight: 0.5 },
  { mouthRollLower: 0.4, mouthRollUpper: 0.3 },
  { jawOpen: 0.2, mouthClose: 0.2 },
];
const LOOKS = 4;

/** Draws motion at known values and reads it back from the pictures. About 45 pictures. */
export async function runClosedLoop(decoder: FaceDecoder, measurer: FaceMeasurer): Promise<ClosedLoop> {
  const drawn = new DrawnFace(decoder, measurer, LOOKS);
  const found = (face: MeasuredFace | undefined, motion: MotionValues): MeasuredFace => {
    if (face !== undefined) return face;
    throw new AvatarError('CODEC_FAILED', `Cannot find a face in what was drawn for ${JSON.stringify(motion)}`);
  };
  const show = async (motion: MotionValues): Promise<MeasuredFace> => found(await drawn.read(motion), motion);
  const neutral = found(await drawn.atRest(), {});
  const sweep = async (
    values: readonly number[],
    motion: (value: number) => MotionValues,
    read: (change: FaceChange, reading: FaceReading) => number,
  ): Promise<LoopPoint[]> => {
    const points: LoopPoint[] = [];
    for (const asked of values) {
      const { reading } = await show(motion(asked));
      points.push({ asked, read: read(faceChange(reading, neutral.reading), reading) });
    }
    return points;
  };
  const closures: number[] = [];
  for (const motion of CLOSURES) closures.push((await show(motion)).reading.lipGapRatio);
  return {
    neutral,
    yawDeg: await sweep(
      TURNS_DEG,
      (value) => ({ headYaw: value }),
      ({ yawDeg }) => yawDeg,
    ),
    pitchDeg: await sweep(
      NODS_DEG,
      (value) => ({ headPitch: value }),
      ({ pitchDeg }) => pitchDeg,
    ),
    rollDeg: await sweep(
      NODS_DEG,
      (value) => ({ headRoll: value }),
      ({ rollDeg }) => rollDeg,
    ),
    distance: await sweep(
      DISTANCES,
      (value) => ({ headDistance: value }),
      ({ distance }) => distance,
    ),
    gazeYawDeg: await sweep(
      [-20, -10, 10, 20],
      (value) => sideways(value / GAZE_YAW_LIMIT_DEG),
      ({ gazeYawDeg }) => gazeYawDeg,
    ),
    gazePitchDeg: await sweep(
      [-12, -6, 6, 12],
      (value) => upwards(value / GAZE_PITCH_LIMIT_DEG),
      ({ gazePitchDeg }) => gazePitchDeg,
    ),
    closedLipGap: Math.max(...closures),
    jawOpening: await sweep(
      STEPS,
      (value) => ({ jawOpen: value }),
      (_, { lipGapRatio }) => lipGapRatio,
    ),
    puckerWidthCm: await sweep(
      STEPS,
      (value) => ({ mouthPucker: value }),
      (_, { mouthWidthCm }) => mouthWidthCm,
    ),
    smileLiftCm: await sweep(
      STEPS,
      (value) => ({ mouthSmileLeft: value, mouthSmileRight: value }),
      (_, { cornerLiftCm }) => cornerLiftCm,
    ),
  };
}

/** @returns the largest error among the points whose asked value lies within `limit` of `centre`. */
export function worstError(points: readonly LoopPoint[], limit = Infinity, centre = 0): number {
  const within = points.filter(({ asked }) => Math.abs(asked - centre) <= limit + 1e-9);
  return Math.max(0, ...within.map(({ asked, read }) => Math.abs(read - asked)));
}

/** @returns whether each reading goes on in `direction` from the one before. */
export function isMonotonic(points: readonly LoopPoint[], direction: 1 | -1): boolean {
  return points.every(({ read }, index) => index === 0 || direction * (read - (points[index - 1]?.read ?? read)) > 0);
}

/** Gaze to the person's own left when positive. */
function sideways(share: number): MotionValues {
  return share > 0
    ? { eyeLookOutLeft: share, eyeLookInRight: share }
    : { eyeLookInLeft: -share, eyeLookOutRight: -share };
}

function upwards(share: number): MotionValues {
  return share > 0
    ? { eyeLookUpLeft: share, eyeLookUpRight: share }
    : { eyeLookDownLeft: -share, eyeLookDownRight: -share };
}
