import type { Clock } from '../../base/clock.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { advance, type MonotonicUs } from '../../base/timeline.ts';
import type { VoiceEntry } from '../../../protocol/speech.ts';
import { withoutVoiceMarkup } from '../../../protocol/speech-text.ts';
import { estimateDurationUs, shareOut } from '../../media/sync/captions.ts';
import { VoiceError, type SpeechChunk, type SpeechRequest, type Voice } from './voice.ts';

/** A voice that failed, not one that refused a text, is not asked again for so long, unless no other is left. */
const REST_US = 30_000_000;
/** No sentence lasts longer; a voice that goes on for ever is broken. */
const LONGEST_SENTENCE_US = 60_000_000;
/** Sound much shorter than the text needs even in haste broke off. */
const SHORTEST_SHARE = 0.2;

export interface VoiceFailure {
  readonly voice: string;
  readonly reason: string;
  /** The voice that is tried now, if one is left. */
  readonly next: string | undefined;
}

/**
 * Tries voices in order until a sentence is spoken; one that breaks off has its rest spoken by the next. A voice that is
 * out of order rests for all participants; one that a text may have upset rests for that participant alone, or anybody
 * could take the voices from everybody.
 */
export class VoiceChain {
  readonly #voices: readonly Voice[];
  readonly #clock: Clock;
  readonly #restingUntil = new Map<string, MonotonicUs>();
  readonly #restingForAllUntil: Map<string, MonotonicUs>;

  /**
   * @param voices - best first.
   * @param restingForAllUntil - of the chain that this one was made from.
   */
  constructor(voices: readonly Voice[], clock: Clock, restingForAllUntil = new Map<string, MonotonicUs>()) {
    this.#voices = voices;
    this.#clock = clock;
    this.#restingForAllUntil = restingForAllUntil;
  }

  /** @returns the same voices with a memory of one participant's own failures. */
  forParticipant(): VoiceChain {
    return new VoiceChain(this.#voices, this.#clock, this.#restingForAllUntil);
  }

  get entries(): VoiceEntry[] {
    return this.#voices.map(({ name, kind }) => ({ name, kind }));
  }

  /** Gets ready what would speak first. @param preferred - as for `speak`. */
  prepare(request: Omit<SpeechRequest, 'text'>, preferred: string | undefined): void {
    this.#order(preferred)[0]?.prepare?.(request);
  }

  /**
   * @param preferred - name of the voice to try first.
   * @param onFailure - hears of each voice that failed, before the next is tried.
   * @throws AvatarError `SPEECH_FAILED` when no voice could; what `signal` aborted with.
   */
  async *speak(
    request: SpeechRequest,
    preferred: string | undefined,
    signal: AbortSignal,
    onFailure: (failure: VoiceFailure) => void,
  ): AsyncGenerator<SpeechChunk> {
    const order = this.#order(preferred);
    // Of the same length, so that what is left after a voice broke off is found in it.
    let rest = withoutVoiceMarkup(request.text);
    for (const [index, voice] of order.entries()) {
      let spokenUs = 0;
      try {
        for await (const chunk of voice.speak({ ...request, text: rest }, signal)) {
          spokenUs += (chunk.samples.length / chunk.sampleRateHz) * 1e6;
          if (spokenUs > LONGEST_SENTENCE_US) throw new AvatarError('SPEECH_FAILED', 'Does not come to an end');
          yield chunk;
        }
        if (spokenUs >= SHORTEST_SHARE * estimateDurationUs(rest, request.rate)) {
          this.#restingUntil.delete(voice.name);
          this.#restingForAllUntil.delete(voice.name);
          return;
        }
        throw new AvatarError(
          'SPEECH_FAILED',
          `Voice "${voice.name}" broke off after ${Math.round(spokenUs / 1000)} ms`,
        );
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        this.#rest(voice.name, thrown);
        onFailure({ voice: voice.name, reason: messageOf(thrown), next: order[index + 1]?.name });
        rest = restOf(rest, spokenUs, request.rate);
        if (rest === '') return;
      }
    }
    throw new AvatarError('SPEECH_FAILED', `None of ${order.length} voices could speak`);
  }

  #rest(name: string, thrown: unknown): void {
    const blame = thrown instanceof VoiceError ? thrown.blame : 'unclear';
    if (blame === 'text') return;
    const resting = blame === 'voice' ? this.#restingForAllUntil : this.#restingUntil;
    resting.set(name, advance(this.#clock.now(), REST_US));
  }

  #order(preferred: string | undefined): Voice[] {
    const now = this.#clock.now();
    const resting = ({ name }: Voice): boolean =>
      [this.#restingUntil, this.#restingForAllUntil].some((until) => (until.get(name) ?? now) > now);
    const wanted = this.#voices.toSorted((a, b) => Number(b.name === preferred) - Number(a.name === preferred));
    return [...wanted.filter((voice) => !resting(voice)), ...wanted.filter(resting)];
  }
}

/** @returns `text` from the first word that was not heard whole. */
function restOf(text: string, spokenUs: number, rate: number): string {
  if (spokenUs <= 0) return text;
  const words = shareOut(text, 0, estimateDurationUs(text, rate));
  const next = words.find((word) => word.endUs > spokenUs);
  return next === undefined ? '' : text.slice(next.from);
}
