import { t } from '../i18n.ts';
import { DwellClock } from './dwell.ts';
import { button, h } from './element.ts';
import type { PreferenceStore } from './preferences.ts';
import { activate } from './scan-view.ts';

/** What a pointer can choose by resting on it. Over texts, pictures and gaps it chooses nothing. */
const TARGETS = 'button:not(:disabled), a[href], summary, select, label.check, label.chip, input[type="range"]';

/** Choosing by dwelling, for eye gaze and head pointers: a ring fills at the pointer, and "Rest" pauses choosing. */
export class DwellView {
  readonly #preferences: PreferenceStore;
  readonly #clock = new DwellClock<HTMLElement>();
  readonly #ring = h('div', { class: 'aid-dwell-ring', 'aria-hidden': 'true', hidden: true });
  readonly #rest: HTMLButtonElement;
  #at: { readonly x: number; readonly y: number } | undefined;
  #isResting = false;
  #isRunning = false;

  constructor(preferences: PreferenceStore) {
    this.#preferences = preferences;
    this.#rest = button(
      'aid.dwell.rest',
      () => {
        this.#setResting(!this.#isResting);
      },
      { class: 'button aid-dwell-rest', 'aria-pressed': 'false', 'data-aid': 'rest', hidden: true },
    );
    document.body.append(this.#rest, this.#ring);
    document.addEventListener('pointermove', ({ clientX, clientY, pointerType }) => {
      // A finger that rests on the screen has pressed already.
      this.#at = pointerType === 'touch' ? undefined : { x: clientX, y: clientY };
    });
    document.documentElement.addEventListener('pointerleave', () => {
      this.#at = undefined;
    });
    preferences.watch(({ dwell, large }) => {
      document.documentElement.toggleAttribute('data-large-targets', large);
      this.#rest.hidden = !dwell;
      if (dwell) this.#start();
      else this.#setResting(false);
    });
  }

  #start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const look = (nowMs: number): void => {
      const { dwell, hoverS } = this.#preferences.current;
      if (!dwell) {
        this.#isRunning = false;
        this.#ring.hidden = true;
        return;
      }
      const chosen = this.#clock.move(this.#targetNow(), nowMs, hoverS * 1000);
      if (chosen !== undefined) activate(chosen);
      this.#draw(this.#clock.progress(hoverS * 1000));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }

  #targetNow(): HTMLElement | undefined {
    if (this.#at === undefined) return undefined;
    const target = document.elementFromPoint(this.#at.x, this.#at.y)?.closest<HTMLElement>(TARGETS) ?? undefined;
    return this.#isResting && target !== this.#rest ? undefined : target;
  }

  #draw(progress: number): void {
    this.#ring.hidden = progress === 0 || this.#at === undefined;
    if (this.#at === undefined || progress === 0) return;
    this.#ring.style.translate = `${this.#at.x}px ${this.#at.y}px`;
    this.#ring.style.setProperty('--progress', progress.toFixed(3));
  }

  #setResting(resting: boolean): void {
    this.#isResting = resting;
    this.#rest.setAttribute('aria-pressed', String(resting));
    const key = resting ? 'aid.dwell.goOn' : 'aid.dwell.rest';
    this.#rest.dataset['i18n'] = key;
    this.#rest.textContent = t(key);
  }
}
