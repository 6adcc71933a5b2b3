import { createHash } from 'node:crypto';
import { Scope, type Closable } from '../../base/lifecycle.ts';
import type { PortraitAnalysis } from '../../media/portrait/analysis.ts';
import { frameHead, workingSizePx } from '../../media/portrait/crop.ts';
import { measureFaceLight } from '../../media/portrait/face-light.ts';
import { judgeFace, noFace } from '../../media/portrait/gates.ts';
import {
  FACE_OVAL,
  LEFT_EYE_LOWER,
  LEFT_EYE_UPPER,
  RIGHT_EYE_LOWER,
  RIGHT_EYE_UPPER,
} from '../../media/portrait/landmark-groups.ts';
import { landmarkSpread, meanLandmarks, type LandmarkSpread } from '../../media/portrait/landmark-stability.ts';
import { keepPersonOf } from '../../media/portrait/matte-islands.ts';
import type { Picture, SquareRegion } from '../../media/portrait/picture.ts';
import { fitHeadPose } from '../../media/portrait/pose.ts';
import { PortraitImage } from '../codec/image.ts';
import { readFaceAssets } from './face-assets.ts';
import type { FaceDetection } from './face-detector.ts';
import { FaceLandmarker, regionAround, regionOfDetection, type FaceLandmarks } from './face-landmarks.ts';
import { PersonMatte } from './person-matte.ts';

export interface AnalyseOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AnalyseProgress) => void;
}

export type AnalyseStage = 'decode' | 'detect' | 'crop' | 'landmarks' | 'matte';

export interface AnalyseProgress {
  /** The stage that begins. */
  readonly stage: AnalyseStage;
  /** Share of the analysis that is done, 0..1. */
  readonly done: number;
}

const OVERVIEW_SIDE_PX = 1024;
const LOWEST_DETECTION = 0.4;
/** A face of which the detector is this sure needs no closer look for others. */
const SURE_DETECTION = 0.75;
const CANDIDATE_LIMIT = 5;
/** Looks at the face from slightly different regions: shift and scale in shares of its side, turn in radians. */
const LOOKS = [
  { across: 0, down: 0, scale: 1, turn: 0 },
  { across: 0.03, down: 0, scale: 0.92, turn: 0.06 },
  { across: -0.03, down: 0.02, scale: 1.08, turn: -0.06 },
  { across: 0, down: -0.03, scale: 0.97, turn: 0.1 },
  { across: 0, down: 0.03, scale: 1.03, turn: -0.1 },
] as const;
/** Far looks tell true faces from covered and imagined ones, but are not averaged. */
const FAR_LOOKS = [
  { across: 0, down: 0, scale: 0.82, turn: 0 },
  { across: 0, down: 0, scale: 1.25, turn: 0 },
] as const;

interface Candidate extends FaceLandmarks {
  readonly detection: FaceDetection;
}

/** Finds the face in a portrait and cuts it out; the networks are loaded once and serve any number of portraits. */
export class PortraitAnalyser implements Closable {
  readonly #scope: Scope;
  readonly #landmarker: FaceLandmarker;
  readonly #matte: PersonMatte;

  private constructor(scope: Scope, landmarker: FaceLandmarker, matte: PersonMatte) {
    this.#scope = scope;
    this.#landmarker = landmarker;
    this.#matte = matte;
  }

  /** @throws AvatarError `BUNDLE_INCOMPLETE` or `BUNDLE_FOREIGN` when the packages with the networks are damaged. */
  static async open(): Promise<PortraitAnalyser> {
    const assets = await readFaceAssets();
    const scope = new Scope();
    const landmarker = scope.own(await FaceLandmarker.open(assets));
    return new PortraitAnalyser(scope, landmarker, scope.own(await PersonMatte.open(assets)));
  }

  get landmarker(): FaceLandmarker {
    return this.#landmarker;
  }

