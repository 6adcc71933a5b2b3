import { boxBlur } from './inpaint.ts';
import { FACE_OVAL } from './landmark-groups.ts';
import { ringAround } from './mesh.ts';
import type { SplitPicture } from './plate.ts';
import { polygonMask } from './polygon.ts';
import { headPointAt, type HeadPose } from './pose.ts';
import type { SkinTone } from './skin-tone.ts';

/** Lower than this (head axes, cm) the jaw shades what lies behind it: what is brighter than this share of the skin is a collar. */
const SHADE_CM = -3.5;
const BRIGHT = 1.08;
/** A collar may reach this far into the outline of the face, cm, and must go on outside within the other distance. */
const INSIDE_CM = 0.5;
const OUTSIDE_CM = 0.15;
const REACH_CM = 0.4;
const LEAST_SHARE = 0.06;

/**
 * Finds a bright collar that touches the jaw. It belongs to the body: on the face it would go along as a white scrap.
 * @returns `[size, size]` 1 on the collar, along the outline of the face.
 */
export function collarAtJaw(
  { alpha, person }: SplitPicture,
  landmarks: Float32Array,
  tone: SkinTone,
  pose: HeadPose,
): Uint8Array {
  const size = Math.sqrt(alpha.length);
  const oval = FACE_OVAL.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const);
  const inner = polygonMask(ringAround(oval, -INSIDE_CM * pose.pxPerCm), size);
  const outer = polygonMask(ringAround(oval, OUTSIDE_CM * pose.pxPerCm), size);
  const bright = new Uint8Array(alpha.length);
  const beyond = new Float32Array(alpha.length);
  for (let at = 0; at < alpha.length; at++) {
    if (inner[at] === 1 || alpha[at]! < 0.5) continue;
    const luma = (person[at * 3]! + person[at * 3 + 1]! + person[at * 3 + 2]!) / 3;
    if (luma < BRIGHT * tone.luma || headPointAt(at % size, Math.floor(at / size), 0, pose)[1] > SHADE_CM) continue;
    bright[at] = 1;
    beyond[at] = 1 - outer[at]!;
  }
  const near = boxBlur(beyond, size, size, Math.max(1, Math.round(REACH_CM * pose.pxPerCm)));
  return bright.map((value, at) => (value === 1 && near[at]! > LEAST_SHARE ? 1 : 0));
}
