import { readVideoFrames } from '../../native/codec/video-frames.ts';
import { FaceMeasurer } from '../../native/model/face-measure.ts';

/** How a mouth moves in a filmed or drawn video, one value a frame. */
export interface VideoMouth {
  readonly framesPerSecond: number;
  /** Gap between the inner lips over the width of the mouth; NaN where no face was found. */
  readonly opening: Float32Array;
  /** From the bridge of the nose to the chin, canonical cm; NaN where no face was found. */
  readonly chinDropCm: Float32Array;
  /** Between the corners of the lips, canonical cm; NaN where no face was found. */
  readonly widthCm: Float32Array;
  readonly facesFound: number;
}

export interface MeasureVideoOptions {
  readonly framesPerSecond?: number;
  /** Stop after this long. */
  readonly limitS?: number;
  readonly signal?: AbortSignal;
  readonly onFrame?: (frameIndex: number) => void;
}

const DEFAULT_FRAMES_PER_SECOND = 25;
/** Twice what the landmark net looks at, so that a face filling half of the picture loses nothing. */
const SIDE_PX = 384;

/**
 * Reads the mouth of a talking video with the landmark net, to compare generated motion with real speech.
 * @param path - a video file that ffmpeg can read.
 * @throws AvatarError `MOTION_UNREADABLE` when there are no pictures in it.
 */
export async function measureVideoMouth(path: string, options: MeasureVideoOptions = {}): Promise<VideoMouth> {
  const { framesPerSecond = DEFAULT_FRAMES_PER_SECOND, onFrame, ...rest } = options;
  const measurer = await FaceMeasurer.open();
  const opening: number[] = [];
  const chinDropCm: number[] = [];
  const widthCm: number[] = [];
  let facesFound = 0;
  try {
    for await (const frame of readVideoFrames(path, { framesPerSecond, sidePx: SIDE_PX, ...rest })) {
      const face = await measurer.measure(frame, { looks: 1 });
      if (face !== undefined) facesFound++;
      opening.push(face?.reading.lipGapRatio ?? NaN);
      chinDropCm.push(face?.reading.chinDropCm ?? NaN);
      widthCm.push(face?.reading.mouthWidthCm ?? NaN);
      onFrame?.(opening.length - 1);
    }
  } finally {
    await measurer.close();
  }
  return {
    framesPerSecond,
    opening: Float32Array.from(opening),
    chinDropCm: Float32Array.from(chinDropCm),
    widthCm: Float32Array.from(widthCm),
    facesFound,
  };
}
