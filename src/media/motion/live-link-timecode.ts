/** A position in a take as it is written: `HH:MM:SS:FF.sss`. */
export interface Timecode {
  /** Whole seconds since midnight. */
  readonly second: number;
  /** Number of the frame within the second, with its fraction. */
  readonly frame: number;
  /** Written with `;` before the frames: numbers are left out so that the clock of 29.97 or 59.94 stays right. */
  readonly isDropFrame: boolean;
}

/** Rates that Live Link Face and its kin record at; 29.97 and 59.94 count their frames as 30 and 60. */
const RECORDING_RATES = [24, 25, 30, 40, 48, 50, 60, 120];
const MINUTES_KEPT_WHOLE = 10;
const SECONDS_A_DAY = 86_400;

/** @returns nothing when the text is no timecode. */
export function parseTimecode(text: string): Timecode | undefined {
  const parts = /^(\d{1,3}):(\d{1,2}):(\d{1,2})([:;])(\d+(?:[.,]\d+)?)$/.exec(text.trim());
  if (parts === null) return undefined;
  const [, hours = '', minutes = '', seconds = '', separator, frame = ''] = parts;
  return {
    second: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    frame: Number(frame.replace(',', '.')),
    isDropFrame: separator === ';',
  };
}

/** @returns the seconds since midnight at which a frame was taken, for frames counted at `rate` a second. */
export function secondsOf({ second, frame, isDropFrame }: Timecode, rate: number): number {
  if (!isDropFrame) return second + frame / rate;
  // SMPTE ST 12-1: two numbers at 30, four at 60, are left out each minute, except each tenth.
  const minutes = Math.floor(second / 60);
  const dropped = (rate / 15) * (minutes - Math.floor(minutes / MINUTES_KEPT_WHOLE));
  return ((second * rate + frame - dropped) * 1.001) / rate;
}

/** @returns the length of a day in a take's own time. */
export function secondsADay(timecode: Timecode, rate: number): number {
  return secondsOf({ ...timecode, second: SECONDS_A_DAY, frame: 0 }, rate);
}

/** @returns the rate at which a take counts its frames, from the highest number it shows. */
export function countingRate(highestFrame: number): number {
  const atLeast = Math.floor(highestFrame) + 1;
  return RECORDING_RATES.find((rate) => rate >= atLeast) ?? atLeast;
}
