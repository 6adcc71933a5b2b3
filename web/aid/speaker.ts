import { readExpression } from '../../protocol/expression-text.ts';
import type { AidMessage, SpeechNotice, VoiceEntry } from '../../protocol/speech.ts';
import { cleanText, isSpeakable } from '../../protocol/speech-text.ts';
import type { CallPort } from '../call-port.ts';
import type { MessageKey } from '../i18n.ts';
import type { PreferenceStore } from './preferences.ts';
import { languageRuns, type LanguageRun } from './text-language.ts';

const FEEL_AGAIN_MS = 1000;
const GREET_AGAIN_MS = 100;

/** What the state line says. */
export interface AidState {
  readonly key: MessageKey;
  readonly values?: Readonly<Record<string, string | number>>;
  /** Something went wrong that the person should know. */
  readonly isTrouble?: boolean;
}

/** A page that is still writing says so again before the server gives up on it. */
const COMPOSING_AGAIN_MS = 4000;
/** Stretches in different languages that go out as phrases of their own; twelve phrases may wait at the server. */
const MAX_RUNS = 6;
/** Whoever has not touched a key for so long is thinking, not writing. */
const IDLE_MS = 8000;

/** The person's voice in the call: what the panels say through, and what they hear of it. */
export class Speaker {
  readonly #call: CallPort;
  readonly #preferences: PreferenceStore;
  readonly #stateListeners = new Set<(state: AidState) => void>();
  readonly #messageListeners = new Set<(message: AidMessage) => void>();
  readonly #saidListeners = new Set<(text: string) => void>();
  #last: string | undefined;
  #count = 0;
  #composing = false;
  #isSpeaking = false;
  #composedMs = 0;
  #idle: number | undefined;
  #feeling: Parameters<CallPort['send']>[0] | undefined;

  constructor(call: CallPort, preferences: PreferenceStore) {
    this.#call = call;
    this.#preferences = preferences;
    call.onMessage((message) => {
      const { type } = message;
      if (type !== 'roster' && type !== 'coefficients' && type !== 'error') this.#hear(message);
    });
    call.onState(({ type }) => {
      if (type === 'live') this.#greet();
      this.#tell({ key: type === 'live' ? 'aid.state.ready' : 'aid.state.offline' });
    });
  }