  /**
   * @param bytes - a JPEG, PNG, WebP or AVIF file.
   * @throws AvatarError `IMAGE_…` when it cannot be read, `FACE_…` when it shows no usable face; the signal's reason
   * when aborted.
   */
  async analyse(bytes: Uint8Array, options: AnalyseOptions = {}): Promise<PortraitAnalysis> {
    const begin = (stage: AnalyseStage, done: number): void => {
      options.signal?.throwIfAborted();
      options.onProgress?.({ stage, done });
    };
    begin('decode', 0);
    const image = await PortraitImage.open(bytes);
    const overview = await image.overview(OVERVIEW_SIDE_PX);
    begin('detect', 0.2);
    const [main, ...others] = await this.#faces(overview);
    if (main === undefined) throw noFace('nothing in the picture looks like one');
    const quarterTurns = quarterTurnsOf(regionAround(main.points).angle);
    const upright = image.turned(quarterTurns);
    const scale = image.widthPx / overview.widthPx;
    const roughly = turnedLandmarks(main.points, quarterTurns, overview, scale);
    begin('crop', 0.4);
    const framing = frameHead(fitHeadPose(roughly, this.#landmarker.canonical), upright.widthPx, upright.heightPx);
    const { square } = framing;
    const sizePx = workingSizePx(square.sidePx);
    const crop = await upright.crop(square, sizePx);
    begin('landmarks', 0.6);
    const zoom = sizePx / square.sidePx;
    const placed = roughly.map((value, at) => zoom * (value - [square.leftPx, square.topPx, 0][at % 3]!));
    const { landmarks, faceFlag, spread } = await this.#look(crop, regionAround(placed));
    const pose = fitHeadPose(landmarks, this.#landmarker.canonical);
    const light = measureFaceLight(crop, landmarks);
    const faceWidthPx = span(landmarks, 234, 454) / zoom;
    const warnings = judgeFace({
      detectorScore: main.detection.score,
      faceFlag,
      faceWidthPx,
      ...pose,
      jitterPercent: spread.allPercent,
      mouthJitterPercent: spread.mouthPercent,
      eyeContrast: Math.min(eyeContrast(crop, landmarks, RIGHT_EYE), eyeContrast(crop, landmarks, LEFT_EYE)),
      faceLuma: light.luma,
      faceContrast: light.contrast,
      insideShare: insideShare(landmarks, square, zoom, upright),
      rivalWidth: Math.max(0, ...others.map(({ points }) => span(points, 234, 454) / span(main.points, 234, 454))),
      eyeOpening: eyeOpening(landmarks),
      mouthOpening: span(landmarks, 13, 14) / span(landmarks, 78, 308),
      cutsHead: framing.cutsHead,
      quarterTurns,
    });
    begin('matte', 0.8);
    const matte = await this.#matte.matte(crop);
    keepPersonOf(matte, sizePx, landmarks);
    options.signal?.throwIfAborted();
    return {
      sizePx,
      rgba: crop.rgba,
      matte,
      landmarks,
      pose,
      canonical: this.#landmarker.canonical,
      quality: {
        detectorScore: main.detection.score,
        faceFlag,
        faceWidthPx,
        jitterPercent: spread.allPercent,
        faceLuma: light.luma,
        faceCount: 1 + others.length,
      },
      source: {
        widthPx: image.widthPx,
        heightPx: image.heightPx,
        format: image.format,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        quarterTurns,
        cropLeftPx: square.leftPx,
        cropTopPx: square.topPx,
        cropSidePx: square.sidePx,
      },
      warnings,
    };
  }

  close(): Promise<void> {
    return this.#scope.close();
  }

  /** @returns faces the landmark net confirms, the main one first. */
  async #faces(overview: Picture): Promise<Candidate[]> {
    let detections = await this.#landmarker.detect(overview, wholeTurned(overview), LOWEST_DETECTION);
    if ((detections[0]?.score ?? 0) < SURE_DETECTION) {
      const closer = await this.#landmarker.detect(overview, quarters(overview), LOWEST_DETECTION);
      detections = [...detections, ...closer].sort((a, b) => b.score - a.score);
    }
    const confirmed: Candidate[] = [];
    for (const detection of detections.slice(0, CANDIDATE_LIMIT)) {
      const found = await this.#landmarker.landmarks(overview, regionOfDetection(detection), 3);
      const known = confirmed.some(
        ({ points }) =>
          Math.hypot(points[3]! - found.points[3]!, points[4]! - found.points[4]!) < span(points, 33, 263),
      );
      if (found.faceFlag > 0.5 && !known) confirmed.push({ detection, ...found });
    }
    const sure = confirmed.filter(({ detection }) => detection.score >= SURE_DETECTION);
    const bySize = (a: Candidate, b: Candidate): number => span(b.points, 234, 454) - span(a.points, 234, 454);
    if (sure.length > 0) return sure.sort(bySize);
    return confirmed.slice(0, 1);
  }

  async #look(
    crop: Picture,
    start: SquareRegion,
  ): Promise<{ landmarks: Float32Array; faceFlag: number; spread: LandmarkSpread }> {
    const first = await this.#landmarker.landmarksIn(crop, start);
    const base = regionAround(first.points);
    const looks: Float32Array[] = [];
    let faceFlag = first.faceFlag;
    for (const { across, down, scale, turn } of [...LOOKS, ...FAR_LOOKS]) {
      const found = await this.#landmarker.landmarksIn(crop, {
        centreX: base.centreX + across * base.sidePx,
        centreY: base.centreY + down * base.sidePx,
        sidePx: base.sidePx * scale,
        angle: base.angle + turn,
      });
      looks.push(found.points);
      faceFlag = Math.min(faceFlag, found.faceFlag);
    }
    const landmarks = meanLandmarks(looks.slice(0, LOOKS.length));
    return { landmarks, faceFlag, spread: landmarkSpread(looks, meanLandmarks(looks)) };
  }
}

