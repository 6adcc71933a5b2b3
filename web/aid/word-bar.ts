import { t } from '../i18n.ts';
import type { Composer } from './composer.ts';
import { h } from './element.ts';
import type { PreferenceStore } from './preferences.ts';
import type { WordHelp } from './word-help.ts';

/** Words and beginnings that are offered above the text; the board for switches has them in its first row instead. */
export function wordBar(composer: Composer, help: WordHelp, preferences: PreferenceStore): HTMLElement {
  const bar = h('div', {
    class: 'aid-words',
    'data-aid': 'words',
    role: 'group',
    'data-i18n-label': 'aid.words.title',
    'aria-label': t('aid.words.title'),
  });
  const show = (): void => {
    const { scan, digitKeys } = preferences.current;
    const offered = scan === 'off' ? help.offer(composer.text) : [];
    bar.hidden = offered.length === 0;
    bar.replaceChildren(
      ...offered.map(({ shown, draft }, place) =>
        h(
          'button',
          {
            type: 'button',
            class: 'aid-word',
            onclick: () => {
              composer.write(draft);
              // A touch keyboard stays open, and a hand on the keys stays there.
              composer.focus();
            },
          },
          h('span', { dir: 'auto' }, shown),
          digitKeys && h('kbd', { 'aria-hidden': 'true' }, `${place + 1}`),
        ),
      ),
    );
  };
  composer.onDraft(show);
  help.onChange(show);
  preferences.watch(show);
  composer.onDigit((digit) => {
    if (!preferences.current.digitKeys || bar.hidden) return false;
    const suggestion = help.offer(composer.text)[digit - 1];
    if (suggestion === undefined) return false;
    composer.write(suggestion.draft);
    return true;
  });
  return bar;
}
