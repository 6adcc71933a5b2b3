import { setTimeout as sleep } from 'node:timers/promises';
import { BoundedQueue } from '../../base/bounded-queue.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { Meter } from '../../base/meter.ts';
import { advance, monotonicUs, type MonotonicUs } from '../../base/timeline.ts';
import type { ControlMessage } from '../../../protocol/control.ts';
import { readExpression, type ExpressiveText } from '../../../protocol/expression-text.ts';
import {
  MAX_WAITING_PHRASES,
  type AidMessage,
  type SayMessage,
  type SpeechMessage,
  type SpeechNotice,
  type SpeechState,
} from '../../../protocol/speech.ts';
import { cleanText, isSpeakable, splitSentences } from '../../../protocol/speech-text.ts';
import { estimateDurationUs, shareOut, type WordTiming } from '../../media/sync/captions.ts';
import { takeFloor } from '../../media/sync/speech-floor.ts';
import type { OpusEncoder } from '../../native/codec/opus-encoder.ts';
import { SentenceSound } from './sentence-sound.ts';
import type { VoiceChain } from './voice-chain.ts';

/** Where typed speech goes: what a participant of a call offers (`peer/avatar-peer.ts`). */
export interface SpeechOutlet {
  readonly participantId: string;
  readonly name: string;
  /** Whether the microphone brings speech now. */
  readonly talking: boolean;
  /** @returns µs from now until the first of the 20 ms packets leaves for the listeners. */
  speak(packets: readonly Uint8Array[]): number;
  /** @returns the moment that sender reports give to sound which leaves in `delayUs`; NTP, ms. */
  soundTimeMs(delayUs: number): number;
  stopSpeaking(): number;
  control(message: ControlMessage): void;
  send(message: AidMessage): void;
  broadcast(message: AidMessage): void;
}

export interface SpeechSessionOptions {
  readonly outlet: SpeechOutlet;
  readonly voices: VoiceChain;
  /** Closed by the session. */
  readonly encoder: OpusEncoder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

interface Phrase {
  readonly message: SayMessage;
  readonly expressive: ExpressiveText;
  readonly readyAt: MonotonicUs;
}

/** Sound that may lie ready before its time: enough for a slow voice, little enough that a stop wastes nothing. */
const LEAD_US = 1_500_000;
const FLOOR_POLL_MS = 50;
/** A page that went away in mid-sentence must not leave its avatar pensive. */
const COMPOSING_MS = 10_000;
const PACKET_US = 20_000;
const PREPARE_US = 1_000_000;

/** One participant's typed speech: a bounded queue of phrases, spoken one after the other. Never throws at a caller. */
export class SpeechSession implements Closable {
  readonly #options: SpeechSessionOptions;
  readonly #phrases = new BoundedQueue<Phrase>('speech', MAX_WAITING_PHRASES, 'refuse');
  readonly #listeners = new Map<(message: AidMessage) => void, () => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #composing: NodeJS.Timeout | undefined;
  #abort = new AbortController();
  #running: Promise<void> | undefined;
  #last: SayMessage | undefined;
  #captionId = 0;
  /** When the last packet given so far will have been heard. */
  #heardAt: MonotonicUs;
  #preparedAt = monotonicUs(-PREPARE_US);
  #closed = false;

  constructor(options: SpeechSessionOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now();
  }

