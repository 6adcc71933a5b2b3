import { graphemesOf } from '../../protocol/graphemes.ts';
import { language, onLanguageChange, t, type MessageKey } from '../i18n.ts';
import { boardRows, type BoardKey } from './board-layout.ts';
import type { Composer } from './composer.ts';
import { h } from './element.ts';
import type { PreferenceStore } from './preferences.ts';
import type { Speaker } from './speaker.ts';
import type { Suggestion } from './vocabulary.ts';
import type { WordHelp } from './word-help.ts';
import { withSign } from './writing.ts';

/** What the keys that are no letters do: their names, and the signs that are shown for long names. */
const ACTIONS: Readonly<Record<'say' | 'stop' | 'delete' | 'undo' | 'clear', readonly [MessageKey, string?]>> = {
  say: ['aid.compose.say'],
  stop: ['aid.compose.stop'],
  delete: ['aid.board.backspace', '⌫'],
  undo: ['aid.compose.undo'],
  clear: ['aid.compose.clear'],
};

/** Words and letters that are written by scanning alone; shown while scanning is on. */
export function letterBoard(
  composer: Composer,
  speaker: Speaker,
  help: WordHelp,
  preferences: PreferenceStore,
): HTMLElement {
  const rows: HTMLElement[] = [];
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
  const acts: Readonly<Record<keyof typeof ACTIONS, () => void>> = {
    say: () => {
      composer.say();
    },
    stop: () => {
      composer.stop();
    },
    delete: () => {
      composer.write(graphemesOf(composer.text).slice(0, -1).join(''));
    },
    undo: () => {
      composer.undo();
    },
    clear: () => {
      composer.write('');
    },
  };
  const keyOf = (key: BoardKey, offered: readonly Suggestion[]): HTMLButtonElement => {
    if (key.kind === 'word') {
      const { shown = '', draft = '' } = offered[key.place] ?? {};
      return made('aid-letter wide word', shown, () => {
        composer.write(draft);
      });
    }
    if (key.kind === 'letter') {
      const isSpace = key.letter === ' ';
      const press = made(`aid-letter${isSpace ? ' wide' : ''}`, isSpace ? '␣' : key.letter, () => {
        composer.write(help.expand(withSign(composer.text, key.letter)));
      });
      if (isSpace) press.setAttribute('aria-label', t('aid.board.space'));
      return press;
    }
    const [name, sign] = ACTIONS[key.kind];
    const press = made(`aid-letter wide ${key.kind === 'say' ? 'primary' : ''}`, sign ?? t(name), acts[key.kind]);
    press.setAttribute('aria-label', t(name));
    return press;
  };
  const show = (): void => {
    const offered = help.offer(composer.text);
    const first = composer.text.trim() !== '' ? 'say' : speaker.isSpeaking ? 'stop' : undefined;
    const keys = boardRows(language(), offered.length, first);
    const isFirstRow = (row: readonly BoardKey[]): boolean => row.some(({ kind }) => kind === 'word' || kind === 'say');
    for (const [index, row] of keys.entries()) {
      // A row stays the same element while its keys change: a switch that is in it stays there.
      const element = (rows[index] ??= h('div', { class: 'aid-board-row', 'data-scan-group': true, role: 'group' }));
      const letters = row.flatMap((key) => (key.kind === 'letter' ? [key.letter] : []));
      element.setAttribute(
        'aria-label',
        letters.length > 0
          ? t('aid.board.row', { letters: letters.map((one) => (one === ' ' ? '␣' : one)).join(' ') })
          : t(isFirstRow(row) ? 'aid.words.title' : 'aid.board.edit'),
      );
      element.replaceChildren(...row.map((key) => keyOf(key, offered)));
    }
    rows.length = keys.length;
    board.replaceChildren(...rows);
  };
  const showIfSeen = (): void => {
    if (!board.hidden) show();
  };
  preferences.watch(({ scan }) => {
    board.hidden = scan === 'off';
    showIfSeen();
  });
  composer.onDraft(showIfSeen);
  help.onChange(showIfSeen);
  speaker.onState(showIfSeen);
  onLanguageChange(showIfSeen);
  return board;
}

function made(className: string, shown: string, onclick: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: className, dir: 'auto', onclick }, shown);
}
