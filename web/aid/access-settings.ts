import type { CallPort } from '../call-port.ts';
import { choice, h, said, slider, tick } from './element.ts';
import type { PreferenceStore } from './preferences.ts';

/** Scanning, lip clarity and motion. */
export function accessSettings(call: CallPort, stage: HTMLElement, preferences: PreferenceStore): HTMLElement {
  const { scan, dwellS, lips, lessMotion } = preferences.current;
  const clarify = (on: boolean): void => {
    stage.classList.toggle('lip-clarity', on);
    if (!on) return;
    // The own avatar comes closer and moves finer for whoever reads its lips; the crop is this page's alone.
    call.send({ type: 'frame-rate', framesPerSecond: 30 });
    call.send({ type: 'distance', ratio: 0.8 });
  };
  call.onState(({ type }) => {
    if (type === 'live' && preferences.current.lips)
      setTimeout(() => {
        clarify(true);
      }, 500);
  });
  preferences.watch((now) => {
    document.documentElement.toggleAttribute('data-less-motion', now.lessMotion);
    stage.classList.toggle('lip-clarity', now.lips);
  });
  return h(
    'div',
    { class: 'aid-grid' },
    choice(
      'aid.access.scan',
      { off: 'aid.access.scan.off', one: 'aid.access.scan.one', two: 'aid.access.scan.two' },
      scan,
      (value) => {
        preferences.set({ scan: value });
      },
    ),
    slider(
      'aid.access.dwell',
      { min: 0.4, max: 5, step: 0.1, value: dwellS },
      (value) => value.toFixed(1),
      (value) => {
        preferences.set({ dwellS: value });
      },
    ),
    tick('aid.access.lips', lips, (checked) => {
      preferences.set({ lips: checked });
      clarify(checked);
      if (!checked) call.send({ type: 'distance', ratio: null });
    }),
    said('p', 'aid.access.lipsNote', { class: 'hint' }),
    tick('aid.access.motion', lessMotion, (checked) => {
      preferences.set({ lessMotion: checked });
    }),
  );
}
