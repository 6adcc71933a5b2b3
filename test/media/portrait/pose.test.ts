import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anglesOf, inverse, multiply, rotationOf } from '../../../src/base/rotation.ts';
import type { CanonicalFace } from '../../../src/media/portrait/canonical-face.ts';
import { frameHead, workingSizePx } from '../../../src/media/portrait/crop.ts';
import { FACE_POINT_COUNT } from '../../../src/media/portrait/landmark-groups.ts';
import { fitHeadPose, toHeadSpace } from '../../../src/media/portrait/pose.ts';

/** A face of scattered points, a third of which count for the pose. */
const FACE: CanonicalFace = {
  positions: Float32Array.from(
    { length: FACE_POINT_COUNT * 3 },
    (_, at) => 7 * Math.sin(at * 12.9898) * Math.cos(at * 4.1),
  ),
  uv: new Float32Array(FACE_POINT_COUNT * 2),
  triangles: Uint16Array.of(0, 1, 2),
  poseWeights: Float32Array.from({ length: FACE_POINT_COUNT }, (_, at) => (at % 3 === 0 ? 0.01 * (at % 7) : 0)),
};

const angle = (limit: number): fc.Arbitrary<number> => fc.double({ min: -limit, max: limit, noNaN: true });

describe('rotation', () => {
  it('gives back the angles it was made of', () => {
    fc.assert(
      fc.property(angle(80), angle(80), angle(80), (yawDeg, pitchDeg, rollDeg) => {
        const angles = anglesOf(rotationOf({ yawDeg, pitchDeg, rollDeg }));
        expect(angles.yawDeg).toBeCloseTo(yawDeg, 6);
        expect(angles.pitchDeg).toBeCloseTo(pitchDeg, 6);
        expect(angles.rollDeg).toBeCloseTo(rollDeg, 6);
      }),
    );
  });

  it('turns to the person’s own left, looks up and tilts clockwise when positive', () => {
    const forward = (rotation: Float64Array): number[] => [rotation[2] ?? 0, rotation[5] ?? 0];
    expect(forward(rotationOf({ yawDeg: 30, pitchDeg: 0, rollDeg: 0 }))[0]).toBeGreaterThan(0.4);
    expect(forward(rotationOf({ yawDeg: 0, pitchDeg: 30, rollDeg: 0 }))[1]).toBeGreaterThan(0.4);
    expect(rotationOf({ yawDeg: 0, pitchDeg: 0, rollDeg: 30 })[1]).toBeGreaterThan(0.4);
  });

  it('is undone by its inverse', () => {
    const rotation = rotationOf({ yawDeg: 12, pitchDeg: -40, rollDeg: 71 });
    const product = multiply(rotation, inverse(rotation));
    for (let at = 0; at < 9; at++) expect(product[at]).toBeCloseTo(at % 4 === 0 ? 1 : 0, 12);
  });
});

describe('fitHeadPose()', () => {
  it('finds angles, size and place of a face that was put there', () => {
    fc.assert(
      fc.property(
        angle(60),
        angle(60),
        angle(170),
        fc.double({ min: 2, max: 40, noNaN: true }),
        (yaw, pitch, roll, scale) => {
          const rotation = rotationOf({ yawDeg: yaw, pitchDeg: pitch, rollDeg: roll });
          const landmarks = new Float32Array(FACE_POINT_COUNT * 3);
          for (let at = 0; at < landmarks.length; at += 3) {
            for (let axis = 0; axis < 3; axis++) {
              let value = 0;
              for (let k = 0; k < 3; k++) value += (rotation[3 * axis + k] ?? 0) * (FACE.positions[at + k] ?? 0);
              landmarks[at + axis] = (axis === 0 ? 1 : -1) * scale * value + [300, 200, 5][axis]!;
            }
          }
          const pose = fitHeadPose(landmarks, FACE);
          expect(pose.yawDeg).toBeCloseTo(yaw, 2);
          expect(pose.pitchDeg).toBeCloseTo(pitch, 2);
          expect(pose.rollDeg).toBeCloseTo(roll, 2);
          expect(pose.pxPerCm / scale).toBeCloseTo(1, 4);
          expect(pose.originPx[0]).toBeCloseTo(300, 2);
          expect(pose.originPx[1]).toBeCloseTo(-200, 2);
          expect(pose.residualCm).toBeLessThan(1e-3);
          const head = toHeadSpace(landmarks, pose);
          for (let at = 0; at < head.length; at += 97) expect(head[at]).toBeCloseTo(FACE.positions[at] ?? 0, 3);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('frameHead()', () => {
  const pose = (x: number, y: number, pxPerCm: number): Parameters<typeof frameHead>[0] => ({
    originPx: [x, -y, 0],
    pxPerCm,
  });

  it('takes head and shoulders where the picture has room for them', () => {
    const { square, cutsHead } = frameHead(pose(500, 400, 10), 1000, 1200);
    expect(square).toEqual({ leftPx: 310, topPx: 225, sidePx: 380 });
    expect(cutsHead).toBe(false);
  });

  it('stays inside the picture while the head fits, whatever the place', () => {
    fc.assert(
      fc.property(fc.nat(800), fc.nat(600), (x, y) => {
        const { square } = frameHead(pose(x, y, 12), 800, 600);
        expect(square.leftPx).toBeGreaterThanOrEqual(0);
        expect(square.topPx).toBeGreaterThanOrEqual(0);
        expect(square.leftPx + square.sidePx).toBeLessThanOrEqual(800);
        expect(square.topPx + square.sidePx).toBeLessThanOrEqual(600);
      }),
    );
  });

  it('says so when the picture cuts the head', () => {
    expect(frameHead(pose(200, 200, 20), 400, 400).cutsHead).toBe(true);
    expect(frameHead(pose(400, 60, 12), 800, 800).cutsHead).toBe(true);
  });

  it('works on 512 to 832 pixels, a multiple of 8', () => {
    expect([90, 511, 700, 1023, 5000].map(workingSizePx)).toEqual([512, 512, 704, 832, 832]);
  });
});
