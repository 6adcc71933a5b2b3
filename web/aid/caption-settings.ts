import { choice, h, tick } from './element.ts';
import type { PreferenceStore } from './preferences.ts';

/** How captions look. */
export function captionSettings(preferences: PreferenceStore): HTMLElement {
  const { captions, captionSize, captionColour, captionPosition } = preferences.current;
  return h(
    'div',
    { class: 'aid-grid' },
    tick('aid.captions.show', captions, (checked) => {
      preferences.set({ captions: checked });
    }),
    choice(
      'aid.captions.size',
      {
        small: 'aid.captions.size.small',
        medium: 'aid.captions.size.medium',
        large: 'aid.captions.size.large',
        huge: 'aid.captions.size.huge',
      },
      captionSize,
      (value) => {
        preferences.set({ captionSize: value });
      },
    ),
    choice(
      'aid.captions.colour',
      {
        whiteOnBlack: 'aid.captions.colour.whiteOnBlack',
        yellowOnBlack: 'aid.captions.colour.yellowOnBlack',
        blackOnWhite: 'aid.captions.colour.blackOnWhite',
      },
      captionColour,
      (value) => {
        preferences.set({ captionColour: value });
      },
    ),
    choice(
      'aid.captions.position',
      {
        bottom: 'aid.captions.position.bottom',
        top: 'aid.captions.position.top',
        below: 'aid.captions.position.below',
      },
      captionPosition,
      (value) => {
        preferences.set({ captionPosition: value });
      },
    ),
  );
}
