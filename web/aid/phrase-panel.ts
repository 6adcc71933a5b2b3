import { language, onLanguageChange, t, type MessageKey } from '../i18n.ts';
import { button, freshId, h, said, section } from './element.ts';
import { openFile, saveFile } from './files.ts';
import { readBoards, writeBoards } from './open-board.ts';
import { parsePhrases, PhraseBank, withoutMarks, type Phrase } from './phrase-bank.ts';
import { smallPicture } from './phrase-picture.ts';
import type { Speaker } from './speaker.ts';

const STORAGE_KEY = 'visavis.phrases';
const MAX_FILE_BYTES = 20_000_000;

/** What everyone starts with, in the page's language. */
const START: readonly (readonly [MessageKey, readonly MessageKey[]])[] = [
  [
    'aid.phrases.group.talk',
    [
      'aid.phrases.start.how',
      'aid.phrases.start.tellMore',
      'aid.phrases.start.agree',
      'aid.phrases.start.disagree',
      'aid.phrases.start.glad',
    ],
  ],
  ['aid.phrases.group.needs', ['aid.phrases.start.water', 'aid.phrases.start.break', 'aid.phrases.start.tired']],
  ['aid.phrases.group.feelings', ['aid.phrases.start.funny', 'aid.phrases.start.sorry']],
  ['aid.phrases.group.help', ['aid.phrases.start.helpMe', 'aid.phrases.start.slow', 'aid.phrases.start.notUnderstood']],
];

