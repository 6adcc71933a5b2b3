import { byId } from './dom.ts';
import { onLanguageChange, t, type MessageKey } from './i18n.ts';

export type PanelName = 'expression' | 'people' | 'statistics' | 'aid';

const TITLES: Readonly<Record<PanelName, MessageKey>> = {
  expression: 'call.expression',
  people: 'room.title',
  statistics: 'call.statistics',
  aid: 'aid.title',
};

/** The panel beside the pictures: one of its contents at a time, or none. */
export class Panels {
  readonly #panel = byId('panel', HTMLElement);
  readonly #title = byId('panel-title', HTMLHeadingElement);
  readonly #onChange: (open: PanelName | undefined) => void;
  #open: PanelName | undefined;

  constructor(onChange: (open: PanelName | undefined) => void) {
    this.#onChange = onChange;
    for (const button of buttons()) {
      button.addEventListener('click', () => {
        const name = nameOf(button);
        this.show(name === this.#open ? undefined : name);
      });
    }
    byId('panel-close', HTMLButtonElement).addEventListener('click', () => {
      this.#close();
    });
    this.#panel.addEventListener('keydown', (event) => {
      // In the panel for typing Escape stops the voice.
      if (event.key === 'Escape' && this.#open !== 'aid') this.#close();
    });
    onLanguageChange(() => {
      if (this.#open !== undefined) this.#title.textContent = t(TITLES[this.#open]);
    });
  }

  show(name: PanelName | undefined): void {
    this.#open = name;
    this.#panel.hidden = name === undefined;
    this.#panel.dataset['panel'] = name ?? '';
    for (const button of buttons()) button.setAttribute('aria-expanded', String(nameOf(button) === name));
    for (const each of Object.keys(TITLES)) byId(`panel-${each}`, HTMLDivElement).hidden = each !== name;
    if (name !== undefined) {
      this.#title.textContent = t(TITLES[name]);
      this.#title.focus({ preventScroll: true });
    }
    this.#onChange(name);
  }

  #close(): void {
    const button = buttons().find((each) => nameOf(each) === this.#open);
    this.show(undefined);
    button?.focus();
  }
}

function buttons(): HTMLButtonElement[] {
  return [...document.querySelectorAll<HTMLButtonElement>('button[data-panel]')];
}

function nameOf(button: HTMLButtonElement): PanelName | undefined {
  const name = button.dataset['panel'];
  return isPanelName(name) ? name : undefined;
}

function isPanelName(name: string | undefined): name is PanelName {
  return name !== undefined && Object.hasOwn(TITLES, name);
}
