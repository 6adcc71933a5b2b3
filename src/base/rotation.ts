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

/** @returns roll · yaw · pitch: the head pitches first, then turns, then tilts. */
export function rotationOf({ yawDeg, pitchDeg, rollDeg }: HeadAngles): Rotation {
  const [cy, sy] = [Math.cos(yawDeg * DEG), Math.sin(yawDeg * DEG)];
  const [cp, sp] = [Math.cos(-pitchDeg * DEG), Math.sin(-pitchDeg * DEG)];
  const [cr, sr] = [Math.cos(-rollDeg * DEG), Math.sin(-rollDeg * DEG)];
  const yaw = Float64Array.of(cy, 0, sy, 0, 1, 0, -sy, 0, cy);
  const pitch = Float64Array.of(1, 0, 0, 0, cp, -sp, 0, sp, cp);
  const roll = Float64Array.of(cr, -sr, 0, sr, cr, 0, 0, 0, 1);
  return multiply(roll, multiply(yaw, pitch));
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
