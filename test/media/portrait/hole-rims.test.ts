import { describe, expect, it } from 'vitest';
import { clearHoleRims } from '../../../src/media/portrait/hole-rims.ts';
import { LIP_INNER_LOWER, LIP_INNER_UPPER } from '../../../src/media/portrait/landmark-groups.ts';
import type { HeadPose } from '../../../src/media/portrait/pose.ts';
import { LEFT_EYE, RIGHT_EYE } from '../../../src/media/portrait/topology.ts';

const SIZE = 200;
const POSE = { pxPerCm: 20 } as HeadPose;
const SKIN = [220, 170, 140] as const;
const WHITE = [245, 245, 245] as const;
const LASH = [40, 25, 20] as const;

interface Oval {
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
}

const EYES: readonly Oval[] = [
  { x: 55, y: 60, halfWidth: 24, halfHeight: 9 },
  { x: 145, y: 60, halfWidth: 24, halfHeight: 9 },
];

function put(landmarks: Float32Array, upper: readonly number[], lower: readonly number[], oval: Oval): void {
  for (const [points, side] of [
    [lower, 1],
    [upper, -1],
  ] as const) {
    points.forEach((point, index) => {
      const along = (2 * index) / (points.length - 1) - 1;
      landmarks[point * 3] = oval.x + along * oval.halfWidth;
      landmarks[point * 3 + 1] = oval.y + side * oval.halfHeight * (1 - along * along);
    });
  }
}

/** Two white eyes under dark lashes, whose white goes on `past` pixels beyond the landmarks' corners. */
function face(past: number): { colours: Float32Array; landmarks: Float32Array } {
  const landmarks = new Float32Array(478 * 3);
  put(landmarks, RIGHT_EYE.upper, RIGHT_EYE.lower, EYES[0]!);
  put(landmarks, LEFT_EYE.upper, LEFT_EYE.lower, EYES[1]!);
  put(landmarks, LIP_INNER_UPPER, LIP_INNER_LOWER, { x: 100, y: 150, halfWidth: 20, halfHeight: 3 });
  const colours = new Float32Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      let colour: readonly number[] = SKIN;
      for (const eye of EYES) {
        const along = (x + 0.5 - eye.x) / (eye.halfWidth + past);
        const edge = (eye.halfHeight + 1) * (1 - along * along);
        const up = eye.y - y - 0.5;
        if (Math.abs(along) < 1 && Math.abs(up) < edge) colour = WHITE;
        else if (Math.abs(along) < 1 && up >= edge && up < edge + 4) colour = LASH;
      }
      colours.set(colour, (y * SIZE + x) * 3);
    }
  }
  return { colours, landmarks };
}

describe('the skin around eyes', () => {
  it.each([0, 4])('keeps no white that goes on %i px past the landmarks', (past) => {
    const { colours, landmarks } = face(past);
    clearHoleRims(colours, landmarks, POSE, SIZE);
    let brightest = 0;
    for (let at = 2; at < colours.length; at += 3) brightest = Math.max(brightest, colours[at]!);
    expect(brightest).toBeLessThan(SKIN[2] + 1);
  });

  it('keeps the lashes', () => {
    const { colours, landmarks } = face(4);
    clearHoleRims(colours, landmarks, POSE, SIZE);
    for (const { x, y, halfHeight } of EYES) {
      expect(colours[((y - halfHeight - 4) * SIZE + x) * 3]).toBe(LASH[0]);
    }
  });
});
