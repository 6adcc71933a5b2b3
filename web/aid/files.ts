import { t } from '../i18n.ts';
import { button, h } from './element.ts';

/** @returns the button "Read from a file" and the hidden input behind it, which hands each chosen file to `read`. */
export function openFile(
  accept: string,
  read: (file: File) => void,
  marker?: string,
): [HTMLButtonElement, HTMLInputElement] {
  const input = h('input', {
    type: 'file',
    accept,
    class: 'visually-hidden',
    tabindex: '-1',
    'data-i18n-label': 'aid.phrases.import',
    'aria-label': t('aid.phrases.import'),
    'data-aid': marker,
  });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    // The same file can be chosen again.
    input.value = '';
    if (file !== undefined) read(file);
  });
  const open = (): void => {
    input.click();
  };
  return [button('aid.phrases.import', open, { class: 'button quiet' }), input];
}

/** Lets the person save `content` as a file. */
export function saveFile(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
