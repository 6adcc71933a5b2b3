import { graphemesOf } from '../../protocol/graphemes.ts';
import { language, onLanguageChange, t, type Language, type MessageKey } from '../i18n.ts';
import type { Composer } from './composer.ts';
import { button, h } from './element.ts';

/** Rows of a board for switches: common letters first, so that most are a few steps away. */
const ROWS: Readonly<Record<Language, readonly string[]>> = {
  en: ['etaoin', 'shrdlu', 'cmwfgy', 'pbvkjx', 'qz,.?!'],
  de: ['enisra', 'tdhulc', 'gmobwf', 'kzpväü', 'ößjyxq', ',.?!'],
  es: ['eaosrn', 'idlctu', 'mpbgvy', 'qhfzjñ', 'xkwáéí', 'óú,.¿?'],
  ar: ['اليمنو', 'تربعدس', 'فهكقحج', 'شصخطزض', 'ذثغظءة', 'ىأإآؤئ', '،.؟!'],
};

/** Letters that are written by scanning alone; shown while scanning is on. */
export function letterBoard(composer: Composer): HTMLElement {
  const board = h('div', {
    class: 'aid-board',
    'data-scan-group': true,
    'data-scan-first': true,
    'data-scan-stays': true,
    'data-aid': 'letters',
    role: 'group',
    'data-i18n-label': 'aid.board.title',
    'aria-label': t('aid.board.title'),
    hidden: true,
  });
  const append = (letters: string): void => {
    composer.write(composer.text + letters);
  };
  const letter = (name: string): HTMLButtonElement => {
    const act = (): void => {
      append(name);
    };
    return h('button', { type: 'button', class: 'aid-letter', onclick: act }, name);
  };
  /** A key that shows a sign and is called by a word. */
  const sign = (key: MessageKey, shown: string, onclick: () => void): HTMLButtonElement => {
    const name = { 'data-i18n-label': key, 'aria-label': t(key) };
    return h('button', { type: 'button', class: 'aid-letter wide', ...name, onclick }, shown);
  };
  const show = (): void => {
    const rows = ROWS[language()].map((letters) =>
      h(
        'div',
        {
          class: 'aid-board-row',
          'data-scan-group': true,
          role: 'group',
          'aria-label': t('aid.board.row', { letters: Array.from(letters).join(' ') }),
        },
        ...Array.from(letters, letter),
      ),
    );
    const actions = h(
      'div',
      {
        class: 'aid-board-row',
        'data-scan-group': true,
        role: 'group',
        'data-i18n-label': 'aid.compose.say',
        'aria-label': t('aid.compose.say'),
      },
      button(
        'aid.compose.say',
        () => {
          composer.say();
        },
        { class: 'aid-letter wide primary' },
      ),
      sign('aid.board.space', '␣', () => {
        append(' ');
      }),
      sign('aid.board.backspace', '⌫', () => {
        composer.write(graphemesOf(composer.text).slice(0, -1).join(''));
      }),
      button(
        'aid.compose.undo',
        () => {
          composer.undo();
        },
        { class: 'aid-letter wide' },
      ),
      button(
        'aid.compose.stop',
        () => {
          composer.stop();
        },
        { class: 'aid-letter wide' },
      ),
      button(
        'aid.compose.clear',
        () => {
          composer.write('');
        },
        { class: 'aid-letter wide' },
      ),
    );
    // Where each round begins, so that what was written is said with two presses.
    board.replaceChildren(actions, ...rows);
  };
  show();
  onLanguageChange(show);
  return board;
}
