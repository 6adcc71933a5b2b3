import { announce, toast } from './announce.ts';
import type { Participant } from '../client/participant.ts';
import type { RoomDoor } from '../protocol/caller.ts';
import type { PageCall } from './call.ts';
import { byId, make } from './dom.ts';
import { onLanguageChange, t } from './i18n.ts';

const DOORS = ['open', 'ask', 'locked'] as const;

/** Who is in the room and who waits at its door; the host lets in, removes, and opens or locks the door. */
export class PeoplePanel {
  readonly #call: PageCall;
  readonly #button = byId('people-button', HTMLButtonElement);
  readonly #door = byId('people-door', HTMLFieldSetElement);
  readonly #note = byId('people-note', HTMLParagraphElement);
  readonly #waiting = byId('people-waiting', HTMLUListElement);
  readonly #waitingTitle = byId('people-waiting-title', HTMLHeadingElement);
  readonly #present = byId('people-present', HTMLUListElement);
  #people: readonly Participant[] = [];
  #state: RoomDoor | undefined;
  #known = new Set<string>();

  constructor(call: PageCall) {
    this.#call = call;
    for (const radio of this.#radios()) {
      radio.addEventListener('change', () => {
        const state = DOORS.find((door) => door === radio.value);
        if (state !== undefined) call.decide({ type: 'door', state });
      });
    }
    call.onParticipants((people) => {
      this.#people = people;
      this.#show();
    });
    call.onDoor((state) => {
      this.#state = state;
      this.#tellKnocks();
      this.#show();
    });
    onLanguageChange(() => {
      this.#show();
    });
  }

  #show(): void {
    const { door = 'open', isHost = false, knocking = [] } = this.#state ?? {};
    this.#door.hidden = !isHost;
    this.#note.hidden = isHost;
    this.#note.textContent = t(`room.note.${door}`);
    for (const radio of this.#radios()) radio.checked = radio.value === door;
    this.#button.dataset['count'] = knocking.length === 0 ? '' : String(knocking.length);
    this.#waitingTitle.hidden = knocking.length === 0;
    keepFocus(this.#waiting, () => {
      this.#waiting.replaceChildren(...knocking.map((guest) => this.#guest(guest.peerId, nameOf(guest))));
    });
    keepFocus(this.#present, () => {
      this.#present.replaceChildren(...this.#people.map((person) => this.#person(person, isHost)));
    });
  }

  #guest(peerId: string, name: string): HTMLElement {
    const decide = (admitted: boolean) => (): void => {
      this.#call.decide({ type: 'admit', peerId, admitted });
    };
    return make(
      'li',
      { className: 'person' },
      make('span', { className: 'person-name', textContent: name }),
      make(
        'span',
        { className: 'person-actions' },
        action('room.admit', name, `admit-${peerId}`, decide(true), 'primary'),
        action('room.refuse', name, `refuse-${peerId}`, decide(false), 'quiet'),
      ),
    );
  }

  #person(person: Participant, isHost: boolean): HTMLElement {
    const { participantId: peerId, isSelf } = person;
    const name = nameOf(person);
    const shown = isSelf ? t('room.you', { name }) : name;
    const item = make('li', { className: 'person' }, make('span', { className: 'person-name', textContent: shown }));
    if (!isHost || isSelf) return item;
    const remove = (): void => {
      if (confirm(t('room.removeSure', { name }))) this.#call.decide({ type: 'remove', peerId });
    };
    item.append(action('room.remove', name, `remove-${peerId}`, remove, 'quiet'));
    return item;
  }

  #tellKnocks(): void {
    const { knocking = [] } = this.#state ?? {};
    for (const guest of knocking) {
      if (!this.#known.has(guest.peerId)) toast(t('room.knocks', { name: nameOf(guest) }));
    }
    if (this.#known.size > 0 && knocking.length === 0) announce(t('room.nobodyWaits'));
    this.#known = new Set(knocking.map(({ peerId }) => peerId));
  }

  #radios(): HTMLInputElement[] {
    return [...this.#door.querySelectorAll('input')];
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name || t('call.somebody');
}

/** A button whose words alone would not say whom it concerns. */
function action(
  key: 'room.admit' | 'room.refuse' | 'room.remove',
  name: string,
  id: string,
  act: () => void,
  kind: string,
): HTMLButtonElement {
  const button = make('button', { className: `button ${kind}`, id, textContent: t(key) });
  button.type = 'button';
  button.setAttribute('aria-label', t(`${key}.who`, { name }));
  button.addEventListener('click', act);
  return button;
}

/** A list that is made anew does not take the keyboard's place away from whoever is in it. */
function keepFocus(list: HTMLElement, rebuild: () => void): void {
  const focused = list.contains(document.activeElement) ? document.activeElement?.id : undefined;
  rebuild();
  if (focused !== undefined) (document.getElementById(focused) ?? byId('panel-title', HTMLHeadingElement)).focus();
}
