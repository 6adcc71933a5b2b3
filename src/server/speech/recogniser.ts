import type { AudioChunk } from '../../base/media.ts';
import type { WordTiming } from '../../media/sync/captions.ts';

/** What a recogniser heard so far of one utterance; a later one with the same id replaces it. */
export interface Recognised {
  readonly utteranceId: number;
  readonly text: string;
  /** On the media timeline of the sound. */
  readonly words: readonly WordTiming[];
  readonly final: boolean;
}

/**
 * The recogniser port: captions for speech that came through a microphone. None is shipped; whoever adds one feeds it a
 * participant's sound and broadcasts `caption` messages from what it says.
 */
export interface Recogniser {
  readonly name: string;
  /** Follows one participant's sound until `signal` aborts. @throws AvatarError `SPEECH_FAILED`. */
  listen(
    sound: AsyncIterable<AudioChunk>,
    language: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Recognised>;
}
