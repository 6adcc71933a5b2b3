import { t } from '../i18n.ts';
import { button, choice, freshId, h, said, slider } from './element.ts';
import type { PreferenceStore } from './preferences.ts';
import type { Speaker } from './speaker.ts';

/** Languages that are offered by name; a voice may speak more, and the page's own language is always the first. */
const LANGUAGES = [
  'en-GB',
  'en-US',
  'es',
  'es-419',
  'ar',
  'de',
  'fr',
  'it',
  'pt',
  'nl',
  'pl',
  'tr',
  'ru',
  'uk',
  'fa',
  'hi',
  'zh',
  'ja',
  'ko',
  'sv',
  'fi',
  'el',
  'he',
];

/** Which voice speaks, how fast and how high, and what it does when the microphone is busy. */
export function voiceSettings(speaker: Speaker, preferences: PreferenceStore): HTMLElement {
  const { language, policy, rate, pitch } = preferences.current;
  const voices = h('select', { id: freshId('voice') }, said('option', 'aid.voice.automatic', { value: '' }));
  voices.addEventListener('change', () => {
    preferences.set({ voice: voices.value });
  });
  speaker.onVoices((entries) => {
    voices.replaceChildren(
      said('option', 'aid.voice.automatic', { value: '' }),
      ...entries.map(({ name }) => h('option', { value: name }, name)),
    );
    voices.value = preferences.current.voice;
    // A voice that this server does not have is no choice of anyone.
    if (voices.selectedIndex < 0) voices.value = '';
  });
  const languages = h('select', { id: freshId('language') }, said('option', 'page.language', { value: '' }));
  for (const tag of LANGUAGES)
    languages.append(
      h('option', { value: tag, lang: tag }, new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag),
    );
  languages.value = language;
  languages.addEventListener('change', () => {
    preferences.set({ language: languages.value });
  });
  const times = (value: number): string => `${(value / 100).toFixed(2)} ×`;
  return h(
    'div',
    { class: 'aid-grid' },
    h('div', { class: 'field' }, said('label', 'aid.voice.voice', { for: voices.id }), voices),
    h('div', { class: 'field' }, said('label', 'aid.voice.language', { for: languages.id }), languages),
    slider('aid.voice.rate', { min: 50, max: 200, step: 5, value: rate * 100 }, times, (value) => {
      preferences.set({ rate: value / 100 });
    }),
    slider('aid.voice.pitch', { min: 50, max: 200, step: 5, value: pitch * 100 }, times, (value) => {
      preferences.set({ pitch: value / 100 });
    }),
    choice('aid.voice.policy', { wait: 'aid.voice.policy.wait', duck: 'aid.voice.policy.duck' }, policy, (value) => {
      preferences.set({ policy: value });
    }),
    button(
      'aid.voice.try',
      () => {
        speaker.say(t('aid.voice.sample'));
      },
      { class: 'button quiet' },
    ),
  );
}
