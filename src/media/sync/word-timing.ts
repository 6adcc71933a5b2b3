import { US_PER_S } from '../../base/timeline.ts';
import type { SpokenWord } from './subtitles.ts';

const FRAME_S = 0.02;
/** Quieter than the loud parts of the voice by this is no speech. */
const SPEECH_WITHIN_DB = 32;
const LOUD_QUANTILE = 0.95;
/** A gap between sentences; those between words are shorter. */
const SENTENCE_GAP_S = 0.2;
/** How far off, in time of speech, the gap after a sentence may be from where the length of the text puts it. */
const SEARCH_SHARE = 0.5;
/** A word takes the time of its letters, and that of about this many more to begin and end. */
const WORD_LETTERS = 1.5;

/** Finds when words of a known text are spoken, from where a voice is heard and how long the words are. */
export class WordTiming {
  readonly #frameSamples: number;
  readonly #levels: number[] = [];
  #energy = 0;
  #filled = 0;

  constructor(sampleRateHz: number) {
    this.#frameSamples = Math.round(sampleRateHz * FRAME_S);
  }

  /** @param samples - mono, the next of the sound; only read. */
  push(samples: Float32Array): void {
    for (const sample of samples) {
      this.#energy += sample * sample;
      if (++this.#filled < this.#frameSamples) continue;
      this.#levels.push(this.#energy / this.#frameSamples);
      this.#energy = 0;
      this.#filled = 0;
    }
  }

  /**
   * @param text - all that is said in the sound, and nothing else.
   * @returns its words in time. They are estimates: sentences begin where the voice does after a gap, and the words of a
   * sentence share its speech by their length.
   */
  wordsOf(text: string): SpokenWord[] {
    const words = text.split(/\s+/).filter((word) => word !== '');
    const voiced = this.#voicedFrames();
    if (words.length === 0 || voiced.length === 0) return [];
    const ends = words.map((word) => /[.!?…。！？]["'”’)]*$/.test(word));
    const lengths = words.map((word) => WORD_LETTERS + [...word.matchAll(/[\p{L}\p{N}]/gu)].length);
    const bounds = boundsOf(sentenceLengths(lengths, ends), voiced);
    const timed: SpokenWord[] = [];
    let first = 0;
    bounds.slice(1).forEach((end, sentence) => {
      const last = ends.indexOf(true, first) < 0 ? words.length - 1 : ends.indexOf(true, first);
      const begin = bounds[sentence] ?? 0;
      const total = lengths.slice(first, last + 1).reduce((sum, length) => sum + length, 0);
      let before = 0;
      for (let index = first; index <= last; index++) {
        const at = (letters: number): number => begin + ((end - begin) * letters) / total;
        const length = lengths[index] ?? 0;
        const startFrame = voiced[Math.min(voiced.length - 1, Math.floor(at(before)))] ?? 0;
        const endFrame = voiced[Math.max(0, Math.ceil(at(before + length)) - 1)] ?? startFrame;
        timed.push({
          text: words[index] ?? '',
          startUs: Math.round(startFrame * FRAME_S * US_PER_S),
          endUs: Math.round((Math.max(startFrame, endFrame) + 1) * FRAME_S * US_PER_S),
          endsSentence: ends[index] ?? false,
        });
        before += length;
      }
      first = last + 1;
    });
    return timed;
  }

  /** Numbers of the frames with speech, ascending. */
  #voicedFrames(): number[] {
    const loud = this.#levels.toSorted((a, b) => a - b)[Math.floor(LOUD_QUANTILE * this.#levels.length)] ?? 0;
    const least = loud * 10 ** (-SPEECH_WITHIN_DB / 10);
    return this.#levels.flatMap((level, frame) => (loud > 0 && level > least ? [frame] : []));
  }
}

function sentenceLengths(lengths: readonly number[], ends: readonly boolean[]): number[] {
  const sums = [0];
  lengths.forEach((length, index) => {
    sums[sums.length - 1] = (sums.at(-1) ?? 0) + length;
    if (ends[index] === true && index < lengths.length - 1) sums.push(0);
  });
  return sums;
}

/** @returns where sentences begin and the last ends, as places in `voiced`: at gaps of the voice, where there are any. */
function boundsOf(sentences: readonly number[], voiced: readonly number[]): number[] {
  const total = sentences.reduce((sum, length) => sum + length, 0);
  const gaps = voiced.flatMap((frame, place) => {
    const gapS = (frame - (voiced[place - 1] ?? frame)) * FRAME_S;
    return gapS > SENTENCE_GAP_S ? [{ place, gapS }] : [];
  });
  const bounds = [0];
  let [said, left] = [0, total];
  for (const length of sentences.slice(0, -1)) {
    // What was found so far tells how fast the rest is spoken.
    const from = bounds.at(-1) ?? 0;
    const expected = from + ((voiced.length - from) * length) / left;
    const reach = SEARCH_SHARE * (expected - from);
    const near = gaps.filter(({ place }) => place > from && Math.abs(place - expected) <= reach);
    // The longest gap nearby, less what it is off.
    const worth = ({ place, gapS }: { place: number; gapS: number }): number =>
      gapS - 0.3 * Math.abs(place - expected) * FRAME_S;
    const best = near.sort((a, b) => worth(b) - worth(a))[0];
    bounds.push(best?.place ?? Math.round(expected));
    said += length;
    left = total - said;
  }
  return [...bounds, voiced.length];
}
