import { assert } from '../../base/errors.ts';
import { anglesOf, type HeadAngles, type Rotation } from '../../base/rotation.ts';
import type { CanonicalFace } from './canonical-face.ts';
import { FACE_POINT_COUNT } from './landmark-groups.ts';

/**
 * Where the head stands: `camera = pxPerCm * rotation * head + originPx`, with camera axes in pixels (x right, y up,
 * z to the viewer; a landmark (x, y, z) is the camera point (x, -y, -z)) and head axes in centimetres as the canonical
 * face has them.
 */
export interface HeadPose extends HeadAngles {
  /** Head to camera, 3x3 row-major. */
  readonly rotation: Rotation;
  readonly pxPerCm: number;
  /** Camera point of the canonical face's origin: `[x, y, z]`. */
  readonly originPx: readonly [x: number, y: number, z: number];
  /** Weighted root mean square distance between the fitted canonical face and the landmarks, centimetres. */
  readonly residualCm: number;
}

/**
 * Fits the canonical face to landmarks by weighted Procrustes analysis (Horn 1987, by unit quaternion).
 * @param landmarks - `[478, 3]` or `[468, 3]` pixels: x right, y down, z away from the viewer.
 */
export function fitHeadPose(landmarks: Float32Array, face: CanonicalFace): HeadPose {
  const { positions, poseWeights } = face;
  const source = centroid(poseWeights, (point, axis) => positions[3 * point + axis]!);
  const target = centroid(poseWeights, (point, axis) => cameraAxis(landmarks, point, axis));
  const covariance = new Float64Array(9);
  let sourceSpread = 0;
  for (let point = 0; point < FACE_POINT_COUNT; point++) {
    const weight = poseWeights[point]!;
    if (weight === 0) continue;
    for (let a = 0; a < 3; a++) {
      const from = positions[3 * point + a]! - source[a]!;
      sourceSpread += weight * from * from;
      for (let b = 0; b < 3; b++) {
        covariance[3 * a + b]! += weight * from * (cameraAxis(landmarks, point, b) - target[b]!);
      }
    }
  }
  assert(sourceSpread > 0, 'the canonical face has pose weights');
  const rotation = bestRotation(covariance);
  let along = 0;
  for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) along += rotation[3 * b + a]! * covariance[3 * a + b]!;
  const pxPerCm = along / sourceSpread;
  const originPx = [0, 1, 2].map((axis) => target[axis]! - pxPerCm * rotated(rotation, source, axis)) as [
    number,
    number,
    number,
  ];
  const pose = { rotation, pxPerCm, originPx, ...anglesOf(rotation) };
  return { ...pose, residualCm: residual(landmarks, face, pose) };
}

/** @returns `[pointCount, 3]` centimetres in head axes, the inverse of the pose. */
export function toHeadSpace(landmarks: Float32Array, pose: Omit<HeadPose, 'residualCm'>): Float32Array {
  const head = new Float32Array(landmarks.length);
  const { rotation: r, originPx, pxPerCm } = pose;
  for (let at = 0; at < landmarks.length; at += 3) {
    const x = landmarks[at]! - originPx[0];
    const y = -landmarks[at + 1]! - originPx[1];
    const z = -landmarks[at + 2]! - originPx[2];
    for (let axis = 0; axis < 3; axis++) {
      head[at + axis] = (r[axis]! * x + r[3 + axis]! * y + r[6 + axis]! * z) / pxPerCm;
    }
  }
  return head;
}

function residual(landmarks: Float32Array, face: CanonicalFace, pose: Omit<HeadPose, 'residualCm'>): number {
  const head = toHeadSpace(landmarks, pose);
  let sum = 0;
  let weights = 0;
  for (let point = 0; point < FACE_POINT_COUNT; point++) {
    const weight = face.poseWeights[point]!;
    weights += weight;
    for (let axis = 0; axis < 3; axis++) {
      sum += weight * (head[3 * point + axis]! - face.positions[3 * point + axis]!) ** 2;
    }
  }
  return Math.sqrt(sum / weights);
}

