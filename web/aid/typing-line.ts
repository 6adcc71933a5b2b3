import { T140_BUFFER_MS, TextSender } from '../../client/real-time-text.ts';
import type { TextChannel } from '../../client/media-link.ts';
import type { CallPort } from '../call-port.ts';
import type { PreferenceStore } from './preferences.ts';

/** Sends the text as it grows on the T.140 channel (RFC 8865), while the person allows it. */
export class TypingLine {
  readonly #preferences: PreferenceStore;
  #channel: TextChannel | undefined;
  #sender = new TextSender();
  #text = '';
  #timer: number | undefined;

  constructor(call: CallPort, preferences: PreferenceStore) {
    this.#preferences = preferences;
    call.onTextChannel((channel) => {
      this.#channel = channel;
      this.#sender = new TextSender();
    });
  }

  /** The draft is now `text`. */
  show(text: string): void {
    this.#text = this.#preferences.current.showTyping ? text : '';
    this.#send();
  }

  /** The draft was said: the line begins anew, and what was not sent yet is in the caption. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const shown = this.#sender.settled !== '';
    const line = this.#sender.endLine();
    if (shown && this.#channel?.readyState === 'open') this.#channel.send(line);
    this.#text = '';
  }

  #send(): void {
    if (this.#timer !== undefined) return;
    const message = this.#sender.next(this.#text, performance.now());
    if (message !== undefined && this.#channel?.readyState === 'open') this.#channel.send(message);
    if (this.#sender.settled === this.#text) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, T140_BUFFER_MS);
  }
}
