import type { MotionFrame } from '../../base/media.ts';
import { ARKIT_DIMS, ARKIT_SHAPES } from '../motion-space.ts';

/**
 * Motion as NVIDIA's Audio2Face exports blend-shape weights: names once, then a row of weights for each frame. The head
 * has no place in it.
 * @param sound - name of the sound, which importers show.
 */
export function audio2Face(frames: readonly MotionFrame[], framesPerSecond: number, sound: string): string {
  const rows = frames.map(({ motion }) => Array.from(motion.subarray(0, ARKIT_DIMS), (weight) => round(weight)));
  return `${JSON.stringify({
    exportFps: framesPerSecond,
    trackPath: sound,
    numPoses: ARKIT_DIMS,
    numFrames: rows.length,
    facsNames: ARKIT_SHAPES,
    weightMat: rows,
  })}\n`;
}

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
