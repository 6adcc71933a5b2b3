/** A word of the spoken text and when it is heard. */
export interface SpokenWord {
  readonly text: string;
  /** From the start of the film, µs. */
  readonly startUs: number;
  readonly endUs: number;
  /** Whether a sentence ends with it. */
  readonly endsSentence: boolean;
}

export interface Subtitle {
  readonly startUs: number;
  readonly endUs: number;
  readonly text: string;
}

export type SubtitleFormat = 'srt' | 'vtt';

/** Two lines of 42 characters, as broadcasters allow (BBC Subtitle Guidelines). */
const LINE_CHARACTERS = 42;
const LINES = 2;
const LONGEST_US = 6_000_000;
/** A subtitle stays a moment longer than its last word, unless the next one comes. */
const LINGER_US = 400_000;

/** @returns the words as subtitles, none of which goes on past the end of a sentence. */
export function subtitlesOf(words: readonly SpokenWord[]): Subtitle[] {
  const groups: SpokenWord[][] = [];
  let open = false;
  for (const word of words) {
    const group = open ? groups.at(-1) : undefined;
    const fits =
      group !== undefined &&
      linesOf([...group, word].map(({ text }) => text)).length <= LINES &&
      word.endUs - (group[0]?.startUs ?? word.startUs) <= LONGEST_US;
    if (fits) group.push(word);
    else groups.push([word]);
    open = !word.endsSentence;
  }
  return groups.map((group, index) => {
    const nextUs = groups[index + 1]?.[0]?.startUs ?? Infinity;
    return {
      startUs: group[0]?.startUs ?? 0,
      endUs: Math.min((group.at(-1)?.endUs ?? 0) + LINGER_US, nextUs),
      text: linesOf(group.map(({ text }) => text)).join('\n'),
    };
  });
}

/** @returns a whole file: SubRip, or WebVTT (W3C). */
export function subtitleFile(subtitles: readonly Subtitle[], format: SubtitleFormat): string {
  const cues = subtitles.map(({ startUs, endUs, text }, index) => {
    const times = `${clock(startUs, format)} --> ${clock(endUs, format)}`;
    return format === 'srt' ? `${index + 1}\n${times}\n${text}\n` : `${times}\n${escaped(text)}\n`;
  });
  return `${format === 'vtt' ? 'WEBVTT\n\n' : ''}${cues.join('\n')}`;
}

function linesOf(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= LINE_CHARACTERS)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function clock(timeUs: number, format: SubtitleFormat): string {
  const ms = Math.round(timeUs / 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const mark = format === 'srt' ? ',' : '.';
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${mark}${String(ms % 1000).padStart(3, '0')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
