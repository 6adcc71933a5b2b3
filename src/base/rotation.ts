/**
 * Rotations of the head as 3x3 matrices, row-major, in camera axes: x to the right of the picture, y up, z to the
 * viewer. Angles follow the motion frame: yaw turns to the person's own left (right of the picture) when positive,
 * pitch looks up, roll tilts to the person's own left shoulder (clockwise in the picture).
 */
export type Rotation = Float64Array;

const DEG = Math.PI / 180;

export interface HeadAngles {
  readonly yawDeg: number;
  readonly pitchDeg: number;
  readonly rollDeg: number;
}

/**
 * @param target - overwritten, so that a frame need not allocate.
 * @returns roll · yaw · pitch: the head pitches first, then turns, then tilts.
 */
export function rotationOf(
  { yawDeg, pitchDeg, rollDeg }: HeadAngles,
  target: Rotation = new Float64Array(9),
): Rotation {
  const cy = Math.cos(yawDeg * DEG);
  const sy = Math.sin(yawDeg * DEG);
  const cp = Math.cos(-pitchDeg * DEG);
  const sp = Math.sin(-pitchDeg * DEG);
  const cr = Math.cos(-rollDeg * DEG);
  const sr = Math.sin(-rollDeg * DEG);
  target[0] = cr * cy;
  target[1] = cr * sy * sp - sr * cp;
  target[2] = cr * sy * cp + sr * sp;
  target[3] = sr * cy;
  target[4] = sr * sy * sp + cr * cp;
  target[5] = sr * sy * cp - cr * sp;
  target[6] = -sy;
  target[7] = cy * sp;
  target[8] = cy * cp;
  return target;
}

/** @returns the angles of `rotation`; the inverse of `rotationOf` for |yaw| < 90°. */
export function anglesOf(rotation: Rotation): HeadAngles {
  const [r00 = 1, , , r10 = 0, , , r20 = 0, r21 = 0, r22 = 1] = rotation;
  return {
    yawDeg: Math.asin(Math.max(-1, Math.min(1, -r20))) / DEG,
    pitchDeg: -Math.atan2(r21, r22) / DEG,
    rollDeg: -Math.atan2(r10, r00) / DEG,
  };
}

/** @returns `a · b`. */
export function multiply(a: Rotation, b: Rotation): Rotation {
  const product = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += a[3 * row + k]! * b[3 * k + column]!;
      product[3 * row + column] = sum;
    }
  }
  return product;
}

/** @returns the transpose, which undoes a rotation. */
export function inverse(rotation: Rotation): Rotation {
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0, i = 1] = rotation;
  return Float64Array.of(a, d, g, b, e, h, c, f, i);
}
