import { t } from '../i18n.ts';
import { button, h, said } from './element.ts';
import { saveFile } from './files.ts';

interface Line {
  readonly time: Date;
  readonly name: string;
  readonly text: string;
}

const MAX_LINES = 2000;

/** What was said, by whom and when; read out as it comes, and kept nowhere but in a file that the person saves. */
export class Transcript {
  readonly element: HTMLElement;
  readonly #lines = h('ol', {});
  readonly #log = h(
    'div',
    {
      class: 'aid-transcript',
      role: 'log',
      'aria-live': 'polite',
      tabindex: '0',
      'data-i18n-label': 'aid.captions.transcript',
      'aria-label': t('aid.captions.transcript'),
    },
    this.#lines,
  );
  readonly #empty = said('p', 'aid.captions.transcriptEmpty', { class: 'hint' });
  readonly #kept: Line[] = [];

  constructor() {
    this.element = h(
      'div',
      { class: 'aid-transcript-part' },
      this.#empty,
      this.#log,
      button(
        'aid.captions.save',
        () => {
          this.#save();
        },
        { class: 'button quiet', 'data-aid': 'save' },
      ),
    );
  }

  add(name: string, text: string, language: string | undefined): void {
    const time = new Date();
    this.#kept.push({ time, name, text });
    if (this.#kept.length > MAX_LINES) this.#kept.shift();
    this.#empty.hidden = true;
    this.#lines.append(
      h(
        'li',
        {},
        h(
          'time',
          { datetime: time.toISOString() },
          time.toLocaleTimeString(document.documentElement.lang, { timeStyle: 'short' }),
        ),
        h('b', { dir: 'auto' }, name),
        h('span', { dir: 'auto', ...(language === undefined ? {} : { lang: language }) }, text),
      ),
    );
    while (this.#lines.children.length > MAX_LINES) this.#lines.firstElementChild?.remove();
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #save(): void {
    const lines = this.#kept.map(
      ({ time, name, text }) => `${time.toISOString().slice(0, 19).replace('T', ' ')}  ${name}: ${text}`,
    );
    saveFile(`visavis-${new Date().toISOString().slice(0, 10)}.txt`, `${lines.join('\n')}\n`, 'text/plain');
  }
}
