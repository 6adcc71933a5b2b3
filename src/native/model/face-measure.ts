import type { Closable } from '../../base/lifecycle.ts';
import type { CanonicalFace } from '../../media/portrait/canonical-face.ts';
import { readFace, type FaceReading } from '../../media/portrait/face-reading.ts';
import { meanLandmarks } from '../../media/portrait/landmark-stability.ts';
import type { Picture, SquareRegion } from '../../media/portrait/picture.ts';
import { FaceLandmarker, regionAround, regionOfDetection } from './face-landmarks.ts';

/** A face that was found in a picture, and what its landmarks say. */
export interface MeasuredFace {
  /** `[478, 3]` pixels. */
  readonly landmarks: Float32Array;
  readonly reading: FaceReading;
  /** 0..1: whether the net believes that this is a face. */
  readonly faceFlag: number;
}

export interface MeasureOptions {
  /** Looks that are averaged: 1 is quick, 4 halves the net's own noise. */
  readonly looks?: number;
}

const DEFAULT_LOOKS = 3;
/** Small differences between looks, in shares of the region's side and in radians. */
const OFFSETS = [
  { across: 0, down: 0, scale: 1, turn: 0 },
  { across: 0.02, down: -0.02, scale: 1.05, turn: 0.04 },
  { across: -0.02, down: 0.02, scale: 0.95, turn: -0.04 },
  { across: 0.02, down: 0.02, scale: 1.02, turn: -0.02 },
  { across: -0.02, down: -0.02, scale: 0.98, turn: 0.02 },
] as const;

/** Reads drawn and filmed faces back: the instrument of closed loops. */
export class FaceMeasurer implements Closable {
  readonly #landmarker: FaceLandmarker;
  #last: SquareRegion | undefined;

  private constructor(landmarker: FaceLandmarker) {
    this.#landmarker = landmarker;
  }

  /** @throws AvatarError `BUNDLE_…` when the package with the networks is damaged. */
  static async open(): Promise<FaceMeasurer> {
    return new FaceMeasurer(await FaceLandmarker.open());
  }

  /** @param landmarker - stays its owner's to close; nobody else may look for faces at the same time. */
  static with(landmarker: FaceLandmarker): FaceMeasurer {
    return new FaceMeasurer(landmarker);
  }

  get canonical(): CanonicalFace {
    return this.#landmarker.canonical;
  }

  /**
   * Finds the face near where it was in the picture before, or anywhere.
   * @returns undefined when there is none.
   */
  async measure(picture: Picture, { looks = DEFAULT_LOOKS }: MeasureOptions = {}): Promise<MeasuredFace | undefined> {
    const start = (await this.#follow(picture)) ?? (await this.#find(picture));
    if (start === undefined) {
      this.#last = undefined;
      return undefined;
    }
    const points: Float32Array[] = [];
    let faceFlag = 1;
    for (const { across, down, scale, turn } of OFFSETS.slice(0, looks)) {
      const found = await this.#landmarker.landmarksIn(picture, {
        centreX: start.centreX + across * start.sidePx,
        centreY: start.centreY + down * start.sidePx,
        sidePx: start.sidePx * scale,
        angle: start.angle + turn,
      });
      points.push(found.points);
      faceFlag = Math.min(faceFlag, found.faceFlag);
    }
    const landmarks = meanLandmarks(points);
    this.#last = regionAround(landmarks);
    return { landmarks, reading: readFace(landmarks, this.#landmarker.canonical), faceFlag };
  }

  /** The next picture shows another face: where the last one was says nothing, and would lean what is read. */
  forget(): void {
    this.#last = undefined;
  }

  close(): Promise<void> {
    return this.#landmarker.close();
  }

  async #follow(picture: Picture): Promise<SquareRegion | undefined> {
    if (this.#last === undefined) return undefined;
    const { faceFlag, points } = await this.#landmarker.landmarksIn(picture, this.#last);
    return faceFlag > 0.5 ? regionAround(points) : undefined;
  }

  async #find(picture: Picture): Promise<SquareRegion | undefined> {
    const { widthPx, heightPx } = picture;
    const whole = { centreX: widthPx / 2, centreY: heightPx / 2, sidePx: Math.max(widthPx, heightPx), angle: 0 };
    const middle = { ...whole, sidePx: Math.min(widthPx, heightPx) * 0.7 };
    const [face] = await this.#landmarker.detect(picture, [whole, middle], 0.5);
    if (face === undefined) return undefined;
    const { faceFlag, points } = await this.#landmarker.landmarks(picture, regionOfDetection(face), 2);
    return faceFlag > 0.5 ? regionAround(points) : undefined;
  }
}
