import { parse } from 'csv-parse/sync';
import { AvatarError } from '../../base/errors.ts';
import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs, US_PER_S } from '../../base/timeline.ts';
import { ARKIT_SHAPES, MOTION_INDEX, restMotion, type MotionChannel } from '../motion-space.ts';
import { degreesOf } from './live-link.ts';
import { countingRate, parseTimecode, secondsADay, secondsOf, type Timecode } from './live-link-timecode.ts';

/** The app's own rate, for a take too short to tell. */
const APP_RATE = 60;
/** A take may lose frames in its first second, or begin late in it; after this many seconds its rate is certain. */
const SECONDS_TO_TELL_RATE = 4;
const DELIMITERS = [',', ';', '\t'];

/** Reads a Live Link CSV line by line, so that an hour of it need not be in memory. */
export class LiveLinkReader {
  /** Overrides the timecodes: frame `n` is at `n / framesPerSecond`. */
  readonly #givenRate: number | undefined;
  #columns: (MotionChannel | undefined)[] | undefined;
  #delimiter = ',';
  /** Rows of the first seconds, held until their frame numbers tell the rate. */
  #held: Row[] = [];
  #secondsHeld = 0;
  #rate: number | undefined;
  /** Days that have begun since the take did. */
  #days = 0;
  #startSeconds: number | undefined;
  #lastSeconds = -Infinity;
  #rowCount = 0;

  constructor(givenRate?: number) {
    this.#givenRate = givenRate;
  }

  /**
   * @param line - the next line, without its end.
   * @returns the frames that are certain now, in order of time; their time starts at 0.
   * @throws AvatarError `MOTION_UNREADABLE` when the line is not one of a Live Link take.
   */
  push(line: string): MotionFrame[] {
    if (line.trim() === '') return [];
    if (this.#columns === undefined) {
      this.#delimiter = delimiterOf(line);
      this.#columns = readHeader(this.#cells(line));
      return [];
    }
    const cells = this.#cells(line);
    this.#rowCount++;
    // A take writes a count of 0 and no values while it sees no face: the last frame goes on.
    if (cells.length <= 2 || cells[1]?.trim() === '0') return [];
    const row = this.#readRow(cells, this.#columns);
    if (this.#rate !== undefined) return [this.#frame(row, this.#rate)];
    if (this.#held.at(-1)?.timecode.second !== row.timecode.second) this.#secondsHeld++;
    this.#held.push(row);
    const isCertain = this.#givenRate !== undefined || this.#secondsHeld > SECONDS_TO_TELL_RATE;
    return isCertain ? this.#release() : [];
  }

  /** @returns the frames that were still held; @throws AvatarError `MOTION_UNREADABLE` when there was no frame at all. */
  flush(): MotionFrame[] {
    if (this.#rate === undefined && this.#held.length === 0) {
      throw new AvatarError('MOTION_UNREADABLE', 'Cannot read motion: the file has no row with a face in it.');
    }
    return this.#release();
  }

  #cells(line: string): string[] {
    const options = { delimiter: this.#delimiter, bom: true, relax_column_count: true, relax_quotes: true };
    try {
      return parse(line, options)[0] ?? [];
    } catch (cause) {
      const where = this.#columns === undefined ? 'the header' : `row ${this.#rowCount + 1}`;
      const message = `Cannot read motion: ${where} has a quotation mark that is not closed.`;
      throw new AvatarError('MOTION_UNREADABLE', message, { cause });
    }
  }

  #release(): MotionFrame[] {
    const isLong = this.#secondsHeld > 1;
    const highest = Math.max(...this.#held.map(({ timecode }) => timecode.frame));
    this.#rate ??= this.#givenRate ?? (isLong ? countingRate(highest) : APP_RATE);
    const frames = this.#held.map((row) => this.#frame(row, this.#rate ?? APP_RATE));
    this.#held = [];
    return frames;
  }

  #frame(row: Row, rate: number): MotionFrame {
    let seconds = this.#secondsOf(row, rate);
    if (seconds < this.#lastSeconds - SECONDS_OF_HALF_A_DAY) {
      this.#days++;
      seconds = this.#secondsOf(row, rate);
    }
    // Two rows may share a timecode, or a clock may be set back: each row still has a time of its own.
    if (seconds <= this.#lastSeconds) seconds = this.#lastSeconds + SHARE_OF_A_FRAME / rate;
    this.#lastSeconds = seconds;
    this.#startSeconds ??= seconds;
    return { timeUs: mediaTimeUs((seconds - this.#startSeconds) * US_PER_S), motion: row.motion };
  }

  #secondsOf({ index, timecode }: Row, rate: number): number {
    if (this.#givenRate !== undefined) return index / this.#givenRate;
    return secondsOf(timecode, rate) + this.#days * secondsADay(timecode, rate);
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
      const value = cell.trim() === '' ? NaN : Number(this.#delimiter === ',' ? cell : cell.replace(',', '.'));
      if (!Number.isFinite(value)) throw unreadable(where, `says "${cell.slice(0, 20)}" for ${channel}`);
      motion[MOTION_INDEX[channel]] = channel.startsWith('head')
        ? degreesOf(channel, value)
        : Math.min(1, Math.max(0, value));
    });
    const text = cells[0] ?? '';
    const timecode = parseTimecode(text);
    if (timecode === undefined && this.#givenRate === undefined) {
      throw unreadable(where, `has the timecode "${text.slice(0, 20)}", not HH:MM:SS:FF`);
    }
    return { index: this.#rowCount - 1, timecode: timecode ?? NO_TIMECODE, motion };
  }
}

const NO_TIMECODE: Timecode = { second: 0, frame: 0, isDropFrame: false };
const SECONDS_OF_HALF_A_DAY = 43_200;
/** Small enough that several rows with one timecode still come before the next one. */
const SHARE_OF_A_FRAME = 1 / 16;

interface Row {
  readonly index: number;
  readonly timecode: Timecode;
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

/** @returns what separates the cells: a spreadsheet whose decimal sign is a comma writes semicolons. */
function delimiterOf(header: string): string {
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}
