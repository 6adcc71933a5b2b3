import { clamp, smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts } from '../appearance.ts';
import { MOTION_INDEX } from '../motion-space.ts';

/** Columns along the lips: a vertex for each point of their inner edges. */
export const LIP_COLUMNS = 10;
/** Lips this far apart, cm, are closed, and so far their corner shows what is behind. */
const CLOSED_CM = 0.01;
const APART_CM = 0.07;

/** The hole between the lips as it is drawn in one frame; places in pixels of the picture. */
export class MouthOpening {
  /** `[11, 2]` */
  readonly upper = new Float32Array(2 * (LIP_COLUMNS + 1));
  readonly lower = new Float32Array(2 * (LIP_COLUMNS + 1));
  /** `[11]` cm from upper to lower edge; below 0 where the lips overlap. */
  readonly gapsCm = new Float32Array(LIP_COLUMNS + 1);
  /** `[11]` 0..1: how far a column shows what is behind the lips. */
  readonly shown = new Float32Array(LIP_COLUMNS + 1);
  /** The widest of the gaps. */
  openCm = 0;
  /** 0 while lips are closed: then nothing may show through the hair's breadth between them, and nothing is drawn. */
  visible = 0;
  /** 0..1: how far the lips are rounded by funnel and pucker. */
  round = 0;
  /** Along the mouth from the person's right corner to their left, a unit vector; and its length. */
  alongX = 1;
  alongY = 0;
  widthCm = 1;
  private readonly facts: AppearanceFacts;

  constructor(facts: AppearanceFacts) {
    this.facts = facts;
  }

  /** @param weights - of all shapes, as they are summed. */
  roundBy(weights: Float32Array): void {
    this.round = clamp(weights[MOTION_INDEX.mouthFunnel]! + weights[MOTION_INDEX.mouthPucker]!, 0, 1);
  }

  update(places: Float32Array): void {
    const { mouth, pose } = this.facts;
    const { gapsCm, lower, shown, upper } = this;
    for (let column = 0; column <= LIP_COLUMNS; column++) {
      for (let axis = 0; axis < 2; axis++) {
        upper[column * 2 + axis] = places[mouth.upperInner[column]! * 2 + axis]!;
        lower[column * 2 + axis] = places[mouth.lowerInner[column]! * 2 + axis]!;
      }
    }
    const alongX = upper[LIP_COLUMNS * 2]! - upper[0]!;
    const alongY = upper[LIP_COLUMNS * 2 + 1]! - upper[1]!;
    const widthPx = Math.sqrt(alongX * alongX + alongY * alongY) || 1;
    this.alongX = alongX / widthPx;
    this.alongY = alongY / widthPx;
    this.widthCm = widthPx / pose.scalePxPerCm;
    this.openCm = 0;
    for (let column = 0; column <= LIP_COLUMNS; column++) {
      const dx = lower[column * 2]! - upper[column * 2]!;
      const dy = lower[column * 2 + 1]! - upper[column * 2 + 1]!;
      const gap = (dy * this.alongX - dx * this.alongY) / pose.scalePxPerCm;
      gapsCm[column] = gap;
      shown[column] = smoothstep(CLOSED_CM, APART_CM, gap);
      this.openCm = Math.max(this.openCm, gap);
    }
    this.visible = smoothstep(CLOSED_CM, APART_CM, this.openCm);
    shown[0] = shown[LIP_COLUMNS] = this.visible;
  }
}
