/**
 * When each word of a known text is spoken. Voices that say so are believed; for the others the sound's length is
 * shared out by how long words take, and the shares are pulled to the pauses that can be heard in the sound.
 */

/** Characters `from` up to but not including `to` of the text; times from the start of its sound. */
export interface WordTiming {
  readonly from: number;
  readonly to: number;
  readonly startUs: number;
  readonly endUs: number;
}

export interface WordSpan {
  readonly from: number;
  readonly to: number;
}

/** Speech at rest rate, when the sound is still to come: about 13 characters a second in most alphabets. */
const US_PER_WEIGHT = 76_000;
/** Every word costs its beginning and end besides its letters. */
const WORD_WEIGHT = 0.9;
/** The last word before a pause is drawn out, in every language that was looked at. */
const FINAL_LENGTHENING = 1.35;
/** A comma or a full stop is heard as a pause of so many letters. */
const PAUSE_WEIGHT = 2.5;

/** @returns where the words of `text` are; in scripts without spaces each syllable or sign counts as one. */
export function findWords(text: string): WordSpan[] {
  const spans: WordSpan[] = [];
  for (const match of text.matchAll(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}][\p{L}\p{N}\p{M}'’\-.@/:]*[\p{L}\p{N}\p{M}]|[\p{L}\p{N}\p{M}]/gu,
  )) {
    spans.push({ from: match.index, to: match.index + match[0].length });
  }
  return spans;
}

/** @returns how long `text` takes to say at `rate` times the usual speed, by rule of thumb (µs). */
export function estimateDurationUs(text: string, rate = 1): number {
  const weight = shares(text, findWords(text)).reduce((sum, share) => sum + share.word + share.pause, 0);
  return Math.round((weight * US_PER_WEIGHT) / rate);
}

/**
 * Shares a sound's length out over its words.
 * @param pauses - silent spans inside the sound, in order (`findPauses`).
 * @param startUs - where speech begins; `endUs` - where it ends.
 */
export function shareOut(
  text: string,
  startUs: number,
  endUs: number,
  pauses: readonly SoundSpan[] = [],
  measured?: readonly number[],
): WordTiming[] {
  const words = findWords(text);
  const parts = shares(text, words, measured);
  const total = parts.reduce((sum, part) => sum + part.word + part.pause, 0) - (parts.at(-1)?.pause ?? 0);
  if (words.length === 0 || total <= 0) return [];
  const usPerWeight = (endUs - startUs) / total;
  const timings: WordTiming[] = [];
  let at = startUs;
  for (const [index, word] of words.entries()) {
    const end = at + parts[index]!.word * usPerWeight;
    timings.push({ ...word, startUs: Math.round(at), endUs: Math.round(end) });
    at = end + parts[index]!.pause * usPerWeight;
  }
  return snap(timings, parts, pauses, startUs, endUs);
}

export interface SoundSpan {
  readonly startUs: number;
  readonly endUs: number;
}

/**
 * Moves the marks where the text pauses onto the pauses of the sound, and what lies between along with them.
 */
function snap(
  timings: readonly WordTiming[],
  parts: readonly Share[],
  pauses: readonly SoundSpan[],
  startUs: number,
  endUs: number,
): WordTiming[] {
  const anchors: { from: number; to: number }[] = [{ from: startUs, to: startUs }];
  let nextPause = 0;
  for (let index = 0; index < timings.length - 1; index++) {
    if (parts[index]!.pause === 0) continue;
    const guessUs = (timings[index]!.endUs + timings[index + 1]!.startUs) / 2;
    const found = nearest(pauses, guessUs, nextPause);
    if (found === undefined) continue;
    nextPause = found + 1;
    const pause = pauses[found]!;
    anchors.push(
      { from: timings[index]!.endUs, to: pause.startUs },
      { from: timings[index + 1]!.startUs, to: pause.endUs },
    );
  }
  anchors.push({ from: endUs, to: endUs });
  return timings.map((word) => ({
    ...word,
    startUs: Math.round(along(anchors, word.startUs)),
    endUs: Math.round(along(anchors, word.endUs)),
  }));
}

