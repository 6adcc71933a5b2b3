import type { CallPort } from '../call-port.ts';
import { choice, h, said, slider, tick } from './element.ts';
import type { PreferenceStore } from './preferences.ts';

/** Scanning, lip clarity and motion. */
export function accessSettings(call: CallPort, stage: HTMLElement, preferences: PreferenceStore): HTMLElement {
  const { scan, dwellS, dwell, hoverS, large, lips, lessMotion } = preferences.current;
  const clarify = (on: boolean): void => {
    stage.classList.toggle('lip-clarity', on);
    // All that this page sees comes at a rate at which lips can be followed, and never after its sound.
    call.send({ type: 'lip-clarity', active: on });
    // The own avatar comes closer for whoever reads its lips; the crop is this page's alone.
    call.send({ type: 'distance', ratio: on ? 0.8 : null });
  };
  // The first roster says that the channel is open, and who comes later is to be asked too.
  call.onParticipants((participants) => {
    if (participants.length > 0 && preferences.current.lips) clarify(true);
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
    tick('aid.dwell.on', dwell, (checked) => {
      preferences.set({ dwell: checked });
    }),
    slider(
      'aid.dwell.time',
      { min: 0.3, max: 3, step: 0.1, value: hoverS },
      (value) => value.toFixed(1),
      (value) => {
        preferences.set({ hoverS: value });
      },
    ),
    tick('aid.access.large', large, (checked) => {
      preferences.set({ large: checked });
    }),
    tick('aid.access.lips', lips, (checked) => {
      preferences.set({ lips: checked });
      clarify(checked);
    }),
    said('p', 'aid.access.lipsNote', { class: 'hint' }),
    tick('aid.access.motion', lessMotion, (checked) => {
      preferences.set({ lessMotion: checked });
    }),
  );
}
