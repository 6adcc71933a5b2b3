import { mediaTimeUs } from '../../base/timeline.ts';
import type { FaceDecoder } from '../../media/face-codec.ts';
import { MOTION_INDEX, restMotion } from '../../media/motion-space.ts';
import { eyeRingColour } from '../../media/portrait/eye-ring.ts';
import { polygonMask } from '../../media/portrait/polygon.ts';
import { LEFT_EYE, RIGHT_EYE, type EyePoints } from '../../media/portrait/topology.ts';

type Point = readonly [x: number, y: number];
type Lab = readonly [lightness: number, a: number, b: number];

export interface LidColour {
  /** CIE 1976 colour difference between the mean of the lid and the mean of the skin around the eye. */
  readonly difference: number;
  /** Lightness (L*) of the lid less that of the skin. */
  readonly lighter: number;
}

/**
 * Draws a face with its eyes shut, and compares the lids with the skin in a ring around each eye.
 * @param landmarks - `[478, 3]` pixels of the drawn picture, of the same face at rest. @returns the right eye first.
 */
export function shutLidColours(decoder: FaceDecoder, landmarks: Float32Array): readonly LidColour[] {
  const motion = restMotion();
  motion[MOTION_INDEX.eyeBlinkLeft] = 1;
  motion[MOTION_INDEX.eyeBlinkRight] = 1;
  const rgba = new Uint8Array(decoder.widthPx * decoder.heightPx * 4);
  decoder.drawRgba(motion, mediaTimeUs(0), rgba);
  return [RIGHT_EYE, LEFT_EYE].map((eye) => lidColour(rgba, decoder.widthPx, landmarks, eye));
}

function lidColour(shut: Uint8Array, sizePx: number, landmarks: Float32Array, eye: EyePoints): LidColour {
  const at = (point: number): Point => [landmarks[point * 3]!, landmarks[point * 3 + 1]!];
  const towards = ([ax, ay]: Point, [bx, by]: Point, share: number): Point => [
    ax + (bx - ax) * share,
    ay + (by - ay) * share,
  ];
  // Between crease and lashes, without either.
  const rows = [2, 3, 4, 5, 6];
  const lid = polygonMask(
    [
      ...rows.map((row) => towards(at(eye.upper[row]!), at(eye.upperSecond[row]!), 0.6)),
      ...rows.map((row) => towards(at(eye.upper[row]!), at(eye.lower[row]!), 0.62)).reverse(),
    ],
    sizePx,
  );
  const ring = eyeRingColour(shut, sizePx, landmarks, eye);
  const [lidLab, ringLab] = [labOf(meanOf(shut, lid)), labOf(ring)];
  return {
    difference: Math.hypot(...[0, 1, 2].map((axis) => lidLab[axis]! - ringLab[axis]!)),
    lighter: lidLab[0] - ringLab[0],
  };
}

function meanOf(rgba: Uint8Array, mask: Uint8Array): readonly number[] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] !== 1) continue;
    for (let channel = 0; channel < 3; channel++) sums[channel]! += rgba[pixel * 4 + channel]!;
    count++;
  }
  return sums.map((sum) => sum / Math.max(1, count));
}

/** sRGB 0..255 to CIE 1976 L*a*b* under D65. */
function labOf(rgb: readonly number[]): Lab {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const root = (value: number): number => (value > 216 / 24389 ? Math.cbrt(value) : ((24389 / 27) * value + 16) / 116);
  const x = root((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
  const y = root(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
  const z = root((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
