import { t } from '../i18n.ts';
import { h } from './element.ts';
import type { PreferenceStore } from './preferences.ts';
import { Scan, type ScanNode } from './scan.ts';

/** Elements that a group of the page offers to a switch, in reading order. */
const REACHABLE = 'button, input, select, summary, a[href]';

/**
 * Switch scanning of everything on the page that carries `data-scan-group`, in the lobby as in the call: the groups one
 * after the other, those with `data-scan-first` before the others, then what is in the one that was chosen. In a group
 * with `data-scan-stays` the next choice begins in that group. One switch: time goes on by itself, Space chooses. Two switches: Space goes on, Enter chooses.
 */
export class ScanView {
  readonly #root: HTMLElement;
  readonly #preferences: PreferenceStore;
  readonly #back = h('p', { class: 'aid-scan-back', hidden: true, role: 'status' });
  #scan: Scan<HTMLElement> | undefined;
  #timer: number | undefined;

  constructor(root: HTMLElement, preferences: PreferenceStore) {
    this.#root = root;
    this.#preferences = preferences;
    document.body.append(this.#back);
    preferences.watch(({ scan }) => {
      if (scan === 'off') this.#end();
      else this.#begin();
    });
    document.addEventListener(
      'keydown',
      (event) => {
        this.#press(event);
      },
      { capture: true },
    );
  }

  #begin(): void {
    this.#root.classList.add('aid-scanning');
    this.#scan = new Scan(treeOf(document.body), this.#scan);
    this.#show();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#scan = undefined;
    this.#root.classList.remove('aid-scanning');
    this.#back.hidden = true;
    this.#unmark();
  }

  #press(event: KeyboardEvent): void {
    if (this.#scan === undefined || (event.key !== ' ' && event.key !== 'Enter')) return;
    // Somebody who writes on a keyboard beside the switch keeps both keys.
    if (
      event.target instanceof HTMLTextAreaElement ||
      (event.target instanceof HTMLInputElement && event.target.type === 'text')
    )
      return;
    if (event.repeat) {
      // A switch that is held down is one press (tremor, spasm).
      event.preventDefault();
      return;
    }
    const two = this.#preferences.current.scan === 'two';
    if (!two && event.key === 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    if (two && event.key === ' ') this.#step();
    else this.#choose();
  }

  #step(): void {
    this.#scan?.advance();
    // A panel may have been opened or closed, a message may have come.
    if (this.#scan?.isAtStart === true) this.#begin();
    else this.#show();
  }

  #choose(): void {
    const chosen = this.#scan?.choose();
    if (chosen !== undefined) {
      chosen.focus({ preventScroll: true });
      activate(chosen);
      // What was chosen may have changed what there is to choose.
      this.#begin();
      return;
    }
    this.#show();
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#unmark();
    const stop = this.#scan?.stop;
    if (stop === undefined) return;
    // A panel that was redrawn or closed leaves the scan with elements that are gone.
    if (!stop.node.target.checkVisibility()) {
      this.#begin();
      return;
    }
    stop.node.target.classList.add(stop.back ? 'aid-scan-leave' : 'aid-scan-here');
    stop.node.target.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    const name = stop.back ? t('aid.access.back') : nameOf(stop.node.target);
    this.#back.hidden = false;
    this.#back.textContent = t('aid.access.scanning', { name });
    const { scan, dwellS } = this.#preferences.current;
    if (scan === 'one')
      this.#timer = setTimeout(() => {
        this.#step();
      }, dwellS * 1000);
  }

  #unmark(): void {
    for (const marked of document.querySelectorAll('.aid-scan-here, .aid-scan-leave')) {
      marked.classList.remove('aid-scan-here', 'aid-scan-leave');
    }
  }
}

/** Groups, and groups within groups, with what can be chosen in them now. */
function treeOf(root: HTMLElement): ScanNode<HTMLElement> {
  const groups = [...root.querySelectorAll<HTMLElement>('[data-scan-group]')].filter(isShown);
  const outermost = groups
    .filter((group) => group.parentElement?.closest('[data-scan-group]') === null)
    .toSorted((a, b) => Number('scanFirst' in b.dataset) - Number('scanFirst' in a.dataset));
  return { target: root, children: outermost.map(nodeOf).filter(({ children }) => children.length > 0) };
}

function nodeOf(group: HTMLElement): ScanNode<HTMLElement> {
  const inner = [...group.querySelectorAll<HTMLElement>('[data-scan-group]')].filter(isShown);
  const children =
    inner.length > 0
      ? inner.map(nodeOf).filter((node) => node.children.length > 0)
      : [...group.querySelectorAll<HTMLElement>(REACHABLE)].filter(isShown).map((target) => ({ target, children: [] }));
  return { target: group, children, stays: 'scanStays' in group.dataset };
}

function isShown(element: HTMLElement): boolean {
  return (
    element.checkVisibility() &&
    !element.classList.contains('visually-hidden') &&
    !(element as HTMLButtonElement).disabled
  );
}

/** Presses of a switch that take a slider from one end to the other. */
const SLIDER_PRESSES = 10;

/** A select moves on to its next choice, a slider by a tenth, each back to the beginning after the end; the rest is pressed. */
export function activate(element: HTMLElement): void {
  if (element instanceof HTMLSelectElement) {
    element.selectedIndex = (element.selectedIndex + 1) % element.options.length;
    element.dispatchEvent(new Event('change', { bubbles: true }));
  } else if (element instanceof HTMLInputElement && element.type === 'range') {
    const [least, most] = [Number(element.min), Number(element.max)];
    // The browser rounds it to the slider's own steps.
    const next = element.valueAsNumber + (most - least) / SLIDER_PRESSES;
    element.valueAsNumber = element.valueAsNumber >= most ? least : Math.min(most, next);
    element.dispatchEvent(new Event('input', { bubbles: true }));
  } else element.click();
}

function nameOf(element: HTMLElement): string {
  const labelled = element.closest('[aria-labelledby]')?.getAttribute('aria-labelledby');
  const heading = labelled === null || labelled === undefined ? null : document.getElementById(labelled);
  const own =
    element.getAttribute('aria-label') ??
    element.querySelector(':scope > legend, :scope > summary')?.textContent ??
    (element.hasAttribute('data-scan-group') ? undefined : readOut(element) || labelOf(element));
  return (own ?? heading?.textContent ?? '').trim();
}

/** What a screen reader would say: without the key that is drawn beside it. */
function readOut(element: HTMLElement): string {
  const parts = [...element.childNodes].filter(
    (node) => !(node instanceof Element && node.getAttribute('aria-hidden') === 'true'),
  );
  return parts.map(({ textContent }) => textContent ?? '').join('');
}

/** A field is called by its label, a portrait by its picture. */
function labelOf(element: HTMLElement): string | undefined {
  return (
    (element as Partial<HTMLInputElement>).labels?.[0]?.textContent ?? element.querySelector('img')?.alt ?? undefined
  );
}