  /**
   * Calls `listener` with states and notices too, besides the page, and `onClose` when the session ends or has ended.
   * @returns a function that ends it.
   */
  listen(listener: (message: AidMessage) => void, onClose: () => void = () => undefined): () => void {
    if (this.#closed) onClose();
    else this.#listeners.set(listener, onClose);
    return () => this.#listeners.delete(listener);
  }

  /** @returns whether the message was taken; if not, a notice says why. */
  receive(message: SpeechMessage): boolean {
    if (this.#closed) return false;
    switch (message.type) {
      case 'speech-say':
        return this.#say(message);
      case 'speech-repeat':
        if (this.#last === undefined) return this.#refuse({ id: message.id, notice: 'empty' });
        return this.#say({ ...this.#last, id: message.id });
      case 'speech-stop':
        this.stop();
        return true;
      case 'speech-composing':
        this.#compose(message.active);
        if (message.active) this.#prepare(message);
        return true;
      case 'speech-hello':
        return true;
      default:
        return message satisfies never;
    }
  }

  /** Silence and a closed mouth at once; forgets what waits. */
  stop(): void {
    const spoke = this.#running !== undefined || this.#heardAt > this.#options.clock.now();
    this.#phrases.clear();
    this.#abort.abort(new Error('stopped'));
    this.#abort = new AbortController();
    this.#running = undefined;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#heardAt = this.#options.clock.now();
    const { outlet } = this.#options;
    outlet.stopSpeaking();
    if (spoke) {
      outlet.control({ type: 'emotion', name: 'neutral', strength: 0 });
      outlet.broadcast({ type: 'caption-stop', participantId: outlet.participantId, captionId: this.#captionId });
    }
    this.#tell('stopped');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const running = this.#running;
    this.#closed = true;
    this.#abort.abort(new Error('closed'));
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#composing);
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    for (const onClose of listeners) onClose();
    await running;
    this.#options.encoder.close();
  }

  #say(message: SayMessage): boolean {
    const { text, shortened } = cleanText(message.text);
    const expressive = readExpression(text);
    if (!isSpeakable(expressive.text) && expressive.cues.length === 0) {
      return this.#refuse({ id: message.id, notice: 'empty' });
    }
    const phrase = { message, expressive, readyAt: this.#options.clock.now() };
    if (!this.#phrases.push(phrase)) return this.#refuse({ id: message.id, notice: 'full' });
    if (shortened) this.#notify({ id: message.id, notice: 'shortened', count: text.length });
    this.#last = message;
    this.#compose(false);
    this.#running ??= this.#run(this.#abort.signal);
    return true;
  }

  async #run(signal: AbortSignal): Promise<void> {
    // Answers first, then works: whoever said it hears that it was taken before it is spoken.
    await Promise.resolve();
    try {
      for (let phrase = this.#phrases.shift(); phrase !== undefined; phrase = this.#phrases.shift()) {
        await this.#speak(phrase, signal);
        signal.throwIfAborted();
      }
      this.#running = undefined;
      await this.#wait(this.#heardAt - this.#options.clock.now(), signal);
      if (!signal.aborted && this.#isIdle) this.#tell('ready');
    } catch (thrown) {
      if (signal.aborted) return;
      this.#running = undefined;
      this.#options.logger.error('speech.broke', { reason: messageOf(thrown) });
      this.#tell('ready');
    }
  }

  get #isIdle(): boolean {
    return this.#running === undefined && this.#phrases.depth === 0;
  }

  async #speak(phrase: Phrase, signal: AbortSignal): Promise<void> {
    const { message, expressive, readyAt } = phrase;
    await this.#awaitFloor(message, readyAt, signal);
    this.#tell('preparing', message.id);
    if (!isSpeakable(expressive.text)) {
      for (const cue of expressive.cues) this.#options.outlet.control(cue.control);
      this.#restAfter(1_500_000, expressive);
      return;
    }
    let from = 0;
    for (const sentence of splitSentences(expressive.text)) {
      const at = Math.max(from, expressive.text.indexOf(sentence, from));
      from = at + sentence.length;
      await this.#wait(this.#heardAt - this.#options.clock.now() - LEAD_US, signal);
      if (isSpeakable(sentence)) await this.#speakSentence(phrase, sentence, at, signal);
    }
    this.#restAfter(this.#heardAt - this.#options.clock.now() + 700_000, expressive);
  }

  async #awaitFloor({ id, policy }: SayMessage, readyAt: MonotonicUs, signal: AbortSignal): Promise<void> {
    const { clock, outlet } = this.#options;
    let told = false;
    while (takeFloor(policy ?? 'duck', outlet.talking, clock.now() - readyAt) === 'wait') {
      if (!told) this.#tell('waiting', id);
      told = true;
      await sleep(FLOOR_POLL_MS, undefined, { signal });
    }
  }

  async #speakSentence(phrase: Phrase, text: string, offset: number, signal: AbortSignal): Promise<void> {
    const { voices, encoder, clock, outlet, meter } = this.#options;
    const { message, expressive, readyAt } = phrase;
    const request = { ...requestOf(message), text };
    const sound = new SentenceSound(encoder);
    const captionId = ++this.#captionId;
    let startAt: MonotonicUs | undefined;
    try {
      const chunks = voices.speak(request, message.voice, signal, (failure) => {
        this.#options.logger.warn('speech.voice-failed', { voice: failure.voice, reason: failure.reason });
        this.#notify({ id: message.id, notice: 'voice-failed', ...defined(failure) });
      });
      for await (const { packets } of sound.play(chunks)) {
        signal.throwIfAborted();
        const now = clock.now();
        const pieceAt = advance(now, outlet.speak(packets));
        this.#heardAt = advance(pieceAt, packets.length * PACKET_US);
        if (startAt !== undefined) continue;
        startAt = pieceAt;
        meter
          .histogram(
            'avatar_speech_first_sound_seconds',
            'From a phrase to its first sound',
            [0.05, 0.1, 0.2, 0.3, 0.5, 1, 3],
          )
          .observe((pieceAt - readyAt) / 1e6);
        const guess = shareOut(text, 0, estimateDurationUs(text, request.rate));
        this.#caption(captionId, text, guess, startAt, message.language);
        this.#tellAt(pieceAt, 'speaking', message.id);
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      this.#notify({ id: message.id, notice: 'no-voice', reason: messageOf(thrown) });
    }
    if (startAt === undefined) return;
    const words = sound.words(text);
    this.#caption(captionId, text, words, startAt, message.language);
    for (const cue of expressive.cues) {
      if (cue.at < offset || (cue.at >= offset + text.length && offset + text.length < expressive.text.length))
        continue;
      const word = words.find(({ to }) => offset + to > cue.at);
      const atUs = word?.startUs ?? sound.durationUs - 300_000;
      this.#later(advance(startAt, atUs), () => {
        outlet.control(cue.control);
      });
    }
  }

  #caption(
    captionId: number,
    text: string,
    words: readonly WordTiming[],
    startAt: MonotonicUs,
    language: string | undefined,
  ): void {
    const { outlet, clock } = this.#options;
    const startsInUs = startAt - clock.now();
    outlet.broadcast({
      type: 'caption',
      participantId: outlet.participantId,
      name: outlet.name,
      captionId,
      text,
      ...(language === undefined ? {} : { language }),
      startsInMs: startsInUs / 1000,
      soundTimeMs: outlet.soundTimeMs(startsInUs),
      words: words.map(({ from, to, startUs, endUs }) => ({ from, to, startMs: startUs / 1000, endMs: endUs / 1000 })),
    } satisfies AidMessage);
  }

