import { nameOf, PORTRAIT_NAME_LIMIT } from '../protocol/display-names.ts';
import { toast } from './announce.ts';
import { byId } from './dom.ts';
import { en } from './i18n/en.ts';
import { t, type MessageKey } from './i18n.ts';
import { ServiceError, type Portrait, type PortraitService } from './portrait-service.ts';

/** Asks for a picture and for consent, and brings it to life. */
export class UploadDialog {
  readonly #service: PortraitService;
  readonly #limitBytes: number;
  readonly #onDone: (portrait: Portrait) => void;
  readonly #dialog = byId('upload', HTMLDialogElement);
  readonly #form = byId('upload-form', HTMLFormElement);
  readonly #file = byId('upload-file', HTMLInputElement);
  readonly #name = byId('upload-name', HTMLInputElement);
  readonly #public = byId('upload-public', HTMLInputElement);
  readonly #preview = byId('upload-preview', HTMLImageElement);
  readonly #send = byId('upload-send', HTMLButtonElement);
  readonly #error = byId('upload-error', HTMLParagraphElement);
  #picture: File | undefined;

  constructor(service: PortraitService, limitBytes: number, onDone: (portrait: Portrait) => void) {
    this.#service = service;
    this.#limitBytes = limitBytes;
    this.#onDone = onDone;
    this.#file.addEventListener('change', () => {
      this.#take(this.#file.files?.[0]);
    });
    this.#acceptDrops(byId('upload-drop', HTMLLabelElement));
    byId('upload-cancel', HTMLButtonElement).addEventListener('click', () => {
      this.#dialog.close();
    });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#upload();
    });
  }

  open(): void {
    this.#form.reset();
    this.#take(undefined);
    this.#dialog.showModal();
  }

  #acceptDrops(target: HTMLElement): void {
    target.addEventListener('dragover', (event) => {
      event.preventDefault();
      target.classList.add('over');
    });
    target.addEventListener('dragleave', () => {
      target.classList.remove('over');
    });
    target.addEventListener('drop', (event) => {
      event.preventDefault();
      target.classList.remove('over');
      this.#take(event.dataTransfer?.files[0]);
    });
  }

  #take(picture: File | undefined): void {
    this.#fail(undefined);
    if (this.#preview.src !== '') URL.revokeObjectURL(this.#preview.src);
    this.#picture = picture;
    this.#preview.hidden = picture === undefined;
    if (picture === undefined) return;
    this.#preview.src = URL.createObjectURL(picture);
    if (this.#name.value === '') this.#name.value = nameOf(picture.name.replace(/\.\w+$/, ''), PORTRAIT_NAME_LIMIT);
  }

  async #upload(): Promise<void> {
    const basis = new FormData(this.#form).get('basis');
    if (this.#picture === undefined) this.#fail(t('call.upload.noPicture'));
    else if (this.#picture.size > this.#limitBytes)
      this.#fail(t('call.upload.tooLarge', { megabytes: Math.round(this.#limitBytes / 1e6) }));
    else if (typeof basis !== 'string') this.#fail(t('call.upload.noConsent'));
    else await this.#enrol(this.#picture, basis);
  }

  async #enrol(picture: File, basis: string): Promise<void> {
    this.#send.disabled = true;
    this.#send.textContent = t('call.upload.sending');
    try {
      const key = `call.consent.${basis}`;
      // The record is in one language, whatever the page's: it is the operator who reads it.
      const consent = key in en ? en[key as MessageKey] : basis;
      const scope = this.#public.checked ? 'public' : 'live-call';
      const portrait = await this.#service.upload(picture, { name: this.#name.value.trim(), consent, scope });
      this.#dialog.close();
      toast(t('call.upload.done', { name: portrait.name }));
      this.#onDone(portrait);
    } catch (thrown) {
      this.#fail(sentenceFor(thrown));
    } finally {
      this.#send.disabled = false;
      this.#send.textContent = t('call.upload.send');
    }
  }

  #fail(sentence: string | undefined): void {
    this.#error.hidden = sentence === undefined;
    this.#error.textContent = sentence ?? '';
  }
}

/** @returns what to do about it, in the page's language where the code is known, else in the server's words. */
export function sentenceFor(thrown: unknown): string {
  const code = thrown instanceof ServiceError ? thrown.code : 'INTERNAL';
  return sentenceForCode(code, thrown instanceof Error ? thrown.message : '');
}

export function sentenceForCode(code: string, message: string): string {
  const key = `call.error.${code}`;
  return Object.hasOwn(en, key) ? t(key as MessageKey) : message || t('call.error.INTERNAL');
}
