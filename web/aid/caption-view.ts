import { TextDisplay } from '../../client/real-time-text.ts';
import type { AidMessage } from '../../protocol/speech.ts';
import type { CallPort } from '../call-port.ts';
import { t } from '../i18n.ts';
import { CaptionTrack, type ShownCaption } from './caption-track.ts';
import { h } from './element.ts';
import type { PreferenceStore } from './preferences.ts';
import type { Speaker } from './speaker.ts';
import type { Transcript } from './transcript.ts';

/** Somebody who writes and then says nothing is not writing any more. */
const TYPING_LINGER_MS = 12_000;
/** How often the browser is asked what it plays: its buffer grows and shrinks by tens of ms a second. */
const TUNE_MS = 400;

interface Writer {
  readonly name: string;
  readonly display: TextDisplay;
  active: boolean;
  seenMs: number;
}

/**
 * Captions of everyone over the pictures, word by word; below them who is writing, and what, where they allow it.
 * Screen readers are given the transcript instead, sentence by sentence.
 */
export class CaptionView {
  readonly #call: CallPort;
  readonly #track = new CaptionTrack();
  readonly #writers = new Map<string, Writer>();
  readonly #rows = new Map<string, { readonly row: HTMLElement; readonly words: HTMLElement }>();
  readonly #badges = h('div', { class: 'aid-writing' });
  readonly #lines = h('div', { class: 'aid-captions-lines', 'aria-hidden': 'true' });
  readonly #logged = new Set<string>();
  readonly #transcript: Transcript;
  #isDrawing = false;
  #tunedMs = -Infinity;

  constructor(
    root: HTMLElement,
    stage: HTMLElement,
    speaker: Speaker,
    call: CallPort,
    preferences: PreferenceStore,
    transcript: Transcript,
  ) {
    this.#call = call;
    this.#transcript = transcript;
    root.classList.add('aid-captions');
    root.append(this.#badges, this.#lines);
    speaker.onMessage((message) => {
      this.#hear(message);
    });
    preferences.watch(({ captions, captionSize, captionColour, captionPosition }) => {
      this.#lines.hidden = !captions;
      Object.assign(root.dataset, { size: captionSize, colour: captionColour, position: captionPosition });
      stage.dataset['captions'] = captions ? captionPosition : 'off';
    });
  }

  #hear(message: AidMessage): void {
    const now = performance.now();
    if (message.type === 'caption') {
      this.#track.push(message, now);
      this.#writers.delete(message.participantId);
    } else if (message.type === 'caption-stop') this.#track.stop(message.participantId, now);
    else if (message.type === 'typing') this.#writer(message).active = message.active;
    else if (message.type === 'typed') {
      const writer = this.#writer(message);
      writer.active = true;
      writer.display.push(message.text);
    } else return;
    this.#start();
  }

  #writer({ participantId, name }: { readonly participantId: string; readonly name: string }): Writer {
    const writer = this.#writers.get(participantId) ?? { name, display: new TextDisplay(), active: false, seenMs: 0 };
    writer.seenMs = performance.now();
    this.#writers.set(participantId, writer);
    return writer;
  }

  /** Draws while there is something to draw; a page without captions does no work. */
  #start(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    const draw = (): void => {
      const nowMs = performance.now();
      if (nowMs - this.#tunedMs > TUNE_MS) void this.#tune(nowMs);
      this.#draw(nowMs);
      if (this.#track.isEmpty && this.#writers.size === 0) this.#isDrawing = false;
      else requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  }

  async #tune(nowMs: number): Promise<void> {
    this.#tunedMs = nowMs;
    for (const participantId of this.#track.speakers) {
      const offsetMs = await this.#call.playoutOffsetMs(participantId);
      if (offsetMs !== undefined) this.#track.tune(participantId, offsetMs, performance.now());
    }
  }

  #draw(nowMs: number): void {
    const shown = this.#track.at(nowMs).slice(-3);
    for (const [key, { row }] of this.#rows) {
      if (shown.some((caption) => caption.key === key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    for (const caption of shown) {
      this.#drawCaption(caption);
      if (!caption.done || this.#logged.has(caption.key)) continue;
      this.#logged.add(caption.key);
      this.#transcript.add(this.#nameOf(caption.participantId, caption.name), caption.text, caption.language);
    }
    this.#drawWriters(nowMs);
  }

  #drawCaption({ key, participantId, name, text, language, spoken, word }: ShownCaption): void {
    let made = this.#rows.get(key);
    if (made === undefined) {
      const words = h('span', { dir: 'auto', ...(language === undefined ? {} : { lang: language }) });
      const row = h(
        'p',
        { class: 'aid-caption', 'data-testid': 'caption' },
        h('b', { dir: 'auto' }, this.#nameOf(participantId, name)),
        words,
      );
      made = { row, words };
      this.#rows.set(key, made);
      this.#lines.append(row);
    }
    const state = `${spoken} ${word?.join('-') ?? ''} ${text.length}`;
    if (made.words.dataset['state'] === state) return;
    made.words.dataset['state'] = state;
    const [from, to] = word ?? [spoken, spoken];
    made.words.replaceChildren(
      text.slice(0, from),
      h('mark', { 'data-testid': 'caption-word' }, text.slice(from, to)),
      h('i', {}, text.slice(to)),
    );
  }

  #drawWriters(nowMs: number): void {
    const rows: string[] = [];
    for (const [participantId, { name, display, active, seenMs }] of this.#writers) {
      if (!active || nowMs - seenMs > TYPING_LINGER_MS) {
        this.#writers.delete(participantId);
        continue;
      }
      if (this.#isSelf(participantId)) continue;
      const typed = display.text.split('\n').at(-1) ?? '';
      rows.push(
        typed === ''
          ? t('aid.captions.typing', { name: isolate(name) })
          : t('aid.captions.typed', { name: isolate(name), text: isolate(typed) }),
      );
    }
    const wanted = rows.join('\n');
    if (this.#badges.dataset['rows'] === wanted) return;
    this.#badges.dataset['rows'] = wanted;
    this.#badges.replaceChildren(
      ...rows.map((row) =>
        h(
          'p',
          { class: 'aid-badge', dir: 'auto', 'data-testid': 'typing' },
          h('span', { class: 'aid-dots', 'aria-hidden': 'true' }),
          row,
        ),
      ),
    );
  }

  #isSelf(participantId: string): boolean {
    return this.#call.participants.some((one) => one.participantId === participantId && one.isSelf);
  }

  #nameOf(participantId: string, name: string): string {
    if (this.#isSelf(participantId)) return t('aid.captions.me');
    return name === '' ? t('aid.captions.other') : name;
  }
}

/** Keeps a name or a text of another reading direction from mixing with the words around it (UAX 9). */
function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}
