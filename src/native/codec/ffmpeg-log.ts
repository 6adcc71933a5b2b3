/** What an ffmpeg process says about its input, read from its log as that comes in. */
export class FfmpegLog {
  #text = '';
  #durationUs: number | undefined;
  #isEstimated = false;
  #brokeOff = false;
  #hasOtherTracks = false;

  push(text: string): void {
    const whole = this.#text + text;
    this.#isEstimated ||= whole.includes('Estimating duration from bitrate');
    // These come from the Matroska and the MP4 reader, which know where their content ends.
    this.#brokeOff ||= /File ended prematurely|partial file/.test(whole);
    this.#durationUs ??= durationIn(whole);
    this.#hasOtherTracks ||= whole
      .split('\n')
      .some((line) => /^ {2}Stream #0:\d+.*: (?:Video|Subtitle|Data):/.test(line) && !line.includes('attached pic'));
    // The last complaint is all that is asked for later; a line may be cut between two pieces.
    this.#text = whole.slice(-4000);
  }

  /** Length of the whole file by its header: of its longest track, which need not be the sound. */
  get durationUs(): number | undefined {
    return this.#durationUs;
  }

  /** Whether `durationUs` is only a guess from the bit rate of the beginning. */
  get isEstimated(): boolean {
    return this.#isEstimated;
  }

  /** Whether the file ends inside its content. */
  get brokeOff(): boolean {
    return this.#brokeOff;
  }

  /** Whether the file has pictures or other tracks beside the sound; a cover picture does not count. */
  get hasOtherTracks(): boolean {
    return this.#hasOtherTracks;
  }

  /** @returns the last thing that ffmpeg complained about. */
  lastComplaint(): string {
    const line = this.#text.trim().split('\n').at(-1) ?? '';
    return line.replace(/^(?:\[[^\]]*\] *)+/, '').replace(/^(?:file:|pipe:)\S*: /, '') || 'ffmpeg gave no reason';
  }
}

/** The line of the file itself is indented by two; a title that says "Duration:" comes further in. */
function durationIn(log: string): number | undefined {
  const [, hours, minutes, seconds] = /^ {2}Duration: (\d+):(\d+):([\d.]+)/m.exec(log) ?? [];
  if (seconds === undefined) return undefined;
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6);
}
