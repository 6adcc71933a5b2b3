import { smoothstep } from '../../base/ramp.ts';
import { boxBlur } from './inpaint.ts';
import { FACE_OVAL } from './landmark-groups.ts';
import type { SplitPicture } from './plate.ts';
import { polygonMask } from './polygon.ts';
import { headPointAt, type HeadPose } from './pose.ts';
import { isSkin, type SkinTone } from './skin-tone.ts';

/** From this turn on, degrees, the far ear is hidden and nothing but background lies beside the far cheek. */
const TURNED_DEG = [7.5, 10] as const;
/** The matte ends this near the outline, cm, or what lies there is hair or cloth and belongs to the person. */
const REACH_CM = 1.8;
const ENDED = 0.3;
/** Head axes, cm: above the lobe an ear or hair may still look out; below the second height the neck begins, and nothing is taken away below the third. */
const LOBE_CM = -1.5;
const NECK_CM = -7;
const END_CM = -9.5;
/** Above the second height the neck's edge runs in behind the jaw, so many cm for each one up. */
const NECK_SLOPE = 0.8;
/** How far from the middle of the face, cm: nearer lies the neck. */
const SIDE_CM = 2.6;

/**
 * Takes away what a matte leaves of the background beside a cheek that the portrait turns away: a head that turns back
 * would uncover it as a second cheek.
 * @returns the picture with a narrower `alpha`.
 */
export function withoutFarSide(
  split: SplitPicture,
  landmarks: Float32Array,
  tone: SkinTone,
  pose: HeadPose,
): SplitPicture {
  const turned = smoothstep(TURNED_DEG[0], TURNED_DEG[1], Math.abs(pose.yawDeg));
  if (turned === 0) return split;
  const { person } = split;
  const size = Math.sqrt(split.alpha.length);
  const oval = FACE_OVAL.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const);
  const inner = polygonMask(oval, size);
  const gone = new Float32Array(inner.length);
  const reach = Math.round(REACH_CM * pose.pxPerCm);
  const step = Math.sign(pose.yawDeg);
  // From below: where the neck's edge is at its top, from which a slope leads in behind the jaw.
  let neckAside = 0;
  for (let y = size - 1; y >= 0; y--) {
    const start = outermost(inner, y, size, step);
    if (start < 0) continue;
    let end = start + step;
    while (Math.abs(end - start) < reach && end > 0 && end < size - 1 && split.alpha[y * size + end]! > ENDED)
      end += step;
    if (Math.abs(end - start) >= reach) continue;
    const [endX, endY] = headPointAt(end, y, 0, pose);
    if (endY < NECK_CM) neckAside = endX * step;
    for (let count = 0; count < reach; count++) {
      const x = start + (count + 1) * step;
      if (x < 0 || x >= size) break;
      const [headX, headY] = headPointAt(x, y, 0, pose);
      const aside = headX * step;
      if (aside < SIDE_CM || headY < END_CM || headY > LOBE_CM) continue;
      const neck = aside < neckAside - NECK_SLOPE * Math.max(0, headY - NECK_CM);
      if ((headY < NECK_CM || neck) && isSkin(person, (y * size + x) * 3, tone)) continue;
      const low = smoothstep(END_CM, END_CM + 0.8, headY) * smoothstep(LOBE_CM, LOBE_CM - 0.6, headY);
      gone[y * size + x] = smoothstep(SIDE_CM, SIDE_CM + 0.6, aside) * low;
    }
  }
  const soft = boxBlur(gone, size, size, Math.max(1, Math.round(0.1 * pose.pxPerCm)));
  return { ...split, alpha: split.alpha.map((value, at) => value * (1 - turned * soft[at]!)) };
}

/** @returns the last column of a row that lies in the mask, seen in the direction of `step`; -1 where none does. */
function outermost(mask: Uint8Array, y: number, size: number, step: number): number {
  for (let x = step > 0 ? size - 1 : 0; x >= 0 && x < size; x -= step) if (mask[y * size + x] === 1) return x;
  return -1;
}
