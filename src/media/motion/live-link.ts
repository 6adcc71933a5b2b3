import {
  ARKIT_SHAPES,
  GAZE_PITCH_LIMIT_DEG,
  GAZE_YAW_LIMIT_DEG,
  MOTION_INDEX,
  type ArkitShape,
  type MotionChannel,
} from '../motion-space.ts';

/** Live Link Face puts right before left for the jaw and the whole mouth, where Apple's list does not. */
const APP_ORDER: Readonly<Partial<Record<ArkitShape, ArkitShape>>> = {
  jawLeft: 'jawRight',
  jawRight: 'jawLeft',
  mouthLeft: 'mouthRight',
  mouthRight: 'mouthLeft',
};
const APP_SHAPES = ARKIT_SHAPES.map((shape) => APP_ORDER[shape] ?? shape);

/**
 * The CSV of Epic's Live Link Face: one row a frame, 52 ARKit coefficients and nine angles in radians. Head translation
 * and distance have no column, so they rest.
 */
export const LIVE_LINK_COLUMNS = [
  ...APP_SHAPES.map((shape) => shape.charAt(0).toUpperCase() + shape.slice(1)),
  'HeadYaw',
  'HeadPitch',
  'HeadRoll',
  'LeftEyeYaw',
  'LeftEyePitch',
  'LeftEyeRoll',
  'RightEyeYaw',
  'RightEyePitch',
  'RightEyeRoll',
] as const;

export const LIVE_LINK_HEADER = ['Timecode', 'BlendShapeCount', ...LIVE_LINK_COLUMNS].join(',');

const RADIANS_PER_DEGREE = Math.PI / 180;
/**
 * The app's angles are those of Unreal's left-handed axes: yaw to the own right, pitch down and roll to the own left
 * shoulder are positive. ARKit's face anchor has x to the own left, y up and z out of the face (Apple, `ARFaceAnchor`);
 * Unreal's AppleARKit plugin turns that into (-z, x, y). Of the eyes the same is told by who uses them: the VRCFaceTracking
 * module ForeverAnApple/LiveLinkVRCFaceTracking takes EyeYaw as right and negates EyePitch to have it up.
 */
const APP_SIGNS: Readonly<Partial<Record<MotionChannel, number>>> = { headYaw: -1, headPitch: -1, headRoll: 1 };

/** @returns one CSV row, without a line end, for frame number `index` of a take at `framesPerSecond`. */
export function liveLinkRow(motion: Float32Array, index: number, framesPerSecond: number): string {
  const shapes = APP_SHAPES.map((shape) => decimal(motion[MOTION_INDEX[shape]] ?? 0));
  const angles = liveLinkAngles(motion).map(decimal);
  return [timecode(index, framesPerSecond), String(LIVE_LINK_COLUMNS.length), ...shapes, ...angles].join(',');
}

/** @returns the nine angles of the app, radians: yaw, pitch and roll of the head, the left eye and the right eye. */
export function liveLinkAngles(motion: Float32Array): number[] {
  const value = (channel: MotionChannel): number => motion[MOTION_INDEX[channel]] ?? 0;
  const gaze = gazeRadians(value);
  return [
    ...(['headYaw', 'headPitch', 'headRoll'] as const).map((angle) => radiansOf(angle, value(angle))),
    ...[gaze.leftYaw, gaze.leftPitch, 0],
    ...[gaze.rightYaw, gaze.rightPitch, 0],
  ];
}

function radiansOf(angle: MotionChannel, degrees: number): number {
  return (APP_SIGNS[angle] ?? 1) * degrees * RADIANS_PER_DEGREE;
}

/** @returns an angle of the app in our degrees. */
export function degreesOf(angle: MotionChannel, radians: number): number {
  return ((APP_SIGNS[angle] ?? 1) * radians) / RADIANS_PER_DEGREE;
}

function gazeRadians(value: (channel: MotionChannel) => number) {
  const yaw = GAZE_YAW_LIMIT_DEG * RADIANS_PER_DEGREE;
  const pitch = GAZE_PITCH_LIMIT_DEG * RADIANS_PER_DEGREE;
  return {
    leftYaw: (value('eyeLookInLeft') - value('eyeLookOutLeft')) * yaw,
    rightYaw: (value('eyeLookOutRight') - value('eyeLookInRight')) * yaw,
    leftPitch: (value('eyeLookDownLeft') - value('eyeLookUpLeft')) * pitch,
    rightPitch: (value('eyeLookDownRight') - value('eyeLookUpRight')) * pitch,
  };
}

function timecode(index: number, framesPerSecond: number): string {
  const seconds = Math.floor(index / framesPerSecond);
  const two = (value: number): string => String(value).padStart(2, '0');
  const frame = index - seconds * framesPerSecond;
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}:${two(frame)}.000`;
}

/** Five decimals: a hundredth of a degree, and far below what a coefficient can show. */
function decimal(value: number): string {
  return (Math.abs(value) < 5e-6 ? 0 : value).toFixed(5);
}
