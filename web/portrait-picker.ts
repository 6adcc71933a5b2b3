import { toast } from './announce.ts';
import { byId, icon, make } from './dom.ts';
import { t } from './i18n.ts';
import type { Portrait, PortraitService } from './portrait-service.ts';
import { remember } from './storage.ts';

/** A portrait takes the server a second or two. */
const ARRIVAL_MS = 2000;

/** The portraits as a group of pictures to choose from. */
export class PortraitPicker {
  readonly #service: PortraitService;
  readonly #list = byId('portrait-list', HTMLDivElement);
  readonly #credit = byId('portrait-credit', HTMLParagraphElement);
  #portraits: readonly Portrait[] = [];
  #chosen: string;

  /** @param chosen - at first; may be one that is not listed. */
  constructor(service: PortraitService, chosen: string) {
    this.#service = service;
    this.#chosen = chosen;
  }

  get chosen(): string {
    return this.#chosen;
  }

  async load(): Promise<void> {
    const { portraits, arriving } = await this.#service.list();
    if (arriving > 0) setTimeout(() => void this.load().catch(() => undefined), ARRIVAL_MS);
    // Made anew, the list would take the keyboard's place in it away.
    if (sameIds(portraits, this.#portraits)) return;
    this.#portraits = portraits;
    const isListed = this.#portraits.some(({ id }) => id === this.#chosen);
    if (!isListed) this.#chosen = this.#portraits[0]?.id ?? this.#chosen;
    this.#show();
  }

  async choose(id: string): Promise<void> {
    this.#chosen = id;
    remember('portrait', id);
    this.#portraits = [];
    await this.load();
  }

  #show(): void {
    this.#list.replaceChildren(...this.#portraits.map((portrait) => this.#card(portrait)));
    this.#showCredit();
  }

  #card(portrait: Portrait): HTMLElement {
    const radio = make('input');
    radio.type = 'radio';
    radio.name = 'portrait';
    radio.value = portrait.id;
    radio.checked = portrait.id === this.#chosen;
    radio.addEventListener('change', () => {
      this.#chosen = portrait.id;
      remember('portrait', portrait.id);
      this.#showCredit();
    });
    const picture = make('img');
    if (portrait.mine) void this.#showOwn(portrait, picture);
    else picture.src = portrait.thumbnail;
    picture.alt = '';
    picture.width = picture.height = 160;
    const card = make('label', { className: 'portrait' }, radio, picture);
    if (portrait.preview !== undefined) moveWhileLookedAt(card, picture, portrait.thumbnail, portrait.preview);
    card.append(make('span', { className: 'portrait-name', textContent: portrait.name }));
    if (!portrait.mine) return card;
    const remove = make('button', { className: 'button icon-only portrait-delete' }, icon('trash'));
    remove.type = 'button';
    remove.setAttribute('aria-label', t('call.portrait.delete', { name: portrait.name }));
    remove.addEventListener('click', () => {
      if (confirm(t('call.portrait.deleteSure', { name: portrait.name }))) void this.#delete(portrait);
    });
    return make('div', { className: 'portrait' }, card, remove);
  }

  async #showOwn(portrait: Portrait, picture: HTMLImageElement): Promise<void> {
    const url = await this.#service.thumbnail(portrait).catch(() => undefined);
    if (url === undefined) return;
    picture.addEventListener('load', () => {
      URL.revokeObjectURL(url);
    });
    picture.src = url;
  }

  #showCredit(): void {
    this.#credit.textContent = this.#portraits.find(({ id }) => id === this.#chosen)?.credit ?? '';
  }

  async #delete({ id, name }: Portrait): Promise<void> {
    await this.#service.delete(id);
    toast(t('call.portrait.deleted', { name }));
    await this.load();
  }
}

/** A face moves while it is pointed at or has the keyboard, unless the person wants pages to stand still. */
function moveWhileLookedAt(card: HTMLElement, picture: HTMLImageElement, still: string, moving: string): void {
  const move = (): void => {
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) picture.src = moving;
  };
  const stop = (): void => {
    picture.src = still;
  };
  card.addEventListener('pointerenter', move);
  card.addEventListener('focusin', move);
  card.addEventListener('pointerleave', stop);
  card.addEventListener('focusout', stop);
  picture.addEventListener('error', () => {
    if (!picture.src.endsWith(still)) stop();
  });
}

function sameIds(some: readonly Portrait[], others: readonly Portrait[]): boolean {
  return some.length === others.length && some.every(({ id }, index) => id === others[index]?.id);
}
