import type { PageCall } from './call.ts';
import { byId } from './dom.ts';

/** The own avatar as the others see it. Its place is known before anybody says so: its picture waits for no message. */
export class SelfView {
  /** The first picture is seen. */
  readonly shown: Promise<void>;
  readonly #call: PageCall;
  readonly #tile = byId('self', HTMLDivElement);
  readonly #video = byId('self-video', HTMLVideoElement);
  #link: PageCall['link'];

  constructor(call: PageCall) {
    this.#call = call;
    this.shown = new Promise((resolve) => {
      watchPlaying(this.#video, this.#tile, () => {
        performance.mark('visavis:first-picture');
        resolve();
      });
    });
    call.onState((state) => {
      if (state.type === 'idle' || state.type === 'ended') this.#clear();
      else this.#attach();
    });
  }

  setName(name: string): void {
    byId('self-name', HTMLSpanElement).textContent = name;
  }

  #attach(): void {
    const { link } = this.#call;
    if (link === undefined || link === this.#link) return;
    this.#link = link;
    this.#video.srcObject = link.ownStream;
  }

  #clear(): void {
    this.#link = undefined;
    this.#video.srcObject = null;
    this.#tile.classList.remove('playing');
  }
}

/** Marks the tile from its first picture on: until then it shimmers. */
export function watchPlaying(video: HTMLVideoElement, tile: HTMLElement, onFirst: () => void): void {
  const watch = (): void => {
    video.requestVideoFrameCallback((_now, { width }) => {
      // Chromium shows a black picture of 2x2 while there is none.
      if (width <= 2) {
        watch();
        return;
      }
      if (!tile.classList.contains('playing')) onFirst();
      tile.classList.add('playing');
    });
  };
  video.addEventListener('loadstart', watch);
  video.addEventListener('emptied', () => {
    tile.classList.remove('playing');
  });
}
