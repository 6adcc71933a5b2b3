import { finishedLength } from '../../protocol/speech-text.ts';
import { t } from '../i18n.ts';
import { button, freshId, h, said, tick } from './element.ts';
import type { PreferenceStore } from './preferences.ts';
import type { AidState, Speaker } from './speaker.ts';
import type { TypingLine } from './typing-line.ts';

const MAX_UNDO = 100;

/** Where text is written and sent off: Enter says it, Escape stops the voice. */
export class Composer {
  readonly element: HTMLElement;
  /** Settings of how a text is sent. They are not part of `element`, which stays in sight. */
  readonly settings: HTMLElement;
  readonly #speaker: Speaker;
  readonly #typing: TypingLine;
  readonly #preferences: PreferenceStore;
  readonly #input: HTMLTextAreaElement;
  readonly #state: HTMLElement;
  readonly #language = h('p', { class: 'hint', role: 'status', 'data-aid': 'language', hidden: true });
  /** What was written before each key of a board, newest last. */
  #earlier: string[] = [];
  #tidyDraft: (draft: string) => string = (draft) => draft;
  readonly #draftListeners = new Set<() => void>();
  readonly #digitListeners = new Set<(digit: number) => boolean>();

  constructor(speaker: Speaker, typing: TypingLine, preferences: PreferenceStore) {
    this.#speaker = speaker;
    this.#typing = typing;
    this.#preferences = preferences;
    const id = freshId('text');
    const hint = said('p', 'aid.compose.hint', { class: 'hint', id: freshId('hint') });
    this.#input = h('textarea', { id, rows: '3', dir: 'auto', 'aria-describedby': hint.id, 'data-aid': 'text' });
    this.#input.addEventListener('input', (event) => {
      this.#tidy(event);
      this.#typed();
    });
    this.#input.addEventListener('keydown', (event) => {
      if (this.#isDigitTaken(event)) {
        event.preventDefault();
        return;
      }
      // Enter that ends a Chinese or Japanese conversion belongs to the input method.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.say();
    });
    this.#state = h('p', { class: 'aid-state', role: 'status', 'data-aid': 'state' });
    speaker.onState((state) => {
      this.#show(state);
    });
    const { sentences, showTyping } = preferences.current;
    this.element = h(
      'section',
      { class: 'aid-composer' },
      said('label', 'aid.compose.label', { for: id }),
      this.#input,
      hint,
      h(
        'div',
        {
          class: 'aid-buttons',
          'data-scan-group': true,
          'data-i18n-label': 'aid.title',
          role: 'group',
          'aria-label': t('aid.title'),
        },
        button(
          'aid.compose.say',
          () => {
            this.say();
          },
          { class: 'button primary', 'data-aid': 'say' },
        ),
        button(
          'aid.compose.stop',
          () => {
            this.stop();
          },
          { class: 'button danger', 'data-aid': 'stop', 'aria-keyshortcuts': 'Escape' },
        ),
        button(
          'aid.compose.undo',
          () => {
            this.undo();
          },
          { 'data-aid': 'undo' },
        ),
        button(
          'aid.compose.repeat',
          () => {
            this.#speaker.repeat();
          },
          { 'data-aid': 'repeat', 'aria-keyshortcuts': 'Alt+R' },
        ),
        button(
          'aid.compose.edit',
          () => {
            this.edit();
          },
          { 'data-aid': 'edit', 'aria-keyshortcuts': 'Alt+E' },
        ),
      ),
      this.#state,
      this.#language,
    );
    this.settings = h(
      'div',
      { class: 'aid-composer-settings' },
      tick('aid.compose.sentences', sentences, (checked) => {
        preferences.set({ sentences: checked });
      }),
      tick('aid.compose.showTyping', showTyping, (checked) => {
        preferences.set({ showTyping: checked });
        this.#typing.show(this.#input.value);
      }),
    );
  }

  /** Says what is written. */
  say(): void {
    if (!this.#speaker.say(this.#input.value)) return;
    this.#input.value = '';
    this.#earlier = [];
    this.#typing.end();
    this.#tellDraft();
  }

  stop(): void {
    this.#speaker.stop();
  }

  /** Takes the last text back to be corrected; the voice stops. */
  edit(): void {
    const { last } = this.#speaker;
    if (last === undefined) return;
    this.#speaker.stop();
    this.write(last);
    this.#input.focus();
  }

  /** Puts `text` in the place of what is written. */
  write(text: string): void {
    this.#earlier = [...this.#earlier.slice(1 - MAX_UNDO), this.#input.value];
    this.#input.value = text;
    this.#typed();
  }

  /** Takes back the last key of a board. */
  undo(): void {
    const earlier = this.#earlier.pop();
    if (earlier === undefined) return;
    this.#input.value = earlier;
    this.#typed();
  }

  get text(): string {
    return this.#input.value;
  }

  focus(): void {
    this.#input.focus({ preventScroll: true });
    this.#input.setSelectionRange(this.#input.value.length, this.#input.value.length);
  }

  /** Passes each typed draft through `tidy`, which moves punctuation before a suggestion's space and expands abbreviations. */
  onTidy(tidy: (draft: string) => string): void {
    this.#tidyDraft = tidy;
  }

  /** Calls `listener` at each change of what is written. */
  onDraft(listener: () => void): void {
    this.#draftListeners.add(listener);
  }

  /** Calls `listener` with each digit that is typed; one that returns `true` has used it up. */
  onDigit(listener: (digit: number) => boolean): void {
    this.#digitListeners.add(listener);
  }

  #isDigitTaken(event: KeyboardEvent): boolean {
    if (!/^[1-6]$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return false;
    return [...this.#digitListeners].some((listener) => listener(Number(event.key)));
  }

  /** Only at the end of the text, and only for what was typed there: a correction within it stays as it is. */
  #tidy(event: Event): void {
    const { value, selectionStart } = this.#input;
    if (!(event instanceof InputEvent) || event.inputType !== 'insertText' || selectionStart !== value.length) return;
    const tidy = this.#tidyDraft(value);
    if (tidy !== value) this.#input.value = tidy;
  }

  /** Shows in which language a draft will be spoken, when it is not the person's usual one. */
  #showLanguage(): void {
    const tag = this.#speaker.foreignLanguageOf(this.#input.value);
    this.#language.hidden = tag === undefined;
    const shown = tag === undefined ? '' : t('aid.compose.language', { language: languageName(tag) });
    // A status that is written again is read out again.
    if (this.#language.textContent !== shown) this.#language.textContent = shown;
  }

  #tellDraft(): void {
    this.#showLanguage();
    for (const listener of this.#draftListeners) listener();
  }

  #typed(): void {
    const draft = this.#input.value;
    const finished = this.#preferences.current.sentences ? finishedLength(draft) : 0;
    if (finished > 0 && this.#speaker.say(draft.slice(0, finished))) {
      this.#input.value = draft.slice(finished);
      this.#typing.end();
    }
    this.#speaker.compose(this.#input.value.trim() !== '');
    this.#typing.show(this.#input.value);
    this.#tellDraft();
  }

  #show({ key, values, isTrouble }: AidState): void {
    this.#state.textContent = t(key, values);
    this.#state.dataset['state'] = key.replace('aid.state.', '');
    this.#state.classList.toggle('trouble', isTrouble === true);
  }
}

/** @returns the name of a language in the page's language. */
function languageName(tag: string): string {
  return new Intl.DisplayNames([document.documentElement.lang], { type: 'language' }).of(tag) ?? tag;
}
