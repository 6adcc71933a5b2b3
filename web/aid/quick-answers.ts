import { t, type MessageKey } from '../i18n.ts';
import { button, h, said, section } from './element.ts';
import type { Speaker } from './speaker.ts';

interface Quick {
  readonly key: MessageKey;
  /** Expression that goes with it. */
  readonly mark: string;
  /** Together with Alt. */
  readonly code?: string;
  readonly letter?: string;
  readonly composes?: boolean;
}

const QUICK: readonly Quick[] = [
  { key: 'aid.quick.yes', mark: '[nod]', code: 'KeyY', letter: 'Y' },
  { key: 'aid.quick.no', mark: '[shake]', code: 'KeyN', letter: 'N' },
  { key: 'aid.quick.wait', mark: '', code: 'KeyW', letter: 'W', composes: true },
  { key: 'aid.quick.turn', mark: '[look]', code: 'KeyS', letter: 'S', composes: true },
  { key: 'aid.quick.goOn', mark: '[nod]', code: 'KeyG', letter: 'G' },
  { key: 'aid.quick.maybe', mark: '[shrug]' },
  { key: 'aid.quick.hello', mark: '[smile]', code: 'KeyH', letter: 'H' },
  { key: 'aid.quick.thanks', mark: '[smile]', code: 'KeyT', letter: 'T' },
  { key: 'aid.quick.again', mark: '[look]', code: 'KeyA', letter: 'A' },
  { key: 'aid.quick.goodbye', mark: '[smile]' },
];

/** Answers that cannot wait, each with the gesture that belongs to it; `keys` are Alt and a letter. */
export function quickAnswers(speaker: Speaker): {
  readonly element: HTMLElement;
  readonly keys: ReadonlyMap<string, () => void>;
} {
  const keys = new Map<string, () => void>();
  const buttons = QUICK.map(({ key, mark, code, letter, composes }) => {
    const say = (): void => {
      // The mark comes first, so that the nod is seen with the word and not after it.
      if (speaker.say(`${mark} ${t(key)}`) && composes === true) {
        speaker.compose(true);
      }
    };
    if (code !== undefined) keys.set(code, say);
    const hasKey = letter !== undefined;
    const made = button(key, say, {
      'data-aid': key.replace('aid.quick.', 'quick-'),
      ...(hasKey ? { 'aria-keyshortcuts': `Alt+${letter}` } : {}),
    });
    if (!hasKey) return made;
    const label = said('span', key);
    made.removeAttribute('data-i18n');
    made.replaceChildren(label, h('kbd', { 'aria-hidden': 'true' }, letter));
    return made;
  });
  const grid = h('div', { class: 'aid-quick', 'data-scan-group': true }, ...buttons);
  return { element: section('aid.quick.title', 'aid-part', grid), keys };
}
