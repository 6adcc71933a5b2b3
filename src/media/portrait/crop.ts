import type { HeadPose } from './pose.ts';

/** A square in upright source pixels; it may reach over the picture's edge. */
export interface CropSquare {
  readonly leftPx: number;
  readonly topPx: number;
  readonly sidePx: number;
}

export interface Framing {
  readonly square: CropSquare;
  /** Whether the picture ends so close to the face that the head cannot be whole. */
  readonly cutsHead: boolean;
}

// Centimetres in canonical head size, whose face is 15 wide and 17 high: hair ends about 13 above the origin and
// shoulders fill the lower third, the framing of a portrait on a video call.
const WISHED_SIDE_CM = 38;
const LOWEST_SIDE_CM = 23;
const CENTRE_BELOW_ORIGIN_CM = 1.5;
const HEAD_TOP_CM = 12;

const LOWEST_SIZE_PX = 512;
/** 1.6 texels a pixel of a 512 picture, 1.16 of the largest: more would be drawn smaller, and cost time and memory. */
const HIGHEST_SIZE_PX = 832;

/** @returns the head-and-shoulders square around a face, inside the picture where that is possible. */
export function frameHead(pose: Pick<HeadPose, 'originPx' | 'pxPerCm'>, widthPx: number, heightPx: number): Framing {
  const { pxPerCm } = pose;
  const [x, upwards] = pose.originPx;
  const y = -upwards;
  const wished = Math.min(WISHED_SIDE_CM * pxPerCm, widthPx, heightPx);
  const sidePx = Math.round(Math.max(wished, LOWEST_SIDE_CM * pxPerCm));
  const place = (centre: number, lengthPx: number): number => {
    const start = Math.round(centre - sidePx / 2);
    return sidePx > lengthPx ? start : Math.max(0, Math.min(lengthPx - sidePx, start));
  };
  return {
    square: { leftPx: place(x, widthPx), topPx: place(y + CENTRE_BELOW_ORIGIN_CM * pxPerCm, heightPx), sidePx },
    cutsHead: wished < LOWEST_SIDE_CM * pxPerCm || y - HEAD_TOP_CM * pxPerCm < -pxPerCm,
  };
}

/** @returns the side of the crop that is worked on: source resolution within 512..832, a multiple of 8. */
export function workingSizePx(sidePx: number): number {
  return Math.max(LOWEST_SIZE_PX, Math.min(HIGHEST_SIZE_PX, Math.round(sidePx / 8) * 8));
}