  /** Whether a text is being spoken, prepared, or waits to be. */
  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }

  get last(): string | undefined {
    return this.#last;
  }

  onState(listener: (state: AidState) => void): void {
    this.#stateListeners.add(listener);
    listener({ key: this.#call.state.type === 'live' ? 'aid.state.ready' : 'aid.state.offline' });
  }

  onMessage(listener: (message: AidMessage) => void): void {
    this.#messageListeners.add(listener);
  }

  /** Calls `listener` with each text that goes out to be spoken. */
  onSaid(listener: (text: string) => void): void {
    this.#saidListeners.add(listener);
  }

  onVoices(listener: (voices: readonly VoiceEntry[]) => void): void {
    this.onMessage((message) => {
      if (message.type === 'speech-welcome') listener(message.voices);
    });
  }

  /** @returns whether it went out; if not, the state says why. */
  say(typed: string): boolean {
    const { text, shortened } = cleanText(typed);
    const expressive = readExpression(text);
    if (!isSpeakable(expressive.text) && expressive.cues.length === 0) {
      this.#tell({ key: 'aid.state.empty', isTrouble: true });
      return false;
    }
    const runs = this.#runsOf(text);
    // What the server has no room for whole is said in the usual language, rather than in part.
    const parts = runs.length > MAX_RUNS ? [{ text, language: this.#usualLanguage }] : runs;
    const sent = parts.every((run) =>
      this.#call.send({ type: 'speech-say', id: `say-${++this.#count}`, ...this.#manner, ...run }),
    );
    if (!sent) {
      this.#tell({ key: 'aid.state.offline', isTrouble: true });
      return false;
    }
    this.#last = text;
    this.#composing = false;
    clearTimeout(this.#idle);
    for (const listener of this.#saidListeners) listener(text);
    this.#tell(
      shortened
        ? { key: 'aid.state.shortened', values: { count: text.length }, isTrouble: true }
        : { key: 'aid.state.preparing' },
    );
    return true;
  }

  stop(): void {
    if (this.#call.send({ type: 'speech-stop' })) this.#tell({ key: 'aid.state.stopped' });
  }

  repeat(): void {
    if (this.#last !== undefined) this.say(this.#last);
  }

  /** Says that the person is writing, or has stopped; may be called at every key. */
  compose(active: boolean): void {
    clearTimeout(this.#idle);
    if (active) {
      this.#idle = setTimeout(() => {
        this.compose(false);
      }, IDLE_MS);
    }
    const now = performance.now();
    if (active === this.#composing && (!active || now - this.#composedMs < COMPOSING_AGAIN_MS)) return;
    const began = active && !this.#composing;
    this.#composing = active;
    this.#composedMs = now;
    if (!this.#call.send({ type: 'speech-composing', active, ...(active ? this.#manner : {}) })) return;
    if (began) this.#tell({ key: 'aid.state.composing' });
    else if (!active) this.#tell({ key: 'aid.state.ready' });
  }

  /** @returns the language that a text is going to be spoken in, where it is not the usual one. */
  foreignLanguageOf(text: string): string | undefined {
    return this.#runsOf(text).find(({ language }) => language !== this.#usualLanguage)?.language;
  }

  /** A mark of an expression has no language: it goes with the sentence that it stands before. */
  #runsOf(text: string): LanguageRun[] {
    return languageRuns(text, this.#usualLanguage).filter((run) => isSpeakable(run.text) || run.text.includes('['));
  }

  get #usualLanguage(): string {
    const { language } = this.#preferences.current;
    return language === '' ? document.documentElement.lang : language;
  }

  /** How the person wants to be heard. */
  get #manner() {
    const { voice, rate, pitch, policy } = this.#preferences.current;
    return { ...(voice === '' ? {} : { voice }), language: this.#usualLanguage, rate, pitch, policy };
  }

  /** Sends a control; a feeling is remembered, and taken up again after a text that brought its own. */
  express(control: Parameters<CallPort['send']>[0]): void {
    if (control.type === 'emotion') this.#feeling = control;
    this.#call.send(control);
  }

  /** The call is live a moment before its data channel is open. */
  #greet(): void {
    if (this.#call.state.type !== 'live' || this.#call.send({ type: 'speech-hello' })) return;
    setTimeout(() => {
      this.#greet();
    }, GREET_AGAIN_MS);
  }

  #hear(message: AidMessage): void {
    if (message.type === 'speech-state') {
      this.#isSpeaking = message.state !== 'ready' && message.state !== 'stopped';
      if (message.state === 'speaking' && message.queued > 0) {
        this.#tell({ key: 'aid.state.queued', values: { count: message.queued } });
      } else if (message.state !== 'ready' || !this.#composing) this.#tell({ key: `aid.state.${message.state}` });
      if (message.state === 'ready' || message.state === 'stopped') this.#feelAgain();
    } else if (message.type === 'speech-notice') this.#tell(stateOf(message));
    for (const listener of this.#messageListeners) listener(message);
  }

  /** A text's own feeling ends a moment after it; then the person's chosen one is due again. */
  #feelAgain(): void {
    setTimeout(() => {
      if (this.#feeling !== undefined) this.#call.send(this.#feeling);
    }, FEEL_AGAIN_MS);
  }

  #tell(state: AidState): void {
    for (const listener of this.#stateListeners) listener(state);
  }
}

function stateOf({ notice, voice, next, count }: SpeechNotice): AidState {
  switch (notice) {
    case 'full':
      return { key: 'aid.state.full', isTrouble: true };
    case 'empty':
    case 'invalid':
      return { key: 'aid.state.empty', isTrouble: true };
    case 'shortened':
      return { key: 'aid.state.shortened', values: { count: count ?? 0 }, isTrouble: true };
    case 'voice-failed':
      return next === undefined
        ? { key: 'aid.state.noVoice', isTrouble: true }
        : { key: 'aid.state.voiceFailed', values: { voice: voice ?? '', next }, isTrouble: true };
    case 'no-voice':
      return { key: 'aid.state.noVoice', isTrouble: true };
    default:
      return notice satisfies never;
  }
}