/** The whole picture in four rotations: the detector only knows upright faces. */
function wholeTurned({ widthPx, heightPx }: Picture): SquareRegion[] {
  return [0, 1, 2, 3].map((turns) => ({
    centreX: widthPx / 2,
    centreY: heightPx / 2,
    sidePx: Math.max(widthPx, heightPx),
    angle: (turns * Math.PI) / 2,
  }));
}

/** Overlapping squares of half the shorter side, for faces too small to be seen in the whole. */
function quarters({ widthPx, heightPx }: Picture): SquareRegion[] {
  const sidePx = Math.min(widthPx, heightPx) / 2;
  const regions: SquareRegion[] = [];
  for (let centreY = sidePx / 2; centreY <= heightPx - sidePx / 2 + 1; centreY += sidePx / 2) {
    for (let centreX = sidePx / 2; centreX <= widthPx - sidePx / 2 + 1; centreX += sidePx / 2) {
      regions.push({ centreX, centreY, sidePx, angle: 0 });
    }
  }
  return regions;
}

/** @returns the clockwise turns of the picture that bring a face at `angle` upright. */
function quarterTurnsOf(angle: number): 0 | 1 | 2 | 3 {
  return ((4 - Math.round(angle / (Math.PI / 2))) % 4) as 0 | 1 | 2 | 3;
}

/** @returns the landmarks in the turned picture, enlarged by `scale`. */
function turnedLandmarks(points: Float32Array, turns: 0 | 1 | 2 | 3, picture: Picture, scale: number): Float32Array {
  const { widthPx, heightPx } = picture;
  const turned = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 3) {
    const [x, y] = [points[at]!, points[at + 1]!];
    const [u, v] =
      turns === 0
        ? [x, y]
        : turns === 1
          ? [heightPx - y, x]
          : turns === 2
            ? [widthPx - x, heightPx - y]
            : [y, widthPx - x];
    turned[at] = u * scale;
    turned[at + 1] = v * scale;
    turned[at + 2] = points[at + 2]! * scale;
  }
  return turned;
}

function span(points: Float32Array, from: number, to: number): number {
  return Math.hypot(points[3 * to]! - points[3 * from]!, points[3 * to + 1]! - points[3 * from + 1]!);
}

function insideShare(
  landmarks: Float32Array,
  square: { readonly leftPx: number; readonly topPx: number },
  zoom: number,
  upright: PortraitImage,
): number {
  const inside = FACE_OVAL.filter((point) => {
    const x = square.leftPx + landmarks[3 * point]! / zoom;
    const y = square.topPx + landmarks[3 * point + 1]! / zoom;
    return x >= 0 && y >= 0 && x <= upright.widthPx && y <= upright.heightPx;
  });
  return inside.length / FACE_OVAL.length;
}

const RIGHT_EYE = [...RIGHT_EYE_UPPER, ...RIGHT_EYE_LOWER.toReversed()];
const LEFT_EYE = [...LEFT_EYE_UPPER, ...LEFT_EYE_LOWER.toReversed()];

function eyeContrast(crop: Picture, landmarks: Float32Array, outline: readonly number[]): number {
  return measureFaceLight(crop, landmarks, outline, 1).contrast;
}

function eyeOpening(landmarks: Float32Array): number {
  const opening = (upper: readonly number[], lower: readonly number[]): number =>
    span(landmarks, upper[4] ?? 0, lower[4] ?? 0) / span(landmarks, upper[0] ?? 0, upper[8] ?? 0);
  return Math.max(opening(RIGHT_EYE_UPPER, RIGHT_EYE_LOWER), opening(LEFT_EYE_UPPER, LEFT_EYE_LOWER));
}
