import { assert } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { parseCanonicalFace, type CanonicalFace } from '../../media/portrait/canonical-face.ts';
import { FACE_POINT_COUNT, LANDMARK_COUNT, LEFT_IRIS, RIGHT_IRIS } from '../../media/portrait/landmark-groups.ts';
import { sampleRegion, type Picture, type SquareRegion } from '../../media/portrait/picture.ts';
import { readFaceAssets, type FaceAssets } from './face-assets.ts';
import { FaceDetector, type FaceDetection } from './face-detector.ts';
import { OnnxSession } from './onnx-session.ts';
import { onnxOfTflite } from './tflite-onnx.ts';
import { readTflite } from './tflite-reader.ts';

/** 478 points on one face, in the pixels of the picture they were found in. */
export interface FaceLandmarks {
  /** `[478, 3]`: x right, y down, z away from the viewer. */
  readonly points: Float32Array;
  /** 0..1: whether the net believes that this is a face. */
  readonly faceFlag: number;
}

const INPUT_SIDE = 192;
/** How far around its landmarks the net wants to see (the package's own graph: 1.5 times the larger side). */
const REGION_SCALE = 1.5;

// The refined points of the lips and around each eye, in the order of the net's outputs (landmarks_refinement of the
// package's graph).
const LIPS = [
  61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78, 95, 88, 178, 87, 14,
  317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415, 76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306,
  184, 74, 73, 72, 11, 302, 303, 304, 408, 62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268,
  271, 272, 407,
] as const;
const RIGHT_EYE = [
  33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110, 24, 23, 22, 26, 112, 243,
  247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189, 35, 124,
  46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193,
] as const;
const LEFT_EYE = [
  263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 359, 255, 339, 254, 253, 252, 256,
  341, 463, 467, 260, 259, 257, 258, 286, 414, 446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442,
  441, 413, 265, 353, 276, 283, 282, 295, 372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293, 334, 296, 336,
  285, 417,
] as const;
/** The first of each eye's points are its rim: irises take their depth from it. */
const EYE_RIM_POINTS = 16;

/** Detector and landmark net, loaded once; calls may overlap. */
export class FaceLandmarker implements Closable {
  readonly canonical: CanonicalFace;
  readonly #detector: FaceDetector;
  readonly #net: OnnxSession;
  readonly #detectorNet: OnnxSession;

  private constructor(canonical: CanonicalFace, detectorNet: OnnxSession, net: OnnxSession) {
    this.canonical = canonical;
    this.#detectorNet = detectorNet;
    this.#detector = new FaceDetector(detectorNet);
    this.#net = net;
  }

  /** @throws AvatarError `BUNDLE_INCOMPLETE` or `BUNDLE_FOREIGN` when the packages are not as they should be. */
  static async open(assets?: FaceAssets): Promise<FaceLandmarker> {
    const { detector, geometry, landmarks } = assets ?? (await readFaceAssets());
    const detectorNet = await OnnxSession.open(onnxOfTflite(readTflite(detector)));
    const net = await OnnxSession.open(onnxOfTflite(readTflite(landmarks)));
    return new FaceLandmarker(parseCanonicalFace(geometry), detectorNet, net);
  }

  /** Looks for faces in `regions` (turn them to find turned faces). @returns best first. */
  detect(picture: Picture, regions: readonly SquareRegion[], minScore = 0.5): Promise<FaceDetection[]> {
    return this.#detector.detect(picture, regions, minScore);
  }

