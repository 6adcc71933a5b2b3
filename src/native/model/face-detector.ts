import { assert } from '../../base/errors.ts';
import { regionPoint, sampleRegion, type Picture, type SquareRegion } from '../../media/portrait/picture.ts';
import type { OnnxSession } from './onnx-session.ts';

/** A face that the detector saw, in picture pixels. */
export interface FaceDetection {
  /** 0..1. */
  readonly score: number;
  readonly centreX: number;
  readonly centreY: number;
  /** Side of the square around brows and chin. */
  readonly sidePx: number;
  /** Clockwise tilt of the line through the eyes, radians. */
  readonly angle: number;
}

const INPUT_SIDE = 128;
const ANCHOR_COUNT = 896;
const VALUES_PER_ANCHOR = 16;
/** Two anchors a cell on a 16x16 grid, then six on an 8x8 grid. */
const ANCHORS = ((): Float32Array => {
  const centres: number[] = [];
  for (const [grid, perCell] of [
    [16, 2],
    [8, 6],
  ] as const) {
    for (let cell = 0; cell < grid * grid; cell++) {
      for (let k = 0; k < perCell; k++)
        centres.push(((cell % grid) + 0.5) / grid, (Math.floor(cell / grid) + 0.5) / grid);
    }
  }
  return Float32Array.from(centres);
})();
const OVERLAP_LIMIT = 0.3;

/** The short-range face detector: finds upright faces that fill a fifth of its view or more. */
export class FaceDetector {
  readonly #session: OnnxSession;

  constructor(session: OnnxSession) {
    this.#session = session;
  }

  /** @returns detections of at least `minScore` in each region, merged where they overlap, best first. */
  async detect(picture: Picture, regions: readonly SquareRegion[], minScore: number): Promise<FaceDetection[]> {
    const found: FaceDetection[] = [];
    for (const region of regions) found.push(...(await this.#detectIn(picture, region, minScore)));
    return mergeOverlaps(found);
  }

  async #detectIn(picture: Picture, region: SquareRegion, minScore: number): Promise<FaceDetection[]> {
    // A buffer of its own for each call: calls may overlap.
    const values = new Float32Array(INPUT_SIDE * INPUT_SIDE * 3);
    sampleRegion(picture, region, INPUT_SIDE, values, -1, 1);
    const outputs = await this.#session.run({ input: { shape: [1, INPUT_SIDE, INPUT_SIDE, 3], values } });
    const boxes = outputs['regressors']?.values;
    const scores = outputs['classificators']?.values;
    assert(boxes?.length === ANCHOR_COUNT * VALUES_PER_ANCHOR && scores !== undefined, 'the detector has 896 anchors');
    const found: FaceDetection[] = [];
    for (let anchor = 0; anchor < ANCHOR_COUNT; anchor++) {
      const score = 1 / (1 + Math.exp(-scores[anchor]!));
      if (score < minScore) continue;
      const value = (index: number): number => boxes[anchor * VALUES_PER_ANCHOR + index]! / INPUT_SIDE;
      const point = (index: number): [number, number] =>
        regionPoint(region, value(index) + ANCHORS[2 * anchor]!, value(index + 1) + ANCHORS[2 * anchor + 1]!);
      const [centreX, centreY] = point(0);
      const [rightEye, leftEye] = [point(4), point(6)];
      const angle = Math.atan2(leftEye[1] - rightEye[1], leftEye[0] - rightEye[0]);
      found.push({ score, centreX, centreY, sidePx: Math.max(value(2), value(3)) * region.sidePx, angle });
    }
    return found;
  }
}

/** Overlapping detections become one, weighted by score, if they agree which way is up; else the best one wins. */
function mergeOverlaps(detections: readonly FaceDetection[]): FaceDetection[] {
  const rest = [...detections].sort((a, b) => b.score - a.score);
  const merged: FaceDetection[] = [];
  for (let best = rest.shift(); best !== undefined; best = rest.shift()) {
    const leader = best;
    const group = [leader];
    for (let index = rest.length - 1; index >= 0; index--) {
      const other = rest[index]!;
      if (overlap(leader, other) <= OVERLAP_LIMIT) continue;
      rest.splice(index, 1);
      if (Math.cos(other.angle - leader.angle) > 0.8) group.push(other);
    }
    const total = group.reduce((sum, { score }) => sum + score, 0);
    const mean = (pick: (detection: FaceDetection) => number): number =>
      group.reduce((sum, detection) => sum + detection.score * pick(detection), 0) / total;
    merged.push({
      score: leader.score,
      centreX: mean((detection) => detection.centreX),
      centreY: mean((detection) => detection.centreY),
      sidePx: mean((detection) => detection.sidePx),
      angle: Math.atan2(
        mean((detection) => Math.sin(detection.angle)),
        mean((detection) => Math.cos(detection.angle)),
      ),
    });
  }
  return merged;
}

function overlap(a: FaceDetection, b: FaceDetection): number {
  const side = (centreA: number, centreB: number): number =>
    Math.max(
      0,
      Math.min(centreA + a.sidePx / 2, centreB + b.sidePx / 2) -
        Math.max(centreA - a.sidePx / 2, centreB - b.sidePx / 2),
    );
  const shared = side(a.centreX, b.centreX) * side(a.centreY, b.centreY);
  return shared / (a.sidePx ** 2 + b.sidePx ** 2 - shared);
}
