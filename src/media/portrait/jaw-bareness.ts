import { smoothstep } from '../../base/ramp.ts';
import { boxBlur, sampleAt } from './inpaint.ts';
import { FACE_OVAL } from './landmark-groups.ts';
import { ringAround } from './mesh.ts';
import type { SplitPicture } from './plate.ts';
import type { HeadPose } from './pose.ts';

/** Colours further apart than this (0..255 a channel, root mean square) are not both skin. */
const SAME_SKIN = 28;
const OTHER_STUFF = 62;

/**
 * What lies against the jaw: where it is background or skin, a turn uncovers more skin; where it is hair or a collar,
 * those go on behind the jaw.
 * @returns for each point of the outline, 0 hair or cloth .. 1 bare.
 */
export function jawBareness({ person, alpha }: SplitPicture, landmarks: Float32Array, pose: HeadPose): number[] {
  const size = Math.sqrt(alpha.length);
  const oval = FACE_OVAL.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const);
  const outside = ringAround(oval, 0.55 * pose.pxPerCm);
  const inside = ringAround(oval, -0.9 * pose.pxPerCm);
  const raw = oval.map((_, index) => {
    const [outX, outY] = outside[index]!;
    const [inX, inY] = inside[index]!;
    let square = 0;
    for (let channel = 0; channel < 3; channel++) {
      const difference =
        sampleAt(person, size, size, 3, channel, outX, outY) - sampleAt(person, size, size, 3, channel, inX, inY);
      square += (difference * difference) / 3;
    }
    const covered = sampleAt(alpha, size, size, 1, 0, outX, outY);
    // On the side that the portrait itself turns away, the outline is no skin to go on from.
    const away = (outX - inX) * pose.yawDeg > 0 ? smoothstep(7.5, 9.5, Math.abs(pose.yawDeg)) : 0;
    return (1 - covered * smoothstep(SAME_SKIN, OTHER_STUFF, Math.sqrt(square))) * (1 - away);
  });
  // Half bare would be half clear, which no jaw is.
  return Array.from(boxBlur(Float32Array.from(raw), raw.length, 1, 1), (bare) => smoothstep(0.35, 0.65, bare));
}