  /** One pass of the net over one region. */
  async landmarksIn(picture: Picture, region: SquareRegion): Promise<FaceLandmarks> {
    // A buffer of its own for each call: calls may overlap.
    const values = new Float32Array(INPUT_SIDE * INPUT_SIDE * 3);
    sampleRegion(picture, region, INPUT_SIDE, values);
    const outputs = await this.#net.run({ input_1: { shape: [1, INPUT_SIDE, INPUT_SIDE, 3], values } });
    const output = (name: string, count: number): Float32Array => {
      const tensor = outputs[name]?.values;
      assert(tensor?.length === count, `the landmark net gives ${count} values as ${name}`);
      return tensor;
    };
    const raw = new Float32Array(LANDMARK_COUNT * 3);
    raw.set(output('output_mesh_identity', FACE_POINT_COUNT * 3));
    const refine = (points: readonly number[], refined: Float32Array): void => {
      points.forEach((point, index) => {
        raw[3 * point] = refined[2 * index]!;
        raw[3 * point + 1] = refined[2 * index + 1]!;
      });
    };
    refine(LIPS, output('output_lips', 2 * LIPS.length));
    refine(RIGHT_EYE, output('output_left_eye', 2 * RIGHT_EYE.length));
    refine(LEFT_EYE, output('output_right_eye', 2 * LEFT_EYE.length));
    refine(RIGHT_IRIS, output('output_left_iris', 2 * RIGHT_IRIS.length));
    refine(LEFT_IRIS, output('output_right_iris', 2 * LEFT_IRIS.length));
    for (const [iris, eye] of [
      [RIGHT_IRIS, RIGHT_EYE],
      [LEFT_IRIS, LEFT_EYE],
    ] as const) {
      const rim = eye.slice(0, EYE_RIM_POINTS);
      const depth = rim.reduce((sum, point) => sum + raw[3 * point + 2]!, 0) / EYE_RIM_POINTS;
      for (const point of iris) raw[3 * point + 2] = depth;
    }
    const [logit = 0] = output('conv_faceflag', 1);
    return { points: toPicture(raw, region), faceFlag: 1 / (1 + Math.exp(-logit)) };
  }

  /**
   * Looks again through the region that its own landmarks suggest, `passes` times in all.
   * @param region - a detection's region, or that of an earlier picture of the same face.
   */
  async landmarks(picture: Picture, region: SquareRegion, passes = 2): Promise<FaceLandmarks> {
    let found = await this.landmarksIn(picture, region);
    for (let pass = 1; pass < passes; pass++) found = await this.landmarksIn(picture, regionAround(found.points));
    return found;
  }

  async close(): Promise<void> {
    await Promise.all([this.#detectorNet.close(), this.#net.close()]);
  }
}

/** @returns where the landmark net should look for a detected face. */
export function regionOfDetection({ centreX, centreY, sidePx, angle }: FaceDetection): SquareRegion {
  return { centreX, centreY, sidePx: sidePx * REGION_SCALE, angle };
}

/** @returns the region around known landmarks, level with the eyes. */
export function regionAround(points: Float32Array): SquareRegion {
  const [right, left] = [33 * 3, 263 * 3];
  const angle = Math.atan2(points[left + 1]! - points[right + 1]!, points[left]! - points[right]!);
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  let [lowX, lowY, highX, highY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let point = 0; point < FACE_POINT_COUNT; point++) {
    const x = points[3 * point]! * cosine + points[3 * point + 1]! * sine;
    const y = points[3 * point + 1]! * cosine - points[3 * point]! * sine;
    lowX = Math.min(lowX, x);
    highX = Math.max(highX, x);
    lowY = Math.min(lowY, y);
    highY = Math.max(highY, y);
  }
  const [middleX, middleY] = [(lowX + highX) / 2, (lowY + highY) / 2];
  return {
    centreX: middleX * cosine - middleY * sine,
    centreY: middleX * sine + middleY * cosine,
    sidePx: Math.max(highX - lowX, highY - lowY) * REGION_SCALE,
    angle,
  };
}

function toPicture(raw: Float32Array, region: SquareRegion): Float32Array {
  const scale = region.sidePx / INPUT_SIDE;
  const cosine = Math.cos(region.angle) * scale;
  const sine = Math.sin(region.angle) * scale;
  const points = new Float32Array(raw.length);
  for (let at = 0; at < raw.length; at += 3) {
    const u = raw[at]! - INPUT_SIDE / 2;
    const v = raw[at + 1]! - INPUT_SIDE / 2;
    points[at] = region.centreX + u * cosine - v * sine;
    points[at + 1] = region.centreY + u * sine + v * cosine;
    points[at + 2] = raw[at + 2]! * scale;
  }
  return points;
}
