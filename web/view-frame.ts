import type { FromViewFrame, ToViewFrame } from '../protocol/view-frame.ts';

/** Lets the page around this one steer the picture (`protocol/view-frame.ts`). Without such a page it does nothing. */
export class ViewFrame {
  readonly #video: HTMLVideoElement;
  readonly #onFit: (fit: 'contain' | 'cover') => void;
  #state: FromViewFrame['state'] = 'waiting';

  constructor(video: HTMLVideoElement, onFit: (fit: 'contain' | 'cover') => void) {
    this.#video = video;
    this.#onFit = onFit;
    if (parent === window) return;
    addEventListener('message', ({ data, source }: MessageEvent<unknown>) => {
      if (source === parent && isMessage(data)) this.#obey(data);
    });
    for (const change of ['volumechange', 'resize']) {
      video.addEventListener(change, () => {
        this.#tell();
      });
    }
    this.#tell();
  }

  set state(state: FromViewFrame['state']) {
    this.#state = state;
    this.#tell();
  }

  #obey(message: Partial<Record<string, unknown>>): void {
    const { type, muted, volume, fit } = message;
    if (type === ('mute' satisfies ToViewFrame['type']) && typeof muted === 'boolean') this.#video.muted = muted;
    else if (type === 'volume' && typeof volume === 'number' && volume >= 0 && volume <= 1) this.#video.volume = volume;
    else if (type === 'fit' && (fit === 'contain' || fit === 'cover')) this.#onFit(fit);
    else if (type === 'ask') this.#tell();
  }

  #tell(): void {
    if (parent === window) return;
    const { muted, volume, videoWidth: width, videoHeight: height } = this.#video;
    // Only pages that the operator listed may be around this one, and nothing of this is secret.
    parent.postMessage(
      { visavis: 1, type: 'state', state: this.#state, muted, volume, width, height } satisfies FromViewFrame,
      '*',
    );
  }
}

function isMessage(data: unknown): data is Partial<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && 'visavis' in data && data.visavis === 1;
}
