import { language, onLanguageChange, type Language } from '../i18n.ts';
import type { Composer } from './composer.ts';
import { button, h } from './element.ts';

/** Rows of a board for switches: common letters first, so that most are a few steps away. */
const ROWS: Readonly<Record<Language, readonly string[]>> = {
  en: ['etaoin', 'shrdlu', 'cmwfgy', 'pbvkjx', 'qz,.?!'],
  de: ['enisra', 'tdhulc', 'gmobwf', 'kzpväü', 'ößjyxq', ',.?!'],
  es: ['eaosrn', 'idlctu', 'mpbgvy', 'qhfzjñ', 'xkwáéí', 'óú,.¿?'],
  ar: ['اليمنو', 'ترببعد', 'سفهكقح', 'جشصخطز', 'ضذثغظء', 'ةىأإؤئ', '،.؟!'],
};

/** Letters that are written by scanning alone; shown while scanning is on. */
export function letterBoard(composer: Composer): HTMLElement {
  const board = h('div', {
    class: 'aid-board',
    'data-scan-group': true,
    'data-aid': 'letters',
    dir: 'auto',
    hidden: true,
  });
  const key = (name: string, act: () => void): HTMLButtonElement =>
    h('button', { type: 'button', class: 'aid-letter', onclick: act }, name);
  const append = (letters: string): void => {
    composer.write(composer.text + letters);
  };
  const show = (): void => {
    const rows = ROWS[language()].map((letters) =>
      h(
        'div',
        { class: 'aid-board-row', 'data-scan-group': true },
        ...Array.from(letters, (letter) =>
          key(letter, () => {
            append(letter);
          }),
        ),
      ),
    );
    const actions = h(
      'div',
      { class: 'aid-board-row', 'data-scan-group': true },
      h(
        'button',
        {
          type: 'button',
          class: 'aid-letter wide',
          'aria-label': 'space',
          onclick: () => {
            append(' ');
          },
        },
        '␣',
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'aid-letter wide',
          'aria-label': 'backspace',
          onclick: () => {
            composer.write(Array.from(composer.text).slice(0, -1).join(''));
          },
        },
        '⌫',
      ),
      button(
        'aid.compose.clear',
        () => {
          composer.write('');
        },
        { class: 'aid-letter wide' },
      ),
      button(
        'aid.compose.say',
        () => {
          composer.say();
        },
        { class: 'aid-letter wide primary' },
      ),
    );
    board.replaceChildren(...rows, actions);
  };
  show();
  onLanguageChange(show);
  return board;
}
