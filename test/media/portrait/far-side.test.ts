import { describe, expect, it } from 'vitest';
import { withoutFarSide } from '../../../src/media/portrait/far-side.ts';
import { FACE_OVAL } from '../../../src/media/portrait/landmark-groups.ts';
import type { SplitPicture } from '../../../src/media/portrait/plate.ts';
import type { HeadPose } from '../../../src/media/portrait/pose.ts';
import type { SkinTone } from '../../../src/media/portrait/skin-tone.ts';

const SIZE = 256;
const CM = 10;
const [CENTRE_X, CENTRE_Y] = [128, 110];
const TONE: SkinTone = { colour: [200, 160, 140], luma: 167, tint: [1, 1, 1], colourfulness: 1 };

/** A round face, 12 cm wide, on a person whose matte ends at a column. */
function facing(yawDeg: number, matteEnds: number): { split: SplitPicture; landmarks: Float32Array; pose: HeadPose } {
  const landmarks = new Float32Array(478 * 3);
  FACE_OVAL.forEach((point, index) => {
    const angle = (2 * Math.PI * index) / FACE_OVAL.length;
    landmarks.set([CENTRE_X + 60 * Math.sin(angle), CENTRE_Y - 80 * Math.cos(angle), 0], point * 3);
  });
  const alpha = Float32Array.from({ length: SIZE * SIZE }, (_, at) => (at % SIZE < matteEnds ? 1 : 0));
  const split = { alpha, person: new Float32Array(SIZE * SIZE * 3).fill(30) } as unknown as SplitPicture;
  const pose = {
    rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    pxPerCm: CM,
    originPx: [CENTRE_X, -CENTRE_Y, 0],
    yawDeg,
  } as unknown as HeadPose;
  return { split, landmarks, pose };
}

/** How much of the person is left beside the cheek, 4 cm under the middle of the face and 0.6 cm outside its outline. */
function left(yawDeg: number, matteEnds: number): number {
  const { split, landmarks, pose } = facing(yawDeg, matteEnds);
  const y = CENTRE_Y + 4 * CM;
  const x = Math.round(CENTRE_X + 60 * Math.sqrt(1 - 0.25) + 0.6 * CM);
  return withoutFarSide(split, landmarks, TONE, pose).alpha[y * SIZE + x]!;
}

describe('withoutFarSide()', () => {
  const NEAR_THE_CHEEK = CENTRE_X + 63;

  it('takes away a strip of background that the matte leaves beside a cheek that is turned away', () => {
    expect(left(12, NEAR_THE_CHEEK)).toBeLessThan(0.1);
  });

  it('leaves hair and cloth, which go on, and faces that look ahead', () => {
    expect(left(12, SIZE)).toBe(1);
    expect(left(3, NEAR_THE_CHEEK)).toBe(1);
    expect(left(-12, NEAR_THE_CHEEK)).toBe(1);
  });
});