function cameraAxis(landmarks: Float32Array, point: number, axis: number): number {
  const value = landmarks[3 * point + axis]!;
  return axis === 0 ? value : -value;
}

function centroid(weights: Float32Array, at: (point: number, axis: number) => number): Float64Array {
  const centre = new Float64Array(3);
  let total = 0;
  for (let point = 0; point < FACE_POINT_COUNT; point++) {
    const weight = weights[point]!;
    if (weight === 0) continue;
    total += weight;
    for (let axis = 0; axis < 3; axis++) centre[axis]! += weight * at(point, axis);
  }
  return centre.map((value) => value / total);
}

function rotated(rotation: Rotation, vector: Float64Array, row: number): number {
  return rotation[3 * row]! * vector[0]! + rotation[3 * row + 1]! * vector[1]! + rotation[3 * row + 2]! * vector[2]!;
}

/** The rotation that maximises the trace against `covariance` (source axis by target axis). */
function bestRotation(covariance: Float64Array): Rotation {
  const [xx = 0, xy = 0, xz = 0, yx = 0, yy = 0, yz = 0, zx = 0, zy = 0, zz = 0] = covariance;
  const symmetric = [
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, -xx + yy - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, -xx - yy + zz],
  ];
  const [a = 1, b = 0, c = 0, d = 0] = largestEigenvector(symmetric);
  return Float64Array.of(
    a * a + b * b - c * c - d * d,
    2 * (b * c - a * d),
    2 * (b * d + a * c),
    2 * (b * c + a * d),
    a * a - b * b + c * c - d * d,
    2 * (c * d - a * b),
    2 * (b * d - a * c),
    2 * (c * d + a * b),
    a * a - b * b - c * c + d * d,
  );
}

/** By Jacobi rotations, which converge to machine precision on a symmetric 4x4 in a handful of sweeps. */
function largestEigenvector(matrix: readonly number[][]): number[] {
  const m = matrix.map((row) => [...row]);
  const vectors: number[][] = [0, 1, 2, 3].map((row) => [0, 1, 2, 3].map((column) => Number(row === column)));
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < 3; p++) {
      for (let q = p + 1; q < 4; q++) {
        const off = m[p]![q]!;
        if (Math.abs(off) < 1e-300) continue;
        const theta = (m[q]![q]! - m[p]![p]!) / (2 * off);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(t * t + 1);
        const sine = t * cosine;
        for (let k = 0; k < 4; k++) {
          const [kp, kq] = [m[k]![p]!, m[k]![q]!];
          m[k]![p] = cosine * kp - sine * kq;
          m[k]![q] = sine * kp + cosine * kq;
        }
        for (let k = 0; k < 4; k++) {
          const [pk, qk] = [m[p]![k]!, m[q]![k]!];
          m[p]![k] = cosine * pk - sine * qk;
          m[q]![k] = sine * pk + cosine * qk;
          const [vp, vq] = [vectors[k]![p]!, vectors[k]![q]!];
          vectors[k]![p] = cosine * vp - sine * vq;
          vectors[k]![q] = sine * vp + cosine * vq;
        }
      }
    }
  }
  let best = 0;
  for (let k = 1; k < 4; k++) if (m[k]![k]! > m[best]![best]!) best = k;
  return vectors.map((row) => row[best]!);
}

/** @returns head axes (cm) of the picture position at depth `headZ` in head axes. */
export function headPointAt(x: number, y: number, headZ: number, pose: HeadPose): [number, number, number] {
  const { rotation: r, pxPerCm: scale, originPx } = pose;
  const a = (x - originPx[0]) / scale - r[2]! * headZ;
  const b = (-y - originPx[1]) / scale - r[5]! * headZ;
  const determinant = r[0]! * r[4]! - r[1]! * r[3]!;
  return [(a * r[4]! - b * r[1]!) / determinant, (b * r[0]! - a * r[3]!) / determinant, headZ];
}
