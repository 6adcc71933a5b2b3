import { byId } from './dom.ts';

let hiding: number | undefined;

/** Tells it to a screen reader, once what it is saying now is said. */
export function announce(text: string): void {
  const announcer = byId('announcer', HTMLParagraphElement);
  // The same words twice are no change, and no change is not read out.
  announcer.textContent = announcer.textContent === text ? `${text}\u00a0` : text;
}

/** Shows it for three seconds, and tells it to a screen reader. */
export function toast(text: string): void {
  announce(text);
  const element = byId('toast', HTMLParagraphElement);
  element.textContent = text;
  element.classList.add('shown');
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    element.classList.remove('shown');
  }, 3000);
}
