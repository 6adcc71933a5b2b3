import { GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG, MOTION_INDEX, type MotionChannel } from '../motion-space.ts';

/** x, y, z, w; unit length. */
export type Quaternion = readonly [x: number, y: number, z: number, w: number];

const RADIANS_PER_DEGREE = Math.PI / 180;

/**
 * @param motion - `[MOTION_DIMS]`.
 * @returns the head's rotation in glTF's axes: x to the own left, y up, z out of the face; pitch first, then yaw, then
 * roll, as the face is drawn (`base/rotation.ts`).
 */
export function headQuaternion(motion: Float32Array): Quaternion {
  const { headYaw, headPitch, headRoll } = MOTION_INDEX;
  return quaternionOf(motion[headYaw]!, motion[headPitch]!, motion[headRoll]!);
}

/** @returns the rotation of both eyes together against the head, in glTF's axes. */
export function gazeQuaternion(motion: Float32Array): Quaternion {
  const value = (channel: MotionChannel): number => motion[MOTION_INDEX[channel]]!;
  const yaw = value('eyeLookOutLeft') - value('eyeLookInLeft') + value('eyeLookInRight') - value('eyeLookOutRight');
  const up = value('eyeLookUpLeft') + value('eyeLookUpRight');
  const down = value('eyeLookDownLeft') + value('eyeLookDownRight');
  return quaternionOf((yaw / 2) * GAZE_YAW_LIMIT_DEG, ((up - down) / 2) * GAZE_PITCH_LIMIT_DEG, 0);
}

/** Degrees: yaw to the own left, pitch up, roll to the own left shoulder. */
function quaternionOf(yawDeg: number, pitchDeg: number, rollDeg: number): Quaternion {
  const [sinX, cosX] = halfAngle(-pitchDeg);
  const [sinY, cosY] = halfAngle(yawDeg);
  const [sinZ, cosZ] = halfAngle(-rollDeg);
  return [
    cosZ * cosY * sinX - sinZ * sinY * cosX,
    cosZ * sinY * cosX + sinZ * cosY * sinX,
    sinZ * cosY * cosX - cosZ * sinY * sinX,
    cosZ * cosY * cosX + sinZ * sinY * sinX,
  ];
}

function halfAngle(degrees: number): readonly [sin: number, cos: number] {
  const half = (degrees * RADIANS_PER_DEGREE) / 2;
  return [Math.sin(half), Math.cos(half)];
}
