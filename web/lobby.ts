import type { DoorState } from '../protocol/caller.ts';
import { nameOf, roomOf } from '../protocol/display-names.ts';
import { announce, toast } from './announce.ts';
import { byId, make } from './dom.ts';
import { t } from './i18n.ts';
import { problemOf, type Microphone } from './microphone.ts';
import type { PortraitPicker } from './portrait-picker.ts';
import { inventRoom, type Settings } from './settings.ts';
import { recall, remember } from './storage.ts';
import type { JoinRequest } from './call.ts';

/** The room before the room: who, where, with which face and which microphone. */
export class Lobby {
  readonly #picker: PortraitPicker;
  readonly #microphone: Microphone;
  readonly #name = byId('name', HTMLInputElement);
  readonly #room = byId('room', HTMLInputElement);
  readonly #askFirst = byId('ask-first', HTMLInputElement);
  readonly #doorOfLink: DoorState | undefined;
  readonly #devices = byId('microphone', HTMLSelectElement);
  readonly #test = byId('mic-test', HTMLButtonElement);
  readonly #meter = byId('mic-meter', HTMLDivElement);
  readonly #hint = byId('mic-hint', HTMLParagraphElement);
  readonly #error = byId('join-error', HTMLParagraphElement);

  constructor(settings: Settings, picker: PortraitPicker, microphone: Microphone, onJoin: (wish: JoinRequest) => void) {
    this.#picker = picker;
    this.#microphone = microphone;
    this.#name.value = settings.name ?? recall('name') ?? '';
    this.#room.value = settings.room ?? (settings.askedRoom.trim() || inventRoom(Math.random));
    this.#doorOfLink = settings.door;
    this.#askFirst.checked = settings.door === 'ask';
    this.#checkRoom();
    this.#room.addEventListener('input', () => {
      this.#checkRoom();
    });
    byId('lobby-copy', HTMLButtonElement).addEventListener('click', () => {
      void copyLink(this.#room.value, settings.token);
    });
    this.#test.addEventListener('click', () => {
      void this.#toggleTest();
    });
    this.#devices.addEventListener('change', () => {
      void this.#microphone.choose(this.#devices.value).catch((thrown: unknown) => {
        this.#tellProblem(thrown);
      });
    });
    byId('join', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      onJoin(this.wish);
    });
    void this.listDevices();
  }

  get wish(): JoinRequest {
    const name = nameOf(this.#name.value);
    remember('name', name);
    const room = roomOf(this.#room.value) ?? inventRoom(Math.random);
    // A link may ask for a locked room, which the box cannot say.
    const unasked = this.#doorOfLink === 'ask' ? 'open' : this.#doorOfLink;
    return { name, room, portrait: this.#picker.chosen, door: this.#askFirst.checked ? 'ask' : unasked };
  }

  /** The form is not sent with a room that is none: to take another one would part people who wrote the same. */
  #checkRoom(): void {
    const isNone = this.#room.value.trim() !== '' && roomOf(this.#room.value) === undefined;
    this.#room.setCustomValidity(isNone ? t('call.room.invalid') : '');
  }

  show(): void {
    byId('lobby', HTMLElement).hidden = false;
    this.#endTest();
  }

  hide(): void {
    byId('lobby', HTMLElement).hidden = true;
    this.#endTest();
    this.fail(undefined);
  }

  /** Says why the last call ended, or `undefined` that nothing is wrong. */
  fail(sentence: string | undefined): void {
    this.#error.hidden = sentence === undefined;
    this.#error.textContent = sentence ?? '';
  }

  /** Names are known only once a microphone was allowed. */
  async listDevices(): Promise<void> {
    const devices = await this.#microphone.devices().catch(() => []);
    const options = devices.map(({ deviceId, label }, index) => {
      const option = make('option', { textContent: label || t('call.mic.nameless', { number: index + 1 }) });
      option.value = deviceId;
      option.selected = deviceId === this.#microphone.deviceId;
      return option;
    });
    if (options.length === 0) options.push(make('option', { textContent: t('call.mic.default') }));
    this.#devices.replaceChildren(...options);
  }

  async #toggleTest(): Promise<void> {
    if (this.#test.getAttribute('aria-pressed') === 'true') {
      this.#endTest();
      this.#microphone.close();
      return;
    }
    try {
      await this.#microphone.open();
      await this.listDevices();
      this.#test.setAttribute('aria-pressed', 'true');
      this.#test.textContent = t('call.mic.testing');
      this.#hint.textContent = t('call.mic.speak');
      announce(t('call.mic.speak'));
      let wasHeard = false;
      this.#microphone.onLevel((level) => {
        this.#meter.style.setProperty('--level', level.toFixed(2));
        this.#meter.setAttribute('aria-valuenow', String(Math.round(level * 100)));
        if (level > 0.45 && !wasHeard) {
          wasHeard = true;
          this.#hint.textContent = t('call.mic.heard');
          announce(t('call.mic.heard'));
        }
      });
    } catch (thrown) {
      this.#tellProblem(thrown);
    }
  }

  #endTest(): void {
    this.#test.setAttribute('aria-pressed', 'false');
    this.#test.textContent = t('call.mic.test');
    this.#microphone.onLevel(undefined);
    this.#meter.style.setProperty('--level', '0');
  }

  #tellProblem(thrown: unknown): void {
    this.#hint.textContent = t(`call.mic.${problemOf(thrown)}`);
    announce(this.#hint.textContent);
  }
}

export async function copyLink(room: string, token: string | undefined): Promise<void> {
  const link = new URL('/', location.href);
  link.searchParams.set('room', roomOf(room) ?? room);
  if (token !== undefined) link.hash = new URLSearchParams({ token }).toString();
  try {
    await navigator.clipboard.writeText(link.href);
    toast(t('call.room.copied'));
  } catch {
    // Browsers that forbid the clipboard still show it, to be copied by hand.
    prompt(t('call.room.copy'), link.href);
  }
}