  /** Emotion that a text brought ends with it. */
  #restAfter(us: number, { cues }: ExpressiveText): void {
    const { clock, outlet } = this.#options;
    const isLasting = ({ control }: ExpressiveText['cues'][number]): boolean =>
      control.type === 'emotion' || control.type === 'gaze';
    if (!cues.some(isLasting)) return;
    this.#later(advance(clock.now(), us), () => {
      outlet.control({ type: 'emotion', name: 'neutral', strength: 0 });
      outlet.control({ type: 'gaze', target: null });
    });
  }

  /** Voices may start programs for it, so whoever says it in a flood is heard now and then. */
  #prepare(message: Extract<SpeechMessage, { type: 'speech-composing' }>): void {
    const now = this.#options.clock.now();
    if (now - this.#preparedAt < PREPARE_US) return;
    this.#preparedAt = now;
    this.#options.voices.prepare(requestOf(message), message.voice);
  }

  #compose(active: boolean): void {
    const was = this.#composing !== undefined;
    clearTimeout(this.#composing);
    this.#composing = undefined;
    if (active) {
      this.#composing = setTimeout(() => {
        this.#compose(false);
      }, COMPOSING_MS).unref();
    }
    if (active === was) return;
    const { outlet } = this.#options;
    outlet.control({ type: 'composing', active });
    const { participantId, name } = outlet;
    outlet.broadcast({ type: 'typing', participantId, name, active } satisfies AidMessage);
  }

  #later(at: MonotonicUs, act: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        act();
      },
      Math.max(0, (at - this.#options.clock.now()) / 1000),
    );
    this.#timers.add(timer);
  }

  #tellAt(at: MonotonicUs, state: SpeechState, id: string): void {
    this.#later(at, () => {
      this.#tell(state, id);
    });
  }

  #tell(state: SpeechState, id?: string): void {
    this.#emit({ type: 'speech-state', state, queued: this.#phrases.depth, ...(id === undefined ? {} : { id }) });
  }

  #refuse(notice: Omit<SpeechNotice, 'type'>): false {
    this.#notify(notice);
    return false;
  }

  #notify(notice: Omit<SpeechNotice, 'type'>): void {
    this.#emit({ type: 'speech-notice', ...notice });
  }

  #emit(message: AidMessage): void {
    this.#options.outlet.send(message);
    for (const listener of this.#listeners.keys()) listener(message);
  }

  async #wait(us: number, signal: AbortSignal): Promise<void> {
    if (us > 0) await sleep(us / 1000, undefined, { signal });
    signal.throwIfAborted();
  }
}

function requestOf({ language, rate, pitch }: Pick<SayMessage, 'language' | 'rate' | 'pitch'>) {
  return { language, rate: rate ?? 1, pitch: pitch ?? 1 };
}

function defined({ voice, reason, next }: { voice: string; reason: string; next: string | undefined }): {
  voice: string;
  reason: string;
  next?: string;
} {
  return next === undefined ? { voice, reason } : { voice, reason, next };
}
