import { AvatarError } from '../../base/errors.ts';
import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs, US_PER_S } from '../../base/timeline.ts';
import {
  ARKIT_SHAPES,
  GAZE_PITCH_LIMIT_DEG,
  GAZE_YAW_LIMIT_DEG,
  MOTION_INDEX,
  restMotion,
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
/** Rates that Live Link Face and its kin record at; a drop-frame 29.97 or 59.94 counts its frames as 30 or 60. */
const RECORDING_RATES = [24, 25, 30, 40, 48, 50, 60, 120];
/** The app's own rate, for a take too short to tell. */
const APP_RATE = 60;

/** @returns one CSV row, without a line end, for frame number `index` of a take at `framesPerSecond`. */
export function liveLinkRow(motion: Float32Array, index: number, framesPerSecond: number): string {
  const value = (channel: MotionChannel): number => motion[MOTION_INDEX[channel]] ?? 0;
  const shapes = APP_SHAPES.map((shape) => decimal(value(shape)));
  const gaze = gazeRadians(value);
  const angles = [
    ...(['headYaw', 'headPitch', 'headRoll'] as const).map((angle) => radiansOf(angle, value(angle))),
    gaze.leftYaw,
    gaze.leftPitch,
    0,
    gaze.rightYaw,
    gaze.rightPitch,
    0,
  ].map(decimal);
  return [timecode(index, framesPerSecond), String(LIVE_LINK_COLUMNS.length), ...shapes, ...angles].join(',');
}

/** Reads a Live Link CSV line by line, so that an hour of it need not be in memory. */
export class LiveLinkReader {
  /** Overrides the timecodes: frame `n` is at `n / framesPerSecond`. */
  readonly #givenRate: number | undefined;
  #columns: (MotionChannel | undefined)[] | undefined;
  /** Rows of the first second, held until its last frame number tells the rate. */
  #held: Row[] = [];
  #rate: number | undefined;
  #startSeconds: number | undefined;
  #rowCount = 0;

  constructor(givenRate?: number) {
    this.#givenRate = givenRate;
  }

  /**
   * @param line - the next line, without its end.
   * @returns the frames that are certain now, in order; their time starts at 0.
   * @throws AvatarError `MOTION_UNREADABLE` when the line is not one of a Live Link take.
   */
  push(line: string): MotionFrame[] {
    const cells = line.replace(/^\uFEFF/, '').split(',');
    if (this.#columns === undefined) {
      if (line.trim() !== '') this.#columns = readHeader(cells);
      return [];
    }
    if (line.trim() === '') return [];
    this.#rowCount++;
    // A take writes a count of 0 and no values while it sees no face: the last frame goes on.
    if (cells.length <= 2 || cells[1]?.trim() === '0') return [];
    const row = this.#readRow(cells, this.#columns);
    if (this.#rate !== undefined) return [this.#frame(row, this.#rate)];
    const last = this.#held.at(-1);
    this.#held.push(row);
    if (this.#givenRate !== undefined) return this.#release(this.#givenRate);
    if (last !== undefined && row.second !== last.second) return this.#release(nearestRate(last.frame + 1));
    return [];
  }

  /** @returns the frames that were still held; @throws AvatarError `MOTION_UNREADABLE` when there was no frame at all. */
  flush(): MotionFrame[] {
    if (this.#rate === undefined && this.#held.length === 0) {
      throw new AvatarError('MOTION_UNREADABLE', 'Cannot read motion: the file has no row with a face in it.');
    }
    return this.#release(this.#rate ?? APP_RATE);
  }

  #release(rate: number): MotionFrame[] {
    this.#rate = rate;
    const frames = this.#held.map((row) => this.#frame(row, rate));
    this.#held = [];
    return frames;
  }

  #frame(row: Row, rate: number): MotionFrame {
    const seconds = this.#givenRate === undefined ? row.second + row.frame / rate : row.index / this.#givenRate;
    this.#startSeconds ??= seconds;
    return { timeUs: mediaTimeUs((seconds - this.#startSeconds) * US_PER_S), motion: row.motion };
  }

  #readRow(cells: readonly string[], columns: readonly (MotionChannel | undefined)[]): Row {
    const where = `row ${this.#rowCount}`;
    if (cells.length < columns.length) {
      throw unreadable(where, `has ${cells.length} cells, the header has ${columns.length}`);
    }
    const motion = restMotion();
    columns.forEach((channel, column) => {
      if (channel === undefined) return;
      const cell = cells[column] ?? '';
      const value = cell.trim() === '' ? NaN : Number(cell);
      if (!Number.isFinite(value)) throw unreadable(where, `says "${cell.slice(0, 20)}" for ${channel}`);
      motion[MOTION_INDEX[channel]] = channel.startsWith('head')
        ? degreesOf(channel, value)
        : Math.min(1, Math.max(0, value));
    });
    const time = /^(\d+):(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec((cells[0] ?? '').trim());
    if (time === null && this.#givenRate === undefined) {
      throw unreadable(where, `has the timecode "${(cells[0] ?? '').slice(0, 20)}", not HH:MM:SS:FF`);
    }
    const [hours = 0, minutes = 0, seconds = 0, frame = 0] = (time ?? []).slice(1).map(Number);
    return { index: this.#rowCount - 1, second: hours * 3600 + minutes * 60 + seconds, frame, motion };
  }
}

interface Row {
  readonly index: number;
  readonly second: number;
  readonly frame: number;
  readonly motion: Float32Array;
}

function readHeader(cells: readonly string[]): (MotionChannel | undefined)[] {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const channels = new Map<string, MotionChannel>();
  for (const shape of ARKIT_SHAPES) channels.set(shape.toLowerCase(), shape);
  for (const angle of ['headYaw', 'headPitch', 'headRoll'] as const) channels.set(angle.toLowerCase(), angle);
  const columns = names.map((name) => channels.get(name));
  const missing = ARKIT_SHAPES.filter((shape) => !columns.includes(shape));
  // `tongueOut` came to ARKit late; a take without it is still a take.
  if (names[0] !== 'timecode' || missing.some((shape) => shape !== 'tongueOut')) {
    throw new AvatarError(
      'MOTION_UNREADABLE',
      `Cannot read motion: the first line is not a Live Link Face header; ${names[0] === 'timecode' ? `the column ${missing[0] ?? ''} is missing` : 'it must begin with "Timecode,BlendShapeCount,EyeBlinkLeft"'}.`,
    );
  }
  return columns;
}

function unreadable(where: string, found: string): AvatarError {
  return new AvatarError('MOTION_UNREADABLE', `Cannot read motion: ${where} ${found}.`);
}

function nearestRate(atLeast: number): number {
  return RECORDING_RATES.find((rate) => rate >= Math.floor(atLeast)) ?? Math.ceil(atLeast);
}

function radiansOf(angle: MotionChannel, degrees: number): number {
  return (APP_SIGNS[angle] ?? 1) * degrees * RADIANS_PER_DEGREE;
}

function degreesOf(angle: MotionChannel, radians: number): number {
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