/** The phrase bank: in this browser alone, never sent anywhere until a phrase is said. */
export class PhrasePanel {
  readonly element: HTMLElement;
  readonly #speaker: Speaker;
  readonly #list = h('ul', { class: 'aid-phrases', 'data-scan-group': true });
  readonly #groups = h('div', { class: 'chips', role: 'group', 'data-scan-group': true });
  readonly #told = h('p', { class: 'hint', role: 'status' });
  readonly #editing: HTMLElement;
  readonly #text = h('input', { type: 'text', dir: 'auto', maxlength: '500', id: freshId('phrase') });
  readonly #category = h('input', { type: 'text', dir: 'auto', maxlength: '40', id: freshId('category') });
  readonly #picture = h('input', { type: 'file', accept: 'image/*', id: freshId('picture') });
  readonly #editButton: HTMLButtonElement;
  #bank: PhraseBank;
  /** Phrases keep their places while the page is open: what moves under a hand cannot be found. */
  #order: readonly Phrase[] = [];
  #chosen: string | undefined;
  #isEditing = false;

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
    this.#bank = stored() ?? startingBank();
    this.#editButton = button(
      'aid.phrases.edit',
      () => {
        this.#edit(!this.#isEditing);
      },
      { class: 'button quiet', 'aria-expanded': 'false' },
    );
    const form = h(
      'form',
      { class: 'aid-add' },
      h('div', { class: 'field' }, said('label', 'aid.phrases.addText', { for: this.#text.id }), this.#text),
      h(
        'div',
        { class: 'field' },
        said('label', 'aid.phrases.addCategory', { for: this.#category.id }),
        this.#category,
      ),
      h('div', { class: 'field' }, said('label', 'aid.phrases.addPicture', { for: this.#picture.id }), this.#picture),
      said('button', 'aid.phrases.add', { type: 'submit', class: 'button primary' }),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#add();
    });
    this.#editing = h(
      'div',
      { class: 'aid-editing', hidden: true },
      form,
      h(
        'div',
        { class: 'aid-buttons' },
        ...openFile('application/json,.json,.obf,.obz', (file) => void this.#import(file)),
        button(
          'aid.phrases.export',
          () => {
            this.#export();
          },
          { class: 'button quiet', 'data-aid': 'export' },
        ),
        button(
          'aid.phrases.exportBoards',
          () => {
            saveFile('visavis-phrases.obz', writeBoards(this.#bank.phrases, language()), 'application/zip');
          },
          { class: 'button quiet', 'data-aid': 'export-boards' },
        ),
      ),
      said('p', 'aid.phrases.local', { class: 'hint' }),
    );
    this.element = section(
      'aid.phrases.title',
      'aid-part',
      this.#groups,
      this.#list,
      this.#told,
      this.#editButton,
      this.#editing,
    );
    this.#show();
    onLanguageChange(() => {
      if (stored() === undefined) this.#bank = startingBank();
      this.#chosen = undefined;
      this.#show();
    });
  }

  /** Says the phrase at `place` (from 0) of those that are shown. */
  sayAt(place: number): void {
    const phrase = this.#order[place];
    if (phrase !== undefined) this.#say(phrase);
  }

  #say({ text }: Phrase): void {
    if (this.#speaker.say(text)) this.#keep(this.#bank.use(text));
  }

  #show(): void {
    const { categories } = this.#bank;
    if (this.#chosen !== undefined && !categories.includes(this.#chosen)) this.#chosen = undefined;
    this.#order = this.#bank.shown(this.#chosen);
    const chip = (name: string, category: string | undefined): HTMLButtonElement =>
      h(
        'button',
        {
          type: 'button',
          class: 'chip',
          dir: 'auto',
          'aria-pressed': String(category === this.#chosen),
          onclick: () => {
            this.#choose(category);
          },
        },
        name,
      );
    this.#groups.setAttribute('aria-label', t('aid.phrases.category'));
    this.#groups.replaceChildren(
      chip(t('aid.phrases.all'), undefined),
      ...categories.map((category) => chip(category, category)),
    );
    this.#list.replaceChildren(...this.#order.map((phrase, place) => this.#row(phrase, place)));
  }

  #row(phrase: Phrase, place: number): HTMLLIElement {
    const key = place < 9 ? `${place + 1}` : undefined;
    const speak = h(
      'button',
      {
        type: 'button',
        class: 'aid-phrase',
        ...(key === undefined ? {} : { 'aria-keyshortcuts': `Alt+${key}` }),
        onclick: () => {
          this.#say(phrase);
        },
      },
      phrase.picture !== undefined && h('img', { class: 'aid-symbol', src: phrase.picture, alt: '' }),
      h('span', { dir: 'auto' }, withoutMarks(phrase.text)),
      key !== undefined && h('kbd', { 'aria-hidden': 'true' }, key),
    );
    if (!this.#isEditing) return h('li', {}, speak);
    const remove = h(
      'button',
      {
        type: 'button',
        class: 'button icon-only',
        'aria-label': t('aid.phrases.remove', { phrase: phrase.text }),
        onclick: () => {
          this.#remove(phrase.text, place);
        },
      },
      '✕',
    );
    const change = h(
      'button',
      {
        type: 'button',
        class: 'button icon-only',
        'aria-label': t('aid.phrases.change', { phrase: phrase.text }),
        onclick: () => {
          this.#change(phrase);
        },
      },
      '✎',
    );
    return h('li', {}, speak, change, remove);
  }

  #choose(category: string | undefined): void {
    this.#chosen = category;
    this.#show();
    const place = category === undefined ? 0 : this.#bank.categories.indexOf(category) + 1;
    (this.#groups.children[place] as HTMLElement | undefined)?.focus();
  }

  async #add(): Promise<void> {
    const file = this.#picture.files?.[0];
    let picture: string | undefined;
    try {
      picture = file === undefined ? undefined : await smallPicture(file);
    } catch {
      this.#told.textContent = t('call.error.IMAGE_UNREADABLE');
      return;
    }
    const category = this.#category.value || (this.#chosen ?? t('aid.phrases.group.talk'));
    this.#keep(this.#bank.add(this.#text.value, category, picture));
    this.#text.value = '';
    this.#picture.value = '';
    this.#show();
    this.#text.focus();
  }

  #edit(editing: boolean): void {
    this.#isEditing = editing;
    this.#editing.hidden = !editing;
    this.#editButton.dataset['i18n'] = editing ? 'aid.phrases.done' : 'aid.phrases.edit';
    this.#editButton.textContent = t(editing ? 'aid.phrases.done' : 'aid.phrases.edit');
    this.#editButton.setAttribute('aria-expanded', String(editing));
    this.#show();
  }

  #remove(text: string, place: number): void {
    this.#keep(this.#bank.remove(text));
    this.#show();
    // Focus stays where the hand is.
    const buttons = this.#list.children[Math.min(place, this.#list.children.length - 1)]?.querySelectorAll('button');
    buttons?.item(2).focus();
  }

  #change(phrase: Phrase): void {
    this.#keep(this.#bank.remove(phrase.text));
    this.#text.value = phrase.text;
    this.#category.value = phrase.category;
    this.#show();
    this.#text.focus();
  }

  #keep(bank: PhraseBank): void {
    this.#bank = bank;
    try {
      localStorage.setItem(STORAGE_KEY, bank.toJson());
    } catch {
      // Without storage the phrases last as long as the page.
    }
  }

  async #import(file: File): Promise<void> {
    const phrases = file.size > MAX_FILE_BYTES ? undefined : await readFile(file);
    if (phrases === undefined) {
      this.#told.textContent = t('aid.phrases.importFailed');
      return;
    }
    this.#keep(this.#bank.merge(phrases));
    this.#show();
    this.#told.textContent = t('aid.phrases.imported', { count: phrases.length });
  }

  #export(): void {
    saveFile('visavis-phrases.json', this.#bank.toJson(), 'application/json');
  }
}

/** Boards of other programs, and this program's own lists. */
async function readFile(file: File): Promise<Phrase[] | undefined> {
  const category = t('aid.phrases.group.talk');
  const bytes = new Uint8Array(await file.arrayBuffer());
  return (await readBoards(bytes, category)) ?? parsePhrases(new TextDecoder().decode(bytes), category);
}

function startingBank(): PhraseBank {
  return new PhraseBank(
    START.flatMap(([group, keys]) => keys.map((key) => ({ text: t(key), category: t(group), uses: 0 }))),
  );
}

function stored(): PhraseBank | undefined {
  try {
    const phrases = parsePhrases(localStorage.getItem(STORAGE_KEY) ?? '', t('aid.phrases.group.talk'));
    return phrases === undefined ? undefined : new PhraseBank(phrases);
  } catch {
    return undefined;
  }
}
