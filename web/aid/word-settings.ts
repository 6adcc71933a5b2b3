import { t } from '../i18n.ts';
import { button, choice, freshId, h, said, slider, tick } from './element.ts';
import { openFile, saveFile } from './files.ts';
import type { PreferenceStore } from './preferences.ts';
import type { WordHelp } from './word-help.ts';

/** How many words are offered, whether they are learned, and what stands for what. */
export function wordSettings(help: WordHelp, preferences: PreferenceStore): HTMLElement {
  const { words, learns, digitKeys, situation } = preferences.current;
  const told = h('p', { class: 'hint', role: 'status' });
  const list = h('ul', { class: 'aid-phrases' });
  const short = h('input', {
    type: 'text',
    dir: 'auto',
    maxlength: '20',
    id: freshId('short'),
    autocapitalize: 'none',
  });
  const full = h('input', { type: 'text', dir: 'auto', maxlength: '300', id: freshId('full') });
  const show = (): void => {
    list.replaceChildren(
      ...Object.entries(help.abbreviations).map(([key, text]) =>
        h(
          'li',
          {},
          h('span', { class: 'aid-abbreviation', dir: 'auto' }, `${key} → ${text}`),
          h(
            'button',
            {
              type: 'button',
              class: 'button icon-only',
              'aria-label': t('aid.phrases.remove', { phrase: key }),
              onclick: () => {
                help.abbreviate(key, '');
                short.focus();
              },
            },
            '✕',
          ),
        ),
      ),
    );
  };
  help.onChange(show);
  show();
  const form = h(
    'form',
    { class: 'aid-add' },
    h('div', { class: 'field' }, said('label', 'aid.words.short', { for: short.id }), short),
    h('div', { class: 'field' }, said('label', 'aid.words.full', { for: full.id }), full),
    said('button', 'aid.words.add', { type: 'submit', class: 'button' }),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (short.value.trim() === '' || full.value.trim() === '') return;
    help.abbreviate(short.value, full.value);
    short.value = '';
    full.value = '';
    short.focus();
  });
  const read = async (file: File): Promise<void> => {
    told.textContent = t((await help.restore(await file.text())) ? 'aid.words.read' : 'aid.words.notRead');
  };
  return h(
    'div',
    { class: 'aid-grid' },
    slider(
      'aid.words.count',
      { min: 0, max: 6, step: 1, value: words },
      (value) => `${value}`,
      (value) => {
        preferences.set({ words: value });
      },
    ),
    choice(
      'aid.words.situation',
      {
        talk: 'aid.phrases.group.talk',
        needs: 'aid.phrases.group.needs',
        feelings: 'aid.phrases.group.feelings',
        health: 'aid.words.health',
        work: 'aid.words.work',
      },
      situation,
      (value) => {
        preferences.set({ situation: value });
      },
    ),
    tick('aid.words.digits', digitKeys, (checked) => {
      preferences.set({ digitKeys: checked });
    }),
    tick('aid.words.learns', learns, (checked) => {
      preferences.set({ learns: checked });
    }),
    button(
      'aid.words.forget',
      () => {
        void help.forget();
        told.textContent = t('aid.words.forgotten');
      },
      { class: 'button quiet' },
    ),
    h(
      'div',
      { class: 'aid-buttons' },
      button(
        'aid.phrases.export',
        () => {
          saveFile('visavis-words.json', help.toJson(), 'application/json');
        },
        { class: 'button quiet' },
      ),
      ...openFile('application/json,.json', (file) => void read(file), 'words-file'),
    ),
    told,
    said('h4', 'aid.words.abbreviations'),
    list,
    form,
    said('p', 'aid.words.local', { class: 'hint' }),
  );
}
