import { EMOTIONS, type ControlMessage, type Gesture } from '../../protocol/control.ts';
import { t, type MessageKey } from '../i18n.ts';
import { button, h, section, slider } from './element.ts';
import type { PreferenceStore } from './preferences.ts';
import type { Speaker } from './speaker.ts';

const GESTURES: readonly (readonly [Gesture, MessageKey])[] = [
  ['nod', 'aid.express.nod'],
  ['shake', 'aid.express.shake'],
  ['brow-shrug', 'aid.express.browShrug'],
  ['laugh', 'aid.express.laugh'],
];
const AT_LISTENER: ControlMessage = { type: 'gaze', target: { yaw: 0, pitch: 0 } };
const ASIDE: ControlMessage = { type: 'gaze', target: { yaw: 14, pitch: 3 } };

/** Feelings with a strength, gestures and gaze, one key each. */
export function expressionKeys(speaker: Speaker, preferences: PreferenceStore): HTMLElement {
  const feelings = EMOTIONS.map((name) => {
    const key: MessageKey = `aid.express.${name}`;
    const made = button(
      key,
      () => {
        feel(name);
      },
      { class: 'chip', 'aria-pressed': String(name === 'neutral'), 'data-aid': `feel-${name}` },
    );
    return made;
  });
  let felt: (typeof EMOTIONS)[number] = 'neutral';
  const feel = (name: typeof felt): void => {
    felt = name;
    speaker.express({ type: 'emotion', name, strength: name === 'neutral' ? 0 : preferences.current.strength });
    for (const [index, other] of EMOTIONS.entries())
      feelings[index]?.setAttribute('aria-pressed', String(other === name));
  };
  const gestures = GESTURES.map(([name, key]) =>
    button(
      key,
      () => {
        speaker.express({ type: 'gesture', name });
      },
      { class: 'chip', 'data-aid': `gesture-${name}` },
    ),
  );
  const gazes = [
    button(
      'aid.express.lookAt',
      () => {
        speaker.express(AT_LISTENER);
      },
      { class: 'chip', 'data-aid': 'look-at' },
    ),
    button(
      'aid.express.lookAside',
      () => {
        speaker.express(ASIDE);
      },
      { class: 'chip', 'data-aid': 'look-aside' },
    ),
  ];
  const strength = slider(
    'aid.express.strength',
    { min: 10, max: 100, step: 10, value: Math.round(preferences.current.strength * 100) },
    (value) => `${value} %`,
    (value) => {
      preferences.set({ strength: value / 100 });
      if (felt !== 'neutral') feel(felt);
    },
  );
  const group = (...buttons: HTMLButtonElement[]): HTMLElement =>
    h(
      'div',
      {
        class: 'chips',
        'data-scan-group': true,
        'data-i18n-label': 'aid.express.title',
        role: 'group',
        'aria-label': t('aid.express.title'),
      },
      ...buttons,
    );
  return section('aid.express.title', 'aid-part', group(...feelings), strength, group(...gestures, ...gazes));
}
