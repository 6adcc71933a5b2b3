import { smoothstep } from '../../base/ramp.ts';
import { boxBlur, sampleAt } from './inpaint.ts';
import { FACE_OVAL } from './landmark-groups.ts';
import { ringAround } from './mesh.ts';
import type { SplitPicture } from './plate.ts';
import { headPointAt, type HeadPose } from './pose.ts';

/** Cheeks that the portrait turns away may go on this far past their landmarks, looked for in such steps. */
const REACH_CM = 1.3;
const STEP_CM = 0.1;
/** Colour changes (0..255, root mean square) that end a cheek: in one step, and from inside the face on. */
const EDGE = 19;
const OTHER = 70;
/** What is found is the edge's beginning; the outline lies a little before it. */
const BACK_CM = 0.1;
/** A jaw's edge is looked for this near, where its outline runs upwards: between these heights, head axes, cm. */
const JAW_REACH_CM = 0.6;
const JAW_CM = [-1.2, -9] as const;
const SIDEWAYS = 0.45;
const CORNER_CM = -5.5;
/** How fast the surface falls back beyond the landmarks. */
const SLOPE = 0.8;

/**
 * Landmarks of a cheek that is turned away lie inside its outline in the picture. Left so, the rest of the cheek would
 * stay behind as a second one when the head turns back.
 * @param landmarks - `[478, 3]`. @returns the same with the outline moved out to where the cheek ends.
 */
export function withFarOutline(landmarks: Float32Array, { alpha, person }: SplitPicture, pose: HeadPose): Float32Array {
  const turned = smoothstep(5, 11, Math.abs(pose.yawDeg));
  const size = Math.sqrt(alpha.length);
  const cm = pose.pxPerCm;
  const oval = FACE_OVAL.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const);
  const normals = ringAround(oval, 1).map(([x, y], index) => [x - oval[index]![0], y - oval[index]![1]] as const);
  const found = normals.map(([nx, ny], index) => {
    const away = nx * Math.sign(pose.yawDeg);
    const [x, y] = oval[index]!;
    if (turned === 0 || away < 0.35) return 0;
    return (
      turned *
      away *
      cheekEnd((along, channel) => {
        const values = channel < 3 ? person : alpha;
        let sum = 0;
        // Along the outline a little, or cracks in the paint would be edges.
        for (const aside of [-0.16, -0.08, 0, 0.08, 0.16]) {
          const px = x + (nx * along - ny * aside) * cm;
          const py = y + (ny * along + nx * aside) * cm;
          sum += sampleAt(values, size, size, channel < 3 ? 3 : 1, channel % 3, px, py) / 5;
        }
        return sum;
      })
    );
  });
  // A single strand of hair decides nothing.
  const medians = found.map((_, index) => {
    const around = [-2, -1, 0, 1, 2].map((step) => found[(index + step + found.length) % found.length]!);
    return around.sort((a, b) => a - b)[2]!;
  });
  const smooth = boxBlur(Float32Array.from([...medians, ...medians, ...medians]), 3 * found.length, 1, 1);
  const jaw = carriedOn(normals.map((normal, index) => toEdge(oval[index]!, normal, alpha, size, pose)));
  const moved = landmarks.slice();
  FACE_OVAL.forEach((point, index) => {
    const distance = Math.max(smooth[found.length + index]!, jaw[index]!) * cm;
    moved[point * 3]! += normals[index]![0] * distance;
    moved[point * 3 + 1]! += normals[index]![1] * distance;
    moved[point * 3 + 2]! += SLOPE * distance;
  });
  return moved;
}

/**
 * @returns how far beyond a jaw's landmark the person ends, cm; 0 where that is not close by. A strip of the jaw that is left
 * to the body would stay behind as a spur when the head turns.
 */
function toEdge(
  [x, y]: readonly [number, number],
  [nx, ny]: readonly [number, number],
  alpha: Float32Array,
  size: number,
  pose: HeadPose,
): number {
  const height = headPointAt(x, y, 0, pose)[1];
  if (Math.abs(nx) < SIDEWAYS || height > JAW_CM[0] || height < JAW_CM[1]) return 0;
  for (let along = 0; along <= JAW_REACH_CM; along += STEP_CM / 2) {
    const px = x + nx * along * pose.pxPerCm;
    if (sampleAt(alpha, size, size, 1, 0, px, y + ny * along * pose.pxPerCm) < 0.5) return along;
    // At the corner of the jaw the neck lies below, and the edge beside.
    const beside = x + (Math.sign(nx) * along * pose.pxPerCm) / Math.abs(nx);
    if (height > CORNER_CM && sampleAt(alpha, size, size, 1, 0, beside, y) < 0.5) return along;
  }
  return 0;
}

/** Where no edge is near, as on the neck, the jaw goes on from its neighbours little by little: a step would be a notch in it. */
function carriedOn(found: readonly number[]): number[] {
  const count = found.length;
  let out = [...found];
  for (const share of [0.66, 0.5]) {
    const before = out;
    out = before.map((distance, index) => {
      const beside = Math.max(before[(index + 1) % count]!, before[(index + count - 1) % count]!);
      return found[index] === 0 ? Math.max(distance, share * beside) : distance;
    });
  }
  return out;
}

/** @param at - colour (channels 0..2) and presence (3) so many cm outward. @returns how far skin goes on, cm. */
function cheekEnd(at: (along: number, channel: number) => number): number {
  const apart = (from: number, to: number): number => {
    let square = 0;
    for (let channel = 0; channel < 3; channel++) square += (at(from, channel) - at(to, channel)) ** 2 / 3;
    return Math.sqrt(square);
  };
  for (let along = 0; along < REACH_CM; along += STEP_CM) {
    const ends = at(along + STEP_CM, 3) < 0.6 || apart(along, along + STEP_CM) > EDGE;
    if (ends || apart(-0.5, along + STEP_CM) > OTHER) return Math.max(0, along - BACK_CM);
  }
  // No end in sight: what lies there looks like the face but may be anything.
  return 0;
}
