import { byId } from './dom.ts';
import { recall, remember } from './storage.ts';

const THEMES = ['auto', 'light', 'dark', 'contrast'];

/** Colours as the system, or as chosen; remembered. */
export function startTheme(): void {
  const select = byId('theme', HTMLSelectElement);
  const asked = new URLSearchParams(location.search).get('theme') ?? recall('theme') ?? 'auto';
  const apply = (theme: string): void => {
    document.documentElement.dataset['theme'] = theme;
  };
  select.value = THEMES.includes(asked) ? asked : 'auto';
  apply(select.value);
  select.addEventListener('change', () => {
    apply(select.value);
    remember('theme', select.value);
  });
}
