import { conditionDims } from '../../../src/media/motion/manifest.ts';
import { hopOf, type MotionJob, type TokenJob } from '../../../src/media/motion/motion-job.ts';
import type { MotionStream } from '../../../src/media/motion-stream.ts';
import type { MotionFrame } from '../../../src/base/media.ts';
import { SMALL_MANIFEST } from './small-manifest.ts';

const { featureDims, melFramesPerHop } = SMALL_MANIFEST.encoder;
const { melBins } = SMALL_MANIFEST.features;

/**
 * Arithmetic in the place of the networks that depends on all they depend on: loudness moves the jaw, the state is a
 * running mean of it, the head follows noise, context and gaze. Overwrites the job as an engine does.
 */
export function listen(job: MotionJob): void {
  const melLength = melFramesPerHop * melBins;
  for (let hop = 0; hop < job.melHops; hop++) {
    const mel = job.mel.subarray(hop * melLength, (hop + 1) * melLength);
    const loudness = mel.reduce((sum, value) => sum + value, 0) / melLength + 16;
    job.encoderState[0] = 0.5 * job.encoderState[0]! + 0.5 * loudness;
    const row = job.features.length - (job.melHops - hop) * featureDims;
    job.features.fill(job.encoderState[0], row, row + featureDims);
  }
  for (let hop = 0; hop < job.hops; hop++) act(hopOf(job, hop));
}

function act({ features, context, token, condition }: TokenJob): void {
  const heard = features.at(-1) ?? NaN;
  const channels = SMALL_MANIFEST.motion.channels.length;
  for (let index = 0; index < token.length; index++) {
    const before = context[context.length - channels + (index % channels)]!;
    const gaze = condition[0]! * condition[2]!;
    const speaks = index % channels === 0 ? 0.6 * heard : 0.8 * before + gaze;
    token[index] = speaks + 0.2 * token[index]!;
  }
  if (condition.length !== conditionDims(SMALL_MANIFEST)) throw new Error('a condition has its length');
}

/** Runs all that is due. @returns the frames it made. */
export function runAll(stream: MotionStream, run: (job: MotionJob) => void = listen, hopsAtOnce = 1): MotionFrame[] {
  const frames: MotionFrame[] = [];
  for (let job = stream.due(hopsAtOnce); job !== undefined; job = stream.due(hopsAtOnce)) {
    run(job);
    frames.push(...stream.accept(job));
  }
  return frames;
}