/** A pause further from where the text has one belongs to something else. */
const SNAP_US = 700_000;

function nearest(pauses: readonly SoundSpan[], guessUs: number, from: number): number | undefined {
  let best: number | undefined;
  let bestUs = SNAP_US;
  for (let index = from; index < pauses.length; index++) {
    const middle = (pauses[index]!.startUs + pauses[index]!.endUs) / 2;
    const distance = Math.abs(middle - guessUs);
    if (distance < bestUs) {
      best = index;
      bestUs = distance;
    }
  }
  return best;
}

/** Piecewise linear: from what was guessed to what was heard. */
function along(anchors: readonly { from: number; to: number }[], at: number): number {
  for (let index = 1; index < anchors.length; index++) {
    const before = anchors[index - 1]!;
    const after = anchors[index]!;
    if (at > after.from && index < anchors.length - 1) continue;
    if (after.from <= before.from) return after.to;
    return before.to + ((at - before.from) / (after.from - before.from)) * (after.to - before.to);
  }
  return at;
}

interface Share {
  readonly word: number;
  readonly pause: number;
}

function shares(text: string, words: readonly WordSpan[], measured?: readonly number[]): Share[] {
  return words.map((word, index) => {
    const gap = text.slice(word.to, words[index + 1]?.from ?? text.length);
    const weight = measured?.[index] ?? weigh(text.slice(word.from, word.to)) + WORD_WEIGHT;
    const rests = /[,;:.!?…،؛؟。！？、，–—]/u.test(gap) || index === words.length - 1;
    return { word: rests ? weight * FINAL_LENGTHENING : weight, pause: rests ? PAUSE_WEIGHT : 0 };
  });
}

/** Letters are not equally long: digits are whole words, signs of Han script whole syllables. */
function weigh(word: string): number {
  let weight = 0;
  for (const character of word) {
    if (/\p{N}/u.test(character)) weight += 4;
    else if (/[\p{Script=Han}\p{Script=Hangul}]/u.test(character)) weight += 2.6;
    else if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) weight += 1.6;
    else if (/\p{M}/u.test(character)) weight += 0.3;
    else if (/[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(character)) weight += 1.5;
    else weight += 1;
  }
  return weight;
}

/** Quieter than this share of the sound's loudest tenth of a second is a pause. */
const QUIET = 0.02;
const PAUSE_US = 55_000;

/** @returns where the speech of a sound begins and ends, and the silent spans of 55 ms and more between. */
export function findPauses(
  samples: Float32Array,
  sampleRateHz: number,
): { readonly speech: SoundSpan; readonly pauses: SoundSpan[] } {
  const hop = Math.round(sampleRateHz / 200);
  const count = Math.floor(samples.length / hop);
  const levels = new Float32Array(count);
  let loudest = 0;
  for (let index = 0; index < count; index++) {
    let sum = 0;
    for (let i = index * hop; i < (index + 1) * hop; i++) sum += samples[i]! * samples[i]!;
    levels[index] = Math.sqrt(sum / hop);
    loudest = Math.max(loudest, levels[index]!);
  }
  const usPerLevel = (hop / sampleRateHz) * 1e6;
  const loud = (index: number): boolean => levels[index]! > QUIET * loudest;
  let first = 0;
  while (first < count && !loud(first)) first++;
  let last = count;
  while (last > first && !loud(last - 1)) last--;
  const pauses: SoundSpan[] = [];
  let quietFrom: number | undefined;
  for (let index = first; index < last; index++) {
    if (!loud(index)) quietFrom ??= index;
    else if (quietFrom !== undefined) {
      if ((index - quietFrom) * usPerLevel >= PAUSE_US) {
        pauses.push({ startUs: Math.round(quietFrom * usPerLevel), endUs: Math.round(index * usPerLevel) });
      }
      quietFrom = undefined;
    }
  }
  return { speech: { startUs: Math.round(first * usPerLevel), endUs: Math.round(last * usPerLevel) }, pauses };
}
