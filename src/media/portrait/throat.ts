import { smoothstep } from '../../base/ramp.ts';
import { boxBlur, sampleAt } from './inpaint.ts';
import type { SplitPicture } from './plate.ts';
import { headPointAt, type HeadPose } from './pose.ts';
import type { SkinTone } from './skin-tone.ts';

/** The throat lies under the chin's shadow: its brightness as shares of the face's, and how far its hue may be off. */
const BRIGHTNESS = [0.16, 1.22] as const;
const HUE = 0.26;
/** Head axes, cm: no throat above this. */
const TOP_CM = -4;
/** A point counts as throat only where all around it is. */
const AROUND_CM = 0.75;
/** Skin that starts at the jaw stretches over about this distance. */
const STRETCH_CM = 2.6;

/** At the jaw itself it goes along this much: all of it would bend a thin neck sideways in a turn. */
const MOST = 0.78;

/** How much of the skin under the jaw goes along with it: 0 where a collar, hair or nothing lies .. 1 at the jaw. */
export type ThroatHold = (x: number, y: number, distanceCm: number) => number;

/** Skin between jaw and collar stretches with the jaw instead of being uncovered by it. */
export function throatHold({ alpha, person }: SplitPicture, tone: SkinTone, pose: HeadPose): ThroatHold {
  const size = Math.sqrt(alpha.length);
  const skin = new Float32Array(alpha.length);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (alpha[at]! < 0.5 || headPointAt(x, y, 0, pose)[1] > TOP_CM) continue;
      skin[at] = isThroat(person, at * 3, tone) ? 1 : 0;
    }
  }
  const around = boxBlur(skin, size, size, Math.max(1, Math.round(AROUND_CM * pose.pxPerCm)));
  return (x, y, distanceCm) =>
    MOST *
    smoothstep(0.45, 0.92, sampleAt(around, size, size, 1, 0, x, y)) *
    Math.exp(-((Math.max(0, distanceCm) / STRETCH_CM) ** 2));
}

function isThroat(colours: Float32Array, at: number, tone: SkinTone): boolean {
  const luma = (colours[at]! + colours[at + 1]! + colours[at + 2]!) / 3;
  if (luma < BRIGHTNESS[0] * tone.luma || luma > BRIGHTNESS[1] * tone.luma) return false;
  let apart = 0;
  for (let channel = 0; channel < 3; channel++)
    apart = Math.max(apart, Math.abs(colours[at + channel]! / luma - tone.colour[channel]! / tone.luma));
  return apart < HUE;
}
