import { AvatarError } from '../../base/errors.ts';
import type { VoiceEntry } from '../../../protocol/speech.ts';
import type { WordTiming } from '../../media/sync/captions.ts';

/** One sentence to be spoken. */
export interface SpeechRequest {
  /** Cleaned, without marks of expression or markup that a voice would obey, not longer than `MAX_SENTENCE_CHARACTERS`. */
  readonly text: string;
  /** BCP 47; the voice's own when absent. */
  readonly language?: string | undefined;
  /** Times the usual speed, 0.5..2; a voice that cannot ignores it. */
  readonly rate: number;
  /** Times the usual pitch, 0.5..2; a voice that cannot ignores it. */
  readonly pitch: number;
}

/** A span of a sentence's sound, in order and without gaps. */
export interface SpeechChunk {
  /** Mono, -1..1; owned by the receiver. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
  /** Words that the voice knows the times of, from the sentence's start. */
  readonly words?: readonly WordTiming[];
}

/**
 * What a failure says about the voice: `text` when it refuses this text and may speak the next, `voice` when it can speak
 * for nobody now, `unclear` when a text may have caused it.
 */
export type Blame = 'text' | 'voice' | 'unclear';

/** Why a voice did not speak a sentence, or not all of it. */
export class VoiceError extends AvatarError {
  readonly blame: Blame;

  constructor(message: string, blame: Blame, options?: ErrorOptions) {
    super('SPEECH_FAILED', message, options);
    this.blame = blame;
  }
}

/** The speech port: whatever turns a sentence into sound. */
export interface Voice extends VoiceEntry {
  /** Somebody is writing and may soon speak like this: what takes time may be done now. */
  prepare?(request: Omit<SpeechRequest, 'text'>): void;
  /**
   * Speaks one sentence as a stream; the first chunk comes as soon as there is one. All of its sentences have one rate.
   * Ending the iteration or aborting `signal` stops the work and frees what it held.
   * @throws VoiceError where the voice cannot, hangs, or breaks off.
   */
  speak(request: SpeechRequest, signal: AbortSignal): AsyncIterable<SpeechChunk>;
}
