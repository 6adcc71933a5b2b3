import { Resampler } from '../../media/audio/resampler.ts';
import { readExpression } from '../../../protocol/expression-text.ts';
import type { ControlMessage } from '../../../protocol/control.ts';
import { cleanText, isSpeakable, MAX_SPOKEN_CHARACTERS, splitSentences } from '../../../protocol/speech-text.ts';
import { findPauses, findWords, shareOut } from '../../media/sync/captions.ts';
import type { SpokenWord } from '../../media/sync/subtitles.ts';
import type { VoiceChain, VoiceFailure } from './voice-chain.ts';

/** Of the sound that is made, whatever the voice's own rate is. */
export const SPOKEN_RATE_HZ = 48_000;
const SENTENCE_PAUSE_S = 0.25;
const PARAGRAPH_PAUSE_S = 0.7;

export interface SpokenTextOptions {
  readonly voices: VoiceChain;
  /** Name of the voice to try first. */
  readonly voice: string | undefined;
  readonly language: string | undefined;
  readonly rate: number;
  readonly pitch: number;
  readonly signal: AbortSignal;
  readonly onFailure: (failure: VoiceFailure) => void;
}

/** One sentence of a text, spoken, with a pause behind it. */
export interface SpokenSentence {
  /** Mono at `SPOKEN_RATE_HZ`. */
  readonly samples: Float32Array;
  /** Times from the start of the sentence. */
  readonly words: readonly SpokenWord[];
  /** Feelings and gestures that the text asks for as the sentence begins. */
  readonly controls: readonly ControlMessage[];
}

/**
 * Speaks a text of any length, sentence by sentence, so that only one is in memory.
 * @throws AvatarError `SPEECH_FAILED` when no voice can.
 */
export async function* speakText(text: string, options: SpokenTextOptions): AsyncGenerator<SpokenSentence, void> {
  for (const paragraph of text.split(/\n\s*\n/)) {
    const sentences = piecesOf(paragraph).flatMap((piece) => splitSentences(piece));
    for (const [index, written] of sentences.entries()) {
      const { text: said, cues } = readExpression(written);
      if (!isSpeakable(said)) continue;
      const isLast = index === sentences.length - 1;
      const samples = await soundOf(said, isLast ? PARAGRAPH_PAUSE_S : SENTENCE_PAUSE_S, options);
      yield { samples, words: wordsOf(said, samples), controls: cues.map(({ control }) => control) };
    }
  }
}

/** A paragraph may be longer than one text of a call. */
function piecesOf(paragraph: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const sentence of paragraph.replace(/\s+/g, ' ').split(/(?<=[.!?…。！？]) /)) {
    if (piece.length + sentence.length >= MAX_SPOKEN_CHARACTERS && piece !== '') {
      pieces.push(piece);
      piece = '';
    }
    piece += `${piece === '' ? '' : ' '}${sentence}`;
  }
  pieces.push(piece);
  return pieces.map((each) => cleanText(each).text).filter((each) => each !== '');
}

async function soundOf(text: string, pauseS: number, options: SpokenTextOptions): Promise<Float32Array> {
  const { voices, voice, language, rate, pitch, signal, onFailure } = options;
  const parts: Float32Array[] = [];
  let resampler: { readonly rateHz: number; readonly to48k: Resampler } | undefined;
  for await (const { samples, sampleRateHz } of voices.speak(
    { text, language, rate, pitch },
    voice,
    signal,
    onFailure,
  )) {
    if (resampler?.rateHz !== sampleRateHz) {
      if (resampler !== undefined) parts.push(resampler.to48k.flush());
      resampler = { rateHz: sampleRateHz, to48k: new Resampler(sampleRateHz, SPOKEN_RATE_HZ) };
    }
    parts.push(resampler.to48k.push(samples));
  }
  if (resampler !== undefined) parts.push(resampler.to48k.flush());
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0) + pauseS * SPOKEN_RATE_HZ);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function wordsOf(text: string, samples: Float32Array): SpokenWord[] {
  const { speech, pauses } = findPauses(samples, SPOKEN_RATE_HZ);
  const timings = shareOut(text, speech.startUs, speech.endUs, pauses);
  const spans = findWords(text);
  return timings.map(({ startUs, endUs }, index) => {
    // What stands between two words, such as a comma or a quotation mark, belongs to the first.
    const from = index === 0 ? 0 : spans[index]!.from;
    const to = spans[index + 1]?.from ?? text.length;
    return { text: text.slice(from, to).trim(), startUs, endUs, endsSentence: index === timings.length - 1 };
  });
}
